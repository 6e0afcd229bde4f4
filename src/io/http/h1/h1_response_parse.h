/* Parsing heads of HTTP/1.x responses as they arrive. Pure and without copies. As strict as the parser of requests: a
 * peer whose answer could be read in two ways could give one client the answer meant for another. RFC 9112. */
#ifndef IO_HTTP_H1_H1_RESPONSE_PARSE_H
#define IO_HTTP_H1_H1_RESPONSE_PARSE_H

#include "io/http/h1/h1_parse.h"

/* A head being parsed. */
struct h1_response_head {
    size_t at;      /* begin of the next line */
    size_t scanned; /* bytes already searched for its end */
    bool begun;     /* the status line is there */
    enum http_version version;
    /* What the head says about the connection and the body: */
    bool keep_alive, chunked;
    bool until_close; /* the body ends with the connection */
};

void h1_response_head_init(struct h1_response_head *h);

/* Looks at `data`, which holds the head from its first byte and never moves while this head is parsed. `method`: of the
 * request, which decides whether there is a body. Fields are added to `r` as slices of `data`. After H1_DONE `h->at`
 * bytes belong to the head and `r->content_length` is what the head announces, HTTP_LENGTH_UNKNOWN when it does not;
 * equal lengths that are said twice are one. A status of 1xx announces another head. Failures have the status 502. */
enum h1_result h1_response_parse(struct h1_response_head *h, str data, str method, const struct h1_limits *limits,
                                 struct arena *a, struct http_response *r, struct http_failure *failure);

#endif
