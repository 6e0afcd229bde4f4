/* Coded bodies: see coded_body.h. */
#include "io/http/coded_body.h"

#include "io/coding/coding.h"

/* Output may be a thousandth of the input, so that the connection's buffer holds nobody back: after so much the others
 * have their turn. */
enum { SHARE_BYTES = 64 * 1024 };

static void on_next_share(struct loop_job *job)
{
    struct http_coded_body *b = CONTAINER_OF(job, struct http_coded_body, next_share);
    struct http_exchange *x = b->x;
    b->share = SHARE_BYTES;
    if (x->consumer_ops && http_exchange_writable(x)) /* else the connection will tell */
        x->consumer_ops->on_writable(x->consumer);
}

void http_coded_body_begin(struct http_coded_body *b, struct http_exchange *x, struct coder *coder, struct loop *loop)
{
    *b = (struct http_coded_body){ .x = x, .coder = coder, .loop = loop, .share = SHARE_BYTES };
    loop_job_init(&b->next_share, on_next_share);
    buf_init(&b->out, BUF_NO_LIMIT);
    x->coded = b;
}

void http_coded_body_end(struct http_coded_body *b)
{
    if (loop_job_queued(&b->next_share))
        loop_job_cancel(&b->next_share);
    buf_fini(&b->out);
    b->x->coded = NULL;
}

bytes http_coded_body_write(struct http_coded_body *b, bytes data)
{
    buf_reset(&b->out);
    if (b->coder)
        coder_write(b->coder, data, b->streams ? CODER_FLUSH : CODER_GATHER, &b->out);
    b->share -= data.len < b->share ? data.len : b->share;
    if (!b->share && !loop_job_queued(&b->next_share))
        loop_defer_turn(b->loop, &b->next_share);
    return bytes_from(b->out.ptr, b->out.len);
}

bytes http_coded_body_finish(struct http_coded_body *b)
{
    buf_reset(&b->out);
    if (b->coder)
        coder_write(b->coder, bytes_from(NULL, 0), CODER_FINISH, &b->out);
    if (loop_job_queued(&b->next_share))
        loop_job_cancel(&b->next_share);
    return bytes_from(b->out.ptr, b->out.len);
}
