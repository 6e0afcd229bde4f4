/* Parsing HTTP/1.x messages as they arrive: request heads and chunked bodies. Pure and without copies. Strict where two
 * readers could disagree about where a message ends (request smuggling). RFC 9112. */
#ifndef IO_HTTP_H1_H1_PARSE_H
#define IO_HTTP_H1_H1_PARSE_H

#include "io/http/message.h"

struct h1_limits {
    size_t max_head_bytes; /* request line and fields; also of trailers */
    size_t max_target_bytes;
    size_t max_line_bytes; /* of a field, or the request line; 0: no more than of the head */
    uint32_t max_fields;
};

enum h1_result {
    H1_MORE, /* all that is there was looked at; bring more */
    H1_DATA, /* chunked: `ret` holds body bytes */
    H1_DONE,
    H1_ERROR, /* `failure` is set */
};

/* A head being parsed. */
struct h1_head {
    size_t at;          /* begin of the next line */
    size_t scanned;     /* bytes already searched for its end */
    bool begun;         /* the request line is there */
    bool blank_skipped; /* the one empty line that may come before */
    /* What the head says about the connection and the body: */
    bool keep_alive, chunked, expect_continue;
};

void h1_head_init(struct h1_head *h);

/* Looks at `data`, which holds the head from its first byte and never moves while this head is parsed. Fields are added
 * to `r` as their lines complete, as slices of `data`. After H1_DONE `h->at` bytes belong to the head. */
enum h1_result h1_head_parse(struct h1_head *h, str data, const struct h1_limits *limits, struct arena *a,
                             struct http_request *r, struct http_failure *failure);

enum h1_chunk_state { H1_CHUNK_SIZE, H1_CHUNK_DATA, H1_CHUNK_END, H1_CHUNK_TRAILERS, H1_CHUNK_DONE };

/* A chunked body being decoded. */
struct h1_chunked {
    enum h1_chunk_state state;
    uint64_t left; /* of the current chunk */
    size_t trailer_bytes;
    struct http_fields trailers; /* copied into the arena */
};

void h1_chunked_init(struct h1_chunked *c);

/* Takes bytes from the front of `in`; body bytes come as slices of at most `max`. */
enum h1_result h1_chunked_next(struct h1_chunked *c, bytes *in, size_t max, const struct h1_limits *limits,
                               struct arena *a, bytes *ret, struct http_failure *failure);

#endif
