/* Templates: text with variables, "$name" or "${name}", filled in for each request. Texts of errors are NGINX Unit's.
 */
#ifndef SERVER_ROUTE_TEMPLATE_H
#define SERVER_ROUTE_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"

struct buf;     /* base/buf.h */
struct request; /* server/route/request.h */
struct template_part;

struct template
{
    const struct template_part *parts;
    uint32_t len;
    bool constant;    /* no variables: `text` is it */
    bool of_response; /* a variable wants the response's fields */
    str text;
};

/* `option`: the name that errors give the value. The text is copied. */
MUST_USE bool template_compile(struct arena *a, str text, str option, struct template *ret, struct err *e);

/* In the request's arena. An absent value is empty. */
str template_fill(const struct template *t, struct request *r);

/* For logs: values go through `put`, which may escape them; an absent one is "-". */
typedef void template_put_fn(struct buf *out, str value);
void template_print(const struct template *t, struct request *r, template_put_fn *put, struct buf *out);

/* As a condition: empty, "0", "false", "null" and "undefined" are false; '!' in front inverts. */
struct condition {
    struct template value;
    bool inverted;
};

MUST_USE bool condition_compile(struct arena *a, str text, str option, struct condition *ret, struct err *e);
bool condition_holds(const struct condition *c, struct request *r);

#endif
