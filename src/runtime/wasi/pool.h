/* Memory of one instance's host objects: blocks of powers of two over an arena, given back one by
 * one while the instance lives and all at once when it ends, so that a reused pool reaches a steady
 * state without malloc. No limits here: callers count what guests can grow. */
#ifndef RUNTIME_WASI_POOL_H
#define RUNTIME_WASI_POOL_H

#include "base/arena.h"

enum { WASI_POOL_MIN_SHIFT = 5, WASI_POOL_CLASSES = 14, WASI_POOL_MAX_BYTES = 32 << 13 };

struct wasi_pool_block;

struct wasi_pool {
    struct arena arena;
    struct wasi_pool_block *unused[WASI_POOL_CLASSES]; /* by size: 32 bytes, 64, … WASI_POOL_MAX_BYTES */
};

void wasi_pool_init(struct wasi_pool *p);
void wasi_pool_fini(struct wasi_pool *p);

/* Every block becomes invalid. */
void wasi_pool_reset(struct wasi_pool *p);

/* At least `size` bytes, at most WASI_POOL_MAX_BYTES, uninitialised. */
void *wasi_pool_take(struct wasi_pool *p, size_t size);

/* `size` is what was asked for. NULL is allowed. */
void wasi_pool_give(struct wasi_pool *p, const void *block, size_t size);

#endif
