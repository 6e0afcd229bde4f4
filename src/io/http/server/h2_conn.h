/* An HTTP/2 connection: many exchanges at once on a stream. nghttp2 does the framing, HPACK and the rules of RFC 9113;
 * what it costs us at most is held by the limits below and by those of io/http/server/server.h. Internal to io/http. */
#ifndef IO_HTTP_SERVER_H2_CONN_H
#define IO_HTTP_SERVER_H2_CONN_H

#include "io/http/server/server_types.h"

struct stream; /* io/net/stream.h */
struct h2_conn;
struct h2_shared;

/* What a client begins with. RFC 9113, 3.4. */
#define H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

enum {
    /* Told to the client in our SETTINGS. */
    H2_MAX_STREAMS = 128,             /* requests at once */
    H2_STREAM_WINDOW = 128 * 1024,    /* request body held for an exchange until it is read */
    H2_CONN_WINDOW = 4 * 1024 * 1024, /* on its way; granted again on arrival, so that no exchange waits for another */

    /* Bytes handed to the system and not taken by it: more is not made. */
    H2_OUT_BYTES = 128 * 1024,

    /* Streams that the client cuts off, by RST_STREAM or by an error, before they are answered. */
    H2_RESETS_BURST = 500,
    H2_RESETS_PER_S = 50,

    /* Frames without progress: all but HEADERS and DATA with content. DATA, either way, gives H2_FRAMES_PER_DATA back.
     */
    H2_FRAMES_BURST = 2000,
    H2_FRAMES_PER_S = 200,
    H2_FRAMES_PER_DATA = 2,
};

/* What the connections of a server have in common. */
struct h2_shared *h2_shared_new(void);
/* After the last connection; NULL allowed. */
void h2_shared_free(struct h2_shared *s);

/* `on_closed`: the stream is closed, the connection may be freed. */
struct h2_conn *h2_conn_new(struct http_server *s, void (*on_closed)(void *owner), void *owner);
/* NULL allowed. */
void h2_conn_free(struct h2_conn *c);

/* Takes a stream over: its events come here, the client's preface the first. */
void h2_conn_begin(struct h2_conn *c, struct stream *stream, str scheme);

/* For a server that stops: GOAWAY; ends after the requests that are there or on their way (HTTP_STOP_IDLE_MS). */
void h2_conn_stop(struct h2_conn *c);
void h2_conn_cut(struct h2_conn *c);

#endif
