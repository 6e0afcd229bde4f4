/* Open addressing; keys are pointers of ours, so nobody chooses them to collide. */
#include "runtime/check/ptr_map.h"

#include <stddef.h>

#include "base/mem.h"

struct ptr_map_slot {
    const void *key, *value;
};

enum { FIRST_CAP = 16 };

void ptr_map_fini(struct ptr_map *m)
{
    mem_free(m->slots);
    *m = (struct ptr_map){ 0 };
}

/* The slot of the key, or the free one where it would be. */
static struct ptr_map_slot *slot_of(struct ptr_map_slot *slots, uint32_t cap, const void *key)
{
    uint64_t h = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15u;
    uint32_t at = (uint32_t)(h >> 32) & (cap - 1);
    while (slots[at].key && slots[at].key != key)
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

const void *ptr_map_get(const struct ptr_map *m, const void *key)
{
    return m->cap ? slot_of(m->slots, m->cap, key)->value : NULL;
}

static void grow(struct ptr_map *m)
{
    uint32_t cap = m->cap ? m->cap * 2 : FIRST_CAP;
    struct ptr_map_slot *slots = mem_new_n(struct ptr_map_slot, cap);
    for (uint32_t i = 0; i < m->cap; i++)
        if (m->slots[i].key)
            *slot_of(slots, cap, m->slots[i].key) = m->slots[i];
    mem_free(m->slots);
    m->slots = slots;
    m->cap = cap;
}

void ptr_map_set(struct ptr_map *m, const void *key, const void *value)
{
    if (m->len >= m->cap / 4 * 3)
        grow(m);
    struct ptr_map_slot *slot = slot_of(m->slots, m->cap, key);
    if (!slot->key)
        m->len++;
    *slot = (struct ptr_map_slot){ key, value };
}
