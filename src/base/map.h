/* Hash maps from text to pointer, insertion-ordered. Keys are borrowed: they live as long as the map.
 * Hashing is seeded per process, so foreign keys cannot be chosen to collide. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_entry {
    str key;
    void *value;
};

struct map {
    struct map_entry *entries; /* in insertion order: iterate 0 .. len */
    uint32_t *slots;           /* index + 1 into entries; 0 is free */
    uint32_t len, cap;         /* entries used, slots allocated (a power of two) */
};

void map_init(struct map *m);
void map_fini(struct map *m);

/* NULL when absent. Values themselves are never NULL. */
void *map_get(const struct map *m, str key);

/* False, changing nothing, when the key is present. */
bool map_add(struct map *m, str key, void *value);

uint64_t str_hash(str s);

#endif
