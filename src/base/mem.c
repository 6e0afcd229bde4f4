/* Heap allocation that cannot fail. */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void exhausted_default(size_t bytes)
{
    fprintf(stderr, "out of memory: %zu bytes wanted\n", bytes);
    abort();
}

/* Process-wide by nature, as malloc itself is; set once at start by an embedder. */
static void (*exhausted)(size_t bytes) = exhausted_default;

void mem_set_exhausted(void (*fn)(size_t bytes))
{
    exhausted = fn;
}

static size_t total_bytes(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        exhausted(SIZE_MAX);
    return bytes ? bytes : 1;
}

void *mem_alloc(size_t count, size_t size)
{
    size_t bytes = total_bytes(count, size);
    void *p = malloc(bytes);
    if (!p)
        exhausted(bytes);
    return p;
}

void *mem_zalloc(size_t count, size_t size)
{
    size_t bytes = total_bytes(count, size);
    void *p = calloc(1, bytes);
    if (!p)
        exhausted(bytes);
    return p;
}

void *mem_realloc(void *p, size_t count, size_t size)
{
    size_t bytes = total_bytes(count, size);
    void *q = realloc(p, bytes);
    if (!q)
        exhausted(bytes);
    return q;
}

void mem_free(void *p)
{
    free(p);
}
