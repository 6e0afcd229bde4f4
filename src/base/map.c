/* Hash maps from text to pointer: open addressing over an ordered array of entries. */
#include "base/map.h"

#include <assert.h>
#include <pthread.h>
#include <sys/random.h>

static uint64_t seed;

static void seed_once(void)
{
    if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
        seed = (uint64_t)(uintptr_t)&seed;
}

uint64_t str_hash(str s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, seed_once);
    /* FNV-1a over the bytes from a secret start, then a finaliser so that low bits are good. */
    uint64_t h = 0xcbf29ce484222325u ^ seed;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

void map_init(struct map *m)
{
    *m = (struct map){ 0 };
}

void map_fini(struct map *m)
{
    mem_free(m->entries);
    mem_free(m->slots);
    map_init(m);
}

/* The slot that holds `key`, or the free one where it belongs. */
static uint32_t find_slot(const struct map *m, str key)
{
    uint32_t mask = m->cap - 1;
    uint32_t i = (uint32_t)str_hash(key) & mask;
    while (m->slots[i] && !str_eq(m->entries[m->slots[i] - 1].key, key))
        i = (i + 1) & mask;
    return i;
}

void *map_get(const struct map *m, str key)
{
    if (m->cap == 0)
        return NULL;
    uint32_t slot = m->slots[find_slot(m, key)];
    return slot ? m->entries[slot - 1].value : NULL;
}

static void grow(struct map *m)
{
    m->cap = m->cap ? m->cap * 2 : 16;
    m->entries = mem_realloc(m->entries, m->cap, sizeof(*m->entries));
    mem_free(m->slots);
    m->slots = mem_new_n(uint32_t, m->cap);
    for (uint32_t i = 0; i < m->len; i++)
        m->slots[find_slot(m, m->entries[i].key)] = i + 1;
}

bool map_add(struct map *m, str key, void *value)
{
    assert(value);
    if (m->len * 2 >= m->cap)
        grow(m);
    uint32_t slot = find_slot(m, key);
    if (m->slots[slot])
        return false;
    m->entries[m->len] = (struct map_entry){ key, value };
    m->slots[slot] = ++m->len;
    return true;
}
