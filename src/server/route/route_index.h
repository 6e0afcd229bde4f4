/* Which steps of a route may match a request, without a look at all of them: by the host, the path or the beginning of
 * the path that they ask for. What is left out cannot match; what is left in is asked in the order of the route, so
 * that the first step that matches is the same. Immutable, part of a route. */
#ifndef SERVER_ROUTE_ROUTE_INDEX_H
#define SERVER_ROUTE_ROUTE_INDEX_H

#include "base/arena.h"

struct step; /* server/route/route.h */
struct route_index;

/* NULL when there are too few steps to be worth it. */
const struct route_index *route_index_new(struct arena *a, const struct step *steps, uint32_t len);

/* Lists of steps, each ascending, to be gone through as one. */
struct route_cursor {
    struct {
        const uint32_t *at, *end;
    } lists[24];
    uint32_t count;
};

/* The steps that may match this host (in lower case) and this path. */
struct route_cursor route_index_find(const struct route_index *x, str host, str path);

/* The next one's index, each once; false at the end. */
bool route_cursor_next(struct route_cursor *c, uint32_t *ret);

#endif
