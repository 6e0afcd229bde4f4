/* The conditions of a route's step. All keys must hold. Compiled from the configuration's JSON, whose shape was
 * checked. */
#ifndef SERVER_ROUTE_MATCH_H
#define SERVER_ROUTE_MATCH_H

#include "server/json/json.h"
#include "server/route/address_pattern.h"
#include "server/route/pattern.h"
#include "server/route/template.h"

struct match_pair {
    str name;
    struct patterns patterns;
};

/* One object of `headers`, `arguments` or `cookies`: all of its pairs must match. */
struct match_set {
    struct match_pair *at;
    uint32_t len;
};

struct match_sets {
    struct match_set *at;
    uint32_t len;
};

/* NULL: the key is not there. */
struct match {
    const struct patterns *method, *host, *uri, *query, *scheme;
    const struct match_sets *arguments, *headers, *cookies;
    const struct address_patterns *source, *destination;
    const struct condition *condition;
};

MUST_USE bool match_compile(struct arena *a, const struct json *object, struct match *ret, struct err *e);

/* One member of it, for whoever checks them one by one. */
MUST_USE bool match_compile_member(struct arena *a, str name, const struct json *value, struct match *ret,
                                   struct err *e);

bool match_request(const struct match *m, struct request *r);

/* One address pattern or an array of them. */
MUST_USE bool address_patterns_compile(struct arena *a, const struct json *v, struct address_patterns *ret,
                                       struct err *e);

/* One pattern or an array of them. */
MUST_USE bool patterns_compile(struct arena *a, const struct json *v, const struct pattern_options *o,
                               struct patterns *ret, struct err *e);

#endif
