/* A worker's lines on their way to the access log: see writer.h. */
#include "server/access_log/writer.h"

#include "server/access_log/file.h"
#include "server/access_log/format.h"

/* More than this is not held back. */
enum { GATHER_BYTES = 64 * 1024 };

static void flush(struct access_writer *w)
{
    struct err e = ERR_INIT;
    if (!w->file)
        return;
    bool ok = access_file_write(w->file, buf_str(&w->lines), &e);
    if (!ok && !w->failing)
        w->on_error(w->ctx, &e);
    w->failing = !ok;
    buf_reset(&w->lines);
    access_file_release(w->file);
    w->file = NULL;
}

static void run(struct loop_job *job)
{
    flush(CONTAINER_OF(job, struct access_writer, job));
}

void access_writer_init(struct access_writer *w, struct loop *loop, void (*on_error)(void *ctx, const struct err *e),
                        void *ctx)
{
    *w = (struct access_writer){ .loop = loop, .on_error = on_error, .ctx = ctx };
    buf_init(&w->lines, BUF_NO_LIMIT);
    loop_job_init(&w->job, run);
}

void access_writer_fini(struct access_writer *w)
{
    flush(w);
    loop_job_cancel(&w->job);
    buf_fini(&w->lines);
}

void access_writer_add(struct access_writer *w, struct access_file *file, const struct access_format *format,
                       struct request *r)
{
    if (w->file && (w->file != file || w->lines.len > GATHER_BYTES))
        flush(w);
    access_format_print(format, r, &w->lines);
    if (!w->lines.len)
        return;
    if (!w->file)
        w->file = access_file_retain(file);
    if (!loop_job_queued(&w->job))
        loop_defer(w->loop, &w->job);
}
