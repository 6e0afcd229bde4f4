/* Growing arrays. */
#include "base/vec.h"

#include <assert.h>

void *vec_grow(void *at, uint32_t *cap, size_t elem_size)
{
    assert(*cap < 0x80000000u);
    *cap = *cap ? *cap * 2 : 8;
    return mem_realloc(at, *cap, elem_size);
}
