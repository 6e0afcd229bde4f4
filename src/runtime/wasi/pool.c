/* Blocks of powers of two, each size with its list of unused ones. */
#include "runtime/wasi/pool.h"

#include <assert.h>

struct wasi_pool_block {
    struct wasi_pool_block *next;
};

void wasi_pool_init(struct wasi_pool *p)
{
    *p = (struct wasi_pool){ 0 };
    arena_init(&p->arena);
}

void wasi_pool_fini(struct wasi_pool *p)
{
    arena_fini(&p->arena);
}

void wasi_pool_reset(struct wasi_pool *p)
{
    arena_reset(&p->arena);
    memset(p->unused, 0, sizeof(p->unused));
}

static unsigned size_class(size_t size)
{
    assert(size <= WASI_POOL_MAX_BYTES);
    if (size <= (size_t)1 << WASI_POOL_MIN_SHIFT)
        return 0;
    return (unsigned)(64 - __builtin_clzll(size - 1)) - WASI_POOL_MIN_SHIFT;
}

void *wasi_pool_take(struct wasi_pool *p, size_t size)
{
    unsigned class = size_class(size);
    struct wasi_pool_block *b = p->unused[class];
    if (!b)
        return arena_alloc(&p->arena, (size_t)1 << (class + WASI_POOL_MIN_SHIFT));
    p->unused[class] = b->next;
    return b;
}

void wasi_pool_give(struct wasi_pool *p, const void *block, size_t size)
{
    if (!block)
        return;
    /* Slices point to const; the pool's own memory is not. */
    struct wasi_pool_block *b = (struct wasi_pool_block *)(uintptr_t)block;
    unsigned class = size_class(size);
    b->next = p->unused[class];
    p->unused[class] = b;
}
