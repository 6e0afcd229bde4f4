/* Upstreams: see upstream.h. */
#include "server/route/upstream.h"

#include "base/arena.h"
#include "server/json/json.h"

static int64_t weight_of(const struct json *server)
{
    const struct json *weight = json_get(server, STR("weight"));
    return weight ? (int64_t)(json_number_of(weight) * UPSTREAM_WEIGHT_UNIT + 0.5) : UPSTREAM_WEIGHT_UNIT;
}

void upstream_compile(struct arena *a, const struct json *object, struct upstream *ret)
{
    const struct json *servers = json_get(object, STR("servers"));
    ret->count = servers->count;
    ret->servers = arena_new(a, struct upstream_server, ret->count);
    ret->total = 0;
    for (uint32_t i = 0; i < ret->count; i++) {
        struct upstream_server *s = &ret->servers[i];
        s->weight =
            address_parse_literal(servers->members[i].name, &s->address) ? weight_of(servers->members[i].value) : 0;
        ret->total += s->weight;
    }
}

void upstream_turn_init(struct upstream_turn *t, const struct upstream *u)
{
    t->credits = mem_new_n(int64_t, u->count);
}

void upstream_turn_fini(struct upstream_turn *t)
{
    mem_free(t->credits);
}

const struct address *upstream_next(const struct upstream *u, struct upstream_turn *t)
{
    const struct upstream_server *best = NULL;
    for (uint32_t i = 0; i < u->count; i++) {
        const struct upstream_server *s = &u->servers[i];
        if (!s->weight)
            continue;
        t->credits[i] += s->weight;
        if (!best || t->credits[i] > t->credits[best - u->servers])
            best = s;
    }
    if (!best)
        return NULL;
    t->credits[best - u->servers] -= u->total;
    return &best->address;
}
