/* Upstreams: groups of servers that share the requests by weight. */
#ifndef SERVER_ROUTE_UPSTREAM_H
#define SERVER_ROUTE_UPSTREAM_H

#include "base/err.h"
#include "io/net/address.h"

struct arena; /* base/arena.h */
struct json;  /* server/json/json.h */

/* Weights have six decimals. */
enum { UPSTREAM_WEIGHT_UNIT = 1000000, UPSTREAM_WEIGHT_MAX = 1000000 };

struct upstream_server {
    struct address address;
    int64_t weight; /* millionths; 0: never chosen */
};

/* Immutable, part of a generation. */
struct upstream {
    str name;
    struct upstream_server *servers;
    uint32_t count;
    int64_t total; /* of the weights */
};

/* Whose turn it is: one for each upstream and worker. */
struct upstream_turn {
    int64_t *credits; /* one for each server */
};

void upstream_compile(struct arena *a, const struct json *object, struct upstream *ret);

/* Everybody begins with nothing. */
void upstream_turn_init(struct upstream_turn *t, const struct upstream *u);
void upstream_turn_fini(struct upstream_turn *t);

/* The next server, by smooth weighted round robin: each gets its share, spread as evenly as can be. NULL when none has
 * a weight. */
const struct address *upstream_next(const struct upstream *u, struct upstream_turn *t);

#endif
