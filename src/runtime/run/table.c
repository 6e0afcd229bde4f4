/* Handle tables. */
#include "runtime/run/table.h"

#include <string.h>

#include "base/mem.h"

void table_init(struct table *t)
{
    *t = (struct table){ 0 };
}

void table_fini(struct table *t)
{
    mem_free(t->at);
    table_init(t);
}

void table_reset(struct table *t)
{
    t->len = 0;
    t->free = 0;
}

void table_copy(struct table *to, const struct table *from)
{
    if (to->cap < from->len) {
        to->cap = from->cap;
        to->at = mem_realloc(to->at, to->cap, sizeof(*to->at));
    }
    if (from->len)
        memcpy(to->at, from->at, from->len * sizeof(*from->at));
    to->len = from->len;
    to->free = from->free;
}

static bool grow(struct table *t, struct err *e)
{
    if (t->len == TABLE_MAX_HANDLES)
        return err_set(e, ERR_LIMIT, "more than %d handles in one component instance", TABLE_MAX_HANDLES);
    if (t->len == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 32;
        t->at = mem_realloc(t->at, t->cap, sizeof(*t->at));
    }
    if (t->len == 0)
        t->at[t->len++] = (struct handle){ 0 };
    return true;
}

bool table_add(struct table *t, const struct handle *h, uint32_t *ret_index, struct err *e)
{
    uint32_t index = t->free;
    if (index) {
        t->free = t->at[index].of.next_free;
    } else {
        if (!grow(t, e))
            return false;
        index = t->len++;
    }
    t->at[index] = *h;
    *ret_index = index;
    return true;
}

/* A resource that was never exported has no name. */
static str name_of(const struct resource_type *type)
{
    return type->name.len ? type->name : STR("resource without a name");
}

bool table_get(struct table *t, uint32_t index, const struct resource_type *type, struct handle **ret, struct err *e)
{
    if (index >= t->len || !t->at[index].resource)
        return err_set(e, ERR_TRAP, "unknown handle index %u", index);
    struct handle *h = &t->at[index];
    if (h->resource->type != type)
        return err_set(e, ERR_TRAP, "handle index %u is a '%.*s', not a '%.*s'", index,
                       STR_ARG(name_of(h->resource->type)), STR_ARG(name_of(type)));
    *ret = h;
    return true;
}

void table_remove(struct table *t, struct handle *h)
{
    uint32_t index = (uint32_t)(h - t->at);
    *h = (struct handle){ .of.next_free = t->free };
    t->free = index;
}
