/* A connection of the client: one call at a time, none while it is kept. Internal to io/http. */
#ifndef IO_HTTP_CLIENT_CLIENT_CONN_H
#define IO_HTTP_CLIENT_CLIENT_CONN_H

#include "io/http/client/client.h"
#include "io/http/h1/h1_response_parse.h"
#include "io/net/connect.h"

enum client_conn_state {
    CLIENT_CONN_CONNECTING,
    CLIENT_CONN_HEAD, /* the request is being sent; waits for the head of the response */
    CLIENT_CONN_BODY, /* on_response was called; of the body, something may be left */
    CLIENT_CONN_IDLE, /* kept */
    CLIENT_CONN_CLOSED,
};

struct client_conn {
    struct list node; /* of the client's live or kept connections */
    struct http_client *client;
    struct http_call *call; /* NULL while it is kept or closed */
    struct address to;
    enum client_conn_state state;
    struct tcp tcp;
    struct connector connector;
    struct timer timer;  /* of what it waits for */
    struct loop_job job; /* tells of failures outside of the calls that find them */
    size_t last_queued;  /* when the timer was set: what has not moved since is stuck */
    bool listed_as_kept; /* in which of the client's lists it is */
    bool kept;           /* it served another call before this one */

    bool request_done, response_done, answered; /* answered: a byte of the response is here */
    bool eof, failed;
    bool send_failed; /* what is left of the request cannot be sent; its response may still come */
    bool surplus;     /* bytes came that no request asked for */
    struct err error;

    /* Input: what a callback borrows, or else what was put aside. */
    bytes unread;
    bool borrowed; /* until the callback returns; else they are `aside` */
    struct buf aside;
    struct arena arena; /* of the response's head */
    struct h1_response_head head;
    struct http_response response;
    struct h1_chunked chunked;
    uint64_t body_left; /* of a body with a length */
    unsigned interim;   /* responses of 1xx so far */
};

/* Begins to connect, for this call. */
struct client_conn *client_conn_new(struct http_client *c, struct http_call *call);

/* A kept connection gets another call. */
void client_conn_take(struct client_conn *c, struct http_call *call);

/* The call lets go of it: it is kept when it can be, else cut. */
void client_conn_release(struct client_conn *c);

/* At once. */
void client_conn_close(struct client_conn *c);

size_t client_conn_writable(const struct client_conn *c);
void client_conn_write(struct client_conn *c, bytes data);
void client_conn_finish(struct client_conn *c);
enum http_read client_conn_read(struct client_conn *c, size_t max, bytes *ret, struct err *e);

/* --- What the client does for its connections: client.c --- */

struct loop *http_client_loop(const struct http_client *c);
const struct http_client_limits *http_client_limits_of(const struct http_client *c);
char *http_client_read_buffer(struct http_client *c);

/* Whether this one, which is at its end, may be kept: then it is in the list. */
bool http_client_keep(struct http_client *c, struct client_conn *conn);

/* The connection is gone from all lists; its memory is freed by the caller. */
void http_client_conn_closed(struct http_client *c, struct client_conn *conn);

/* The call's connection has failed: another try, or on_failed. */
void http_client_call_failed(struct http_call *call, bool retry, const struct err *e);

#endif
