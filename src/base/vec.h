/* Growing arrays of one type, on the heap. VEC(T) is an anonymous struct { T *at; uint32_t len, cap; };
 * zero-initialised is empty. Limits on foreign counts are checked by the caller before vec_push. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdint.h>

#include "base/mem.h"

#define VEC(T)             \
    struct {               \
        T *at;             \
        uint32_t len, cap; \
    }

/* Appends a copy of `...` (an expression; compound literals may contain commas). */
#define vec_push(v, ...)                                              \
    do {                                                              \
        if ((v)->len == (v)->cap)                                     \
            (v)->at = vec_grow((v)->at, &(v)->cap, sizeof(*(v)->at)); \
        (v)->at[(v)->len++] = (__VA_ARGS__);                          \
    } while (0)

#define vec_last(v) ((v)->at[(v)->len - 1])

#define vec_fini(v) (mem_free((v)->at), (v)->at = NULL, (v)->len = (v)->cap = 0)

/* Doubles the capacity; aborts past 2^31 elements, which no checked input reaches. */
void *vec_grow(void *at, uint32_t *cap, size_t elem_size) MUST_USE;

#endif
