/* What the access log says of a request: a line of text or of JSON, made of variables, for requests that meet a
 * condition. */
#ifndef SERVER_ACCESS_LOG_FORMAT_H
#define SERVER_ACCESS_LOG_FORMAT_H

#include "server/json/json.h"
#include "server/route/template.h"

struct access_member {
    str name;
    struct template value;
};

/* Immutable, of a generation. */
struct access_format {
    struct template line;         /* of text */
    struct access_member *object; /* of JSON, in order; NULL: text */
    uint32_t len;
    const struct condition *condition; /* NULL: every request */
    bool of_response;                  /* a variable wants the response's fields */
};

/* Of the configuration's `access_log`, a path or an object whose shape was checked. */
MUST_USE bool access_format_compile(struct arena *a, const struct json *access_log, struct access_format *ret,
                                    struct err *e);

/* Adds the line of a request that is over, when there is to be one. Foreign values cannot break it: in text, control
 * characters, quotes and backslashes are written as \xNN; in JSON as JSON does, and bytes that are no UTF-8 as U+FFFD.
 */
void access_format_print(const struct access_format *f, struct request *r, struct buf *out);

#endif
