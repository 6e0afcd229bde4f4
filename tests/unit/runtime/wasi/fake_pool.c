/* The pool of WASI's objects over the heap, in place of src/runtime/wasi/pool.c: what is used after
 * being given back, or never given back, is then for sanitizers to see. */
#include <assert.h>

#include "base/list.h"
#include "runtime/wasi/pool.h"
#include "tests/unit/runtime/wasi/fake.h"

struct block {
    struct list node;
    size_t size;
    max_align_t data[];
};

static struct list blocks = { &blocks, &blocks };
unsigned fake_pool_live;

void wasi_pool_init(struct wasi_pool *p)
{
    arena_init(&p->arena);
}

void wasi_pool_fini(struct wasi_pool *p)
{
    arena_fini(&p->arena);
}

void wasi_pool_reset(struct wasi_pool *p)
{
    while (!list_empty(&blocks))
        wasi_pool_give(p, list_first(&blocks, struct block, node)->data, list_first(&blocks, struct block, node)->size);
    arena_reset(&p->arena);
}

void *wasi_pool_take(struct wasi_pool *p, size_t size)
{
    (void)p;
    assert(size <= WASI_POOL_MAX_BYTES);
    struct block *b = mem_alloc(1, sizeof(*b) + size);
    memset(b->data, 0xa5, size);
    b->size = size;
    list_push(&blocks, &b->node);
    fake_pool_live++;
    return b->data;
}

void wasi_pool_give(struct wasi_pool *p, const void *data, size_t size)
{
    (void)p;
    if (!data)
        return;
    struct block *b = (struct block *)((uintptr_t)data - offsetof(struct block, data));
    assert(b->size == size);
    list_remove(&b->node);
    fake_pool_live--;
    mem_free(b);
}
