/* The inside of an HTTP/2 connection, shared by h2_*.c. */
#ifndef IO_HTTP_SERVER_H2_TYPES_H
#define IO_HTTP_SERVER_H2_TYPES_H

#include <nghttp2/nghttp2.h>

#include "base/list.h"
#include "io/http/server/h2_conn.h"
#include "io/http/server/h2_guard.h"
#include "io/http/server/h2_head.h"
#include "io/loop/loop.h"
#include "io/net/stream.h"

/* Belongs to one server, and so to one thread. */
struct h2_shared {
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    struct list spare; /* streams that are kept for the next request */
    uint32_t spare_count;
};

enum h2_conn_state {
    H2_CONN_OPEN,
    H2_CONN_LINGER, /* the last bytes are out; waits for the client to close */
    H2_CONN_CLOSED, /* waits for on_closed */
};

struct h2_conn {
    struct http_server *server;
    struct h2_shared *shared;
    struct stream *stream;
    str scheme;
    void (*on_closed)(void *owner);
    void *owner;
    enum h2_conn_state state;
    nghttp2_session *session;
    struct list streams;       /* requests whose head has begun, until they need nothing more */
    struct list ready;         /* of them: those with something to tell or to end */
    struct list sent;          /* of them: those whose last byte is in `out` or further, in that order */
    struct loop_job job;       /* tells, sends and ends, outside of the calls that cause it */
    struct timer idle_timer;   /* without a request; when the server stops: until the last GOAWAY */
    struct timer head_timer;   /* the client's first SETTINGS, then a head that has begun */
    struct timer send_timer;   /* looks at what does not get on */
    struct h2_stream *heading; /* whose head is not complete; NULL: none */
    bool greeted;              /* the client's first SETTINGS are there */
    int32_t timed_head;        /* what head_timer runs for: a stream's id, 0: the greeting, or none */
    bool idle, send_timed;
    bool eof, last_goaway;               /* no new requests: the client has ended, we have said so */
    int32_t last_id;                     /* of the client's streams, the highest yet */
    int32_t first_skipped, last_skipped; /* ids that the client left out last: closed for ever (RFC 9113, 5.1.1) */
    struct h2_budget resets, frames;

    struct buf out;          /* frames of this turn */
    uint64_t out_bytes;      /* handed to `stream` since the beginning */
    size_t unsent_bytes;     /* of response bodies, over all streams: wait for windows, or for room in `stream` */
    instant out_moved;       /* when the client last took something */
    uint64_t out_moved_mark; /* what it had taken then */
};

/* A request and its response. Ends in two steps: the exchange (`told`), then the stream when nothing is to be sent. */
struct h2_stream {
    struct http_exchange x;
    struct list node, ready_node, sent_node;
    struct h2_conn *conn;
    int32_t id;
    bool closed; /* nghttp2 knows it no more */
    struct arena arena;
    struct timer body_timer;

    /* Request. */
    struct h2_head head;
    struct buf in; /* body that was not read yet: from in_start */
    size_t in_start;
    uint64_t in_bytes; /* of the body, since its begin */
    bool in_end;       /* the last of it is in `in` */
    size_t trailer_bytes;
    struct http_fields trailers;
    struct http_failure failure; /* of the body */

    /* Response. */
    struct buf body; /* not framed yet: from body_start */
    size_t body_start;
    uint64_t body_left; /* HTTP_LENGTH_UNKNOWN when not announced */
    bool no_body, finished, response_sent;
    nghttp2_nv *trailers_out;
    size_t trailers_out_count;
    uint64_t sent_at;   /* in bytes of conn->out_bytes: where its last one ends */
    instant body_moved; /* when the client last took some */

    /* What is to be told, and what was. */
    bool tell_readable, want_readable, tell_writable, want_writable;
    bool begun; /* handed out, on_end will be called */
    bool told;  /* on_end was called, or never will be */
    bool ending, end_complete;
};

static inline const struct http_limits *h2_limits(const struct h2_conn *c)
{
    return &http_server_settings(c->server)->limits;
}

/* --- h2_conn.c --- */

/* Lets the job run in this turn of the loop. */
void h2_conn_schedule(struct h2_conn *c);

/* Hands `out` on when it is full; false when the client takes no more for now. */
bool h2_conn_make_room(struct h2_conn *c);

/* GOAWAY: the requests that are there are answered, then it closes. */
void h2_conn_last_request(struct h2_conn *c);

/* The client has gone too far: GOAWAY, and nothing more is read. */
void h2_conn_refuse(struct h2_conn *c, uint32_t error_code);

/* --- h2_session.c --- */

/* What nghttp2 calls, see there. */
nghttp2_session_callbacks *h2_callbacks_new(void);

/* --- h2_stream.c --- */

struct h2_stream *h2_stream_new(struct h2_conn *c, int32_t id);
/* Ends it in both ways, from the loop. */
void h2_stream_drop(struct h2_stream *s);
void h2_stream_free(struct h2_stream *s);

/* Has something for the job to do. */
void h2_stream_ready(struct h2_stream *s);
/* Does it. */
void h2_stream_run(struct h2_stream *s);

/* The head is complete: hands the exchange out, or refuses it. */
void h2_stream_begin(struct h2_stream *s, bool end);
/* More of the body, its end, or that it is not to be had. */
void h2_stream_add(struct h2_stream *s, bytes data);
void h2_stream_add_end(struct h2_stream *s);
void h2_stream_fail(struct h2_stream *s, uint16_t status, const char *text);
/* nghttp2 has closed it: everything was sent and received, or one side has reset it. */
void h2_stream_close(struct h2_stream *s);
/* All bytes of the response are with the system. */
void h2_stream_end_sent(struct h2_stream *s);
/* Gives up on it: the client sees a reset, the consumer is told from the loop. */
void h2_stream_reset(struct h2_stream *s, uint32_t error_code);

/* --- h2_respond.c --- */

void h2_respond(struct http_exchange *x, const struct http_response *r);
size_t h2_writable(const struct http_exchange *x);
void h2_write(struct http_exchange *x, bytes data);
void h2_finish(struct http_exchange *x, const struct http_fields *trailers);
void h2_continue(struct h2_stream *s);
/* Answers by itself; not after a response has begun. */
void h2_answer(struct h2_stream *s, const struct http_failure *f);
/* `len` bytes of the body were framed. */
void h2_body_taken(struct h2_stream *s, size_t len);

#endif
