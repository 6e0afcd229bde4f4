#include "runtime/run/instance_pool.h"

#include <assert.h>

void warm_set_init(struct warm_set *s, uint64_t max_bytes)
{
    *s = (struct warm_set){ .max_bytes = max_bytes };
    list_init(&s->instances);
}

bool instance_pool_init(struct instance_pool *p, const struct program *program, struct warm_set *warm, struct err *e)
{
    *p = (struct instance_pool){ .program = program, .warm = warm };
    list_init(&p->ready);
    list_init(&p->empty);
    return program_make_linkers(program, &p->linkers, e);
}

static void leave_warm(struct instance_pool *p, struct instance *i)
{
    list_remove(&i->warm_node);
    list_remove(&i->pool_node);
    p->warm->bytes -= i->warm_bytes;
}

static void end_warm(struct instance *i)
{
    struct instance_pool *p = i->pool;
    leave_warm(p, i);
    instance_end(i);
    list_push(&p->empty, &i->pool_node);
}

void instance_pool_fini(struct instance_pool *p)
{
    while (!list_empty(&p->ready))
        end_warm(list_first(&p->ready, struct instance, pool_node));
    while (!list_empty(&p->empty)) {
        struct instance *i = list_first(&p->empty, struct instance, pool_node);
        list_remove(&i->pool_node);
        instance_fini(i);
        mem_free(i);
    }
    program_free_linkers(p->program, p->linkers);
}

static struct instance *take_empty(struct instance_pool *p)
{
    if (!list_empty(&p->empty)) {
        struct instance *i = list_first(&p->empty, struct instance, pool_node);
        list_remove(&i->pool_node);
        return i;
    }
    struct instance *i = mem_new(struct instance);
    instance_init(i, p->program, p->linkers);
    i->pool = p;
    list_init(&i->pool_node);
    list_init(&i->warm_node);
    return i;
}

struct instance *instance_pool_take(struct instance_pool *p, uint64_t memory_limit, bool *ret_ready)
{
    *ret_ready = false;
    if (!list_empty(&p->ready)) {
        struct instance *i = CONTAINER_OF(p->ready.prev, struct instance, pool_node);
        *ret_ready = i->memory_limit == memory_limit;
        if (*ret_ready) {
            leave_warm(p, i);
            return i;
        }
        end_warm(i);
    }
    struct instance *i = take_empty(p);
    i->memory_limit = memory_limit;
    return i;
}

/* The one just used stays, whatever it holds: the next call is likely to be its own. */
static void keep_within(struct warm_set *s)
{
    while (s->bytes > s->max_bytes && s->instances.next != s->instances.prev)
        end_warm(list_first(&s->instances, struct instance, warm_node));
}

void instance_pool_give(struct instance_pool *p, struct instance *i, bool well)
{
    assert(i->pool == p);
    if (!well)
        instance_end(i);
    if (!well || !instance_recycle(i)) {
        list_push(&p->empty, &i->pool_node);
        return;
    }
    i->warm_bytes = engine_store_warm_bytes(i->store);
    list_push(&p->ready, &i->pool_node);
    list_push(&p->warm->instances, &i->warm_node);
    p->warm->bytes += i->warm_bytes;
    keep_within(p->warm);
}
