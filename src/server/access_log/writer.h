/* A worker's lines on their way to the access log: they gather during a turn of its loop and are written together at
 * its end, so that a busy worker needs no system call for each. */
#ifndef SERVER_ACCESS_LOG_WRITER_H
#define SERVER_ACCESS_LOG_WRITER_H

#include "base/buf.h"
#include "io/loop/loop.h"

struct access_file;   /* server/access_log/file.h */
struct access_format; /* server/access_log/format.h */
struct request;       /* server/route/request.h */

/* Belongs to the loop's thread. */
struct access_writer {
    struct loop *loop;
    struct loop_job job;
    struct buf lines;
    struct access_file *file; /* that they are for, retained; NULL when there are none */
    /* Writing failed, for the first time since it last worked; the lines are lost. */
    void (*on_error)(void *ctx, const struct err *e);
    void *ctx;
    bool failing;
};

void access_writer_init(struct access_writer *w, struct loop *loop, void (*on_error)(void *ctx, const struct err *e),
                        void *ctx);
/* Writes what is left. */
void access_writer_fini(struct access_writer *w);

void access_writer_add(struct access_writer *w, struct access_file *file, const struct access_format *format,
                       struct request *r);

#endif
