/* An HTTP/1.x connection: one exchange at a time on a stream. Internal to io/http. */
#ifndef IO_HTTP_SERVER_H1_CONN_H
#define IO_HTTP_SERVER_H1_CONN_H

#include "io/http/h1/h1_parse.h"
#include "io/http/server/server_types.h"
#include "io/loop/loop.h"
#include "io/net/stream.h"

enum h1_conn_state {
    H1_CONN_IDLE,     /* waits for a request's first byte */
    H1_CONN_HEAD,     /* reads a head */
    H1_CONN_EXCHANGE, /* on_request was called, on_end not yet */
    H1_CONN_DRAIN,    /* the response is out; the rest of the request body is thrown away */
    H1_CONN_LINGER,   /* the last bytes are out and nothing more is sent; waits for the client to close */
    H1_CONN_CLOSED,   /* waits for on_closed, or is spare */
};

/* How far the response has got. */
enum h1_response_state { H1_RESPONSE_NONE, H1_RESPONSE_BODY, H1_RESPONSE_DONE };

struct h1_conn {
    struct http_exchange x;
    struct http_server *server;
    struct stream *stream;
    str scheme; /* of its requests */
    void (*on_closed)(void *owner);
    void *owner;
    struct arena arena;
    enum h1_conn_state state;
    struct loop_job job; /* callbacks and flushing, outside of the calls that cause them */
    struct timer in_timer, out_timer;

    /* Input: `head_bytes` of the current head stay where they are, the unread rest is start … end. */
    char *in;
    size_t in_cap, head_bytes, start, end;
    bool eof;
    struct h1_head head;
    struct h1_chunked chunked;
    uint64_t body_left; /* of a body with a length */
    uint64_t body_taken;
    bool body_done, body_failed;
    struct http_failure failure;

    /* Output: corked until it is worth a system call. */
    struct buf out;
    enum h1_response_state response;
    bool no_body, response_chunked, close_after;
    uint64_t response_left; /* HTTP_LENGTH_UNKNOWN when not announced */
    size_t file_bytes;      /* sent from a file since other connections had their turn */

    /* What the job has to tell the consumer. */
    bool tell_readable, want_readable, tell_writable, want_writable, ending, end_complete;
};

/* Kept for many connections, one after the other. `on_closed`: the stream is closed, the next may begin. */
struct h1_conn *h1_conn_new(struct http_server *s, void (*on_closed)(void *owner), void *owner);
/* NULL allowed. */
void h1_conn_free(struct h1_conn *c);

/* Takes a stream over: its events come here. */
void h1_conn_begin(struct h1_conn *c, struct stream *stream, str scheme);

/* For a server that stops: closes after this exchange or, when idle, after half a second or one more. */
void h1_conn_stop(struct h1_conn *c);

/* For one that is idle and has been for too long. */
void h1_conn_end_idle(struct h1_conn *c);

void h1_conn_cut(struct h1_conn *c);

/* --- between h1_conn.c and h1_respond.c --- */

/* Lets the job run in this turn of the loop. */
void h1_conn_schedule(struct h1_conn *c);

/* Answers by itself and ends the exchange, or cuts the connection when a response has begun. */
void h1_conn_refuse(struct h1_conn *c, const struct http_failure *f);

/* h1_respond.c */
/* Status line and fields, those of the connection included. */
void h1_put_head(struct h1_conn *c, const struct http_response *r);
void h1_respond(struct http_exchange *x, const struct http_response *r);
void h1_write(struct http_exchange *x, bytes data);
size_t h1_send_file(struct http_exchange *x, int fd, uint64_t offset, size_t max);
void h1_finish(struct http_exchange *x, const struct http_fields *trailers);
size_t h1_writable(const struct http_exchange *x);
void h1_flush(struct h1_conn *c);
void h1_continue(struct h1_conn *c);

#endif
