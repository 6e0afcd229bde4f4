/* Hash maps from pointer to pointer, for facts about types. A NULL value counts as absent. */
#ifndef RUNTIME_CHECK_PTR_MAP_H
#define RUNTIME_CHECK_PTR_MAP_H

#include <stdint.h>

struct ptr_map {
    struct ptr_map_slot *slots;
    uint32_t len, cap; /* `cap` is a power of two, or 0 */
};

/* A zeroed map is empty. */
void ptr_map_fini(struct ptr_map *m);

const void *ptr_map_get(const struct ptr_map *m, const void *key);
void ptr_map_set(struct ptr_map *m, const void *key, const void *value);

#endif
