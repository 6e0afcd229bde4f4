/* What the fields of a request ask of a file: RFC 9110, sections 13 and 14. */
#ifndef SERVER_ROUTE_RANGE_H
#define SERVER_ROUTE_RANGE_H

#include "io/http/message.h"

/* The file's state, which the fields are compared with. */
struct validators {
    str etag;          /* strong, with its quotes */
    str last_modified; /* as it is sent */
    int64_t modified;  /* seconds since 1970 */
};

/* 304 when the client's copy is good, 412 when a precondition fails, else 200. */
uint16_t conditions_evaluate(const struct http_fields *f, const struct validators *v);

enum range_result {
    RANGE_WHOLE,         /* no range, one that is not understood, or several: the whole file is sent */
    RANGE_PART,          /* `*ret_first` and `*ret_len` are set */
    RANGE_UNSATISFIABLE, /* 416 */
};

enum range_result range_evaluate(const struct http_fields *f, const struct validators *v, uint64_t size,
                                 uint64_t *ret_first, uint64_t *ret_len);

#endif
