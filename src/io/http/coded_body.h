/* The body of a response on its way through a coder. */
#ifndef IO_HTTP_CODED_BODY_H
#define IO_HTTP_CODED_BODY_H

#include "base/buf.h"
#include "io/http/exchange.h"
#include "io/loop/loop.h"

struct coder; /* io/coding/coding.h */

struct http_coded_body {
    struct http_exchange *x;
    struct coder *coder; /* NULL: bodies are dropped */
    struct loop *loop;
    struct loop_job next_share;
    size_t share; /* input that is still welcome in this turn of the loop */
    bool streams; /* what there is may not wait for more: nobody knows when it comes; the caller's to set */
    struct buf out;
};

/* Lets everything that is written to the exchange go through the coder; before its head is sent. `b` and the coder are
 * the caller's and are used until http_coded_body_end. */
void http_coded_body_begin(struct http_coded_body *b, struct http_exchange *x, struct coder *coder, struct loop *loop);

/* When the exchange has ended. */
void http_coded_body_end(struct http_coded_body *b);

/* --- for exchange.c --- */

/* What is to be sent now; until the next call. */
bytes http_coded_body_write(struct http_coded_body *b, bytes data);
bytes http_coded_body_finish(struct http_coded_body *b);

#endif
