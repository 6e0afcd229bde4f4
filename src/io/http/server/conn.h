/* A connection: the socket, TLS over it where the server has that, and the protocol that is spoken on it, which is
 * known after the first bytes: a client that knows that it speaks HTTP/2 begins with the preface (RFC 9113, 3.3
 * and 3.4). Internal to io/http. */
#ifndef IO_HTTP_SERVER_CONN_H
#define IO_HTTP_SERVER_CONN_H

#include "base/list.h"
#include "io/http/server/h1_conn.h"
#include "io/http/server/h2_conn.h"
#include "io/loop/loop.h"
#include "io/net/tcp.h"
#include "io/tls/stream.h"

enum http_conn_state {
    HTTP_CONN_CLOSED, /* waits for the end of its stream, or is spare */
    HTTP_CONN_TLS,    /* the handshake is under way */
    HTTP_CONN_NEW,    /* nobody has said anything yet, or no more than a part of the preface */
    HTTP_CONN_PLAIN,  /* spoke HTTP where TLS was due, and has been told so */
    HTTP_CONN_H1,
    HTTP_CONN_H2,
};

struct http_conn {
    struct list node; /* of the server's connections, or its spare ones */
    struct http_server *server;
    enum http_conn_state state;
    struct tcp tcp;
    struct tls_stream tls;          /* over the tcp */
    struct stream *stream;          /* what is read and written */
    struct timer timer;             /* until the protocol is known */
    struct h1_conn *h1;             /* kept for the next connection; NULL before the first that spoke it */
    struct h2_conn *h2;             /* only while it speaks it */
    char first[sizeof(H2_PREFACE)]; /* what has come of a preface */
    size_t first_len;
};

/* `read_buffer`: TCP_READ_BYTES, shared by the connections of a loop. */
struct http_conn *http_conn_new(struct http_server *s, char *read_buffer);
void http_conn_free(struct http_conn *c);

/* Begins with an accepted socket, which becomes the connection's. */
void http_conn_open(struct http_conn *c, int fd);

/* For a server that stops: ends after what it does now or, when idle, after HTTP_STOP_IDLE_MS. */
void http_conn_stop(struct http_conn *c);

/* At once. */
void http_conn_cut(struct http_conn *c);

#endif
