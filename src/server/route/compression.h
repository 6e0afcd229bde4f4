/* settings.http.compression: which answers are compressed, and how. Immutable, part of a generation. */
#ifndef SERVER_ROUTE_COMPRESSION_H
#define SERVER_ROUTE_COMPRESSION_H

#include "base/err.h"
#include "io/coding/coding.h"
#include "server/json/json.h"

struct http_exchange; /* io/http/exchange.h */
struct http_response; /* io/http/message.h */
struct patterns;      /* server/route/pattern.h */

struct compressor {
    enum coding coding;
    int level;
    uint64_t min_length; /* of bodies whose length is known */
};

struct compression {
    const struct patterns *types; /* media types; NULL: all */
    struct compressor *at;
    const char **names; /* of the codings, in the same order */
    uint32_t len;
};

enum { COMPRESSION_MIN_LENGTH = 256 }; /* less fits into a packet anyway */

/* Of an object whose shape was checked. A level that is none of the coding's is replaced by its default. */
MUST_USE bool compression_compile(struct arena *a, const struct json *object, struct compression *ret, struct err *e);

enum compression_choice {
    COMPRESSION_NONE,
    COMPRESSION_USED,
    COMPRESSION_REFUSED, /* nothing that the client accepts: the answer has become 406 without a body */
};

/* Looks at the request and at the answer before it is sent, and changes its head: Content-Encoding, Vary, a weak ETag,
 * no length. RFC 9110, 8.4, 8.8.1, 12.5.3 and 12.5.5. */
enum compression_choice compression_choose(const struct compression *c, const struct http_exchange *x,
                                           struct http_response *response, const struct compressor **ret);

#endif
