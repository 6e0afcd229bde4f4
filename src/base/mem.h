/* Heap allocation that cannot fail: small, internal requests abort the process when memory is gone.
 * Sizes chosen by peers or guests are checked against a limit before they come here. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* `count * size` bytes, uninitialised. A zero size gives a pointer that may be freed. */
void *mem_alloc(size_t count, size_t size) __attribute__((malloc));

/* The same, zeroed. */
void *mem_zalloc(size_t count, size_t size) __attribute__((malloc));

/* Grows or shrinks `p` (NULL allowed) to `count * size` bytes. The old pointer is invalid. */
void *mem_realloc(void *p, size_t count, size_t size) MUST_USE;

void mem_free(void *p);

#define mem_new(type)          ((type *)mem_zalloc(1, sizeof(type)))
#define mem_new_n(type, count) ((type *)mem_zalloc((count), sizeof(type)))

/* Called instead of abort when memory is gone. It must not return. */
void mem_set_exhausted(void (*fn)(size_t bytes));

#define ARRAY_LEN(a)                    (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
