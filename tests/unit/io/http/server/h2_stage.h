/* An HTTP/2 connection of a server, over a stream in memory, with nghttp2's client at the other end: what the tests of
 * io/http/server/h2_*.c play on. What goes wrong on the way fails the test. */
#ifndef TEST_H2_STAGE_H
#define TEST_H2_STAGE_H

#include "base/buf.h"
#include "io/http/server/h2_conn.h"
#include "io/loop/loop.h"
#include "io/net/stream.h"

typedef struct nghttp2_session nghttp2_session;

enum { STAGE_EXTRA = 2 }; /* requests more than the client may have at once */

struct stage {
    struct loop *loop;
    struct http_server *server;
    struct h2_conn *conn;
    struct stream stream;
    struct loop_job stop;
    struct buf wire;   /* from the server, not with the client yet */
    size_t queued;     /* what the stream says of itself */
    bool shut, closed; /* what the connection asked of it */

    /* The client. */
    nghttp2_session *client;
    bool slow;           /* grants no more window than it began with */
    size_t upload;       /* of a request's body, not sent yet */
    bool upload_pauses;  /* no end comes after it */
    unsigned long bytes; /* of answers */
    uint64_t status;
    unsigned answers, resets, goaways;
    uint32_t reset_code, goaway_code;

    /* The application. */
    bool holds; /* the test answers */
    struct http_exchange *held[H2_MAX_STREAMS + STAGE_EXTRA];
    struct http_exchange *reading;
    size_t taken;
    unsigned begun, ended, complete, gone, writable;
};

/* `limits`: the server's. */
struct stage *stage_begin(const struct http_limits *limits);
/* Each exchange has ended once, or else the test fails. */
void stage_end(struct stage *t);

/* From the client: a POST when there is something to upload, else a GET. Returns the stream's id. */
int32_t stage_request(struct stage *t);
/* A whole answer, of four bytes. */
void stage_reply(struct http_exchange *x);

/* Lets the client say something, and the server answer, until neither has anything to say. */
void stage_talk(struct stage *t);
void stage_talk_until(struct stage *t, const bool *what);

/* Some of what the client has to say reaches the server, with no turn of its loop yet; false: it had nothing. */
bool stage_send_piece(struct stage *t);
void stage_feed(struct stage *t, const void *data, size_t len);
void stage_run_turn(struct stage *t);

#endif
