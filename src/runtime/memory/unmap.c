/* How many threads there are is the process's, like the memory that they give back. */
#include "runtime/memory/unmap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "base/mem.h"

/* What costs more to free than a thread costs to make, many times over; and threads at the same time. */
enum { MUCH_BYTES = 64 << 20, THREADS_MAX = 4 };

/* Freed at once: meanwhile no thread of the process can change a mapping, as faults of other guests do. */
enum { PIECE_BYTES = 2 << 20 };

static atomic_int threads;

struct range {
    uint8_t *base;
    size_t bytes, used_bytes;
};

static void *unmap(void *range)
{
    struct range r = *(struct range *)range;
    mem_free(range);
    for (size_t at = 0; at < r.used_bytes; at += PIECE_BYTES)
        madvise(r.base + at, r.used_bytes - at < PIECE_BYTES ? r.used_bytes - at : PIECE_BYTES, MADV_DONTNEED);
    munmap(r.base, r.bytes);
    atomic_fetch_sub(&threads, 1);
    return NULL;
}

/* False: somebody else has to. */
static bool unmap_elsewhere(const struct range *range)
{
    pthread_t thread;
    pthread_attr_t detached;
    if (atomic_fetch_add(&threads, 1) >= THREADS_MAX || pthread_attr_init(&detached) != 0) {
        atomic_fetch_sub(&threads, 1);
        return false;
    }
    struct range *r = mem_new(struct range);
    *r = *range;
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    bool ok = pthread_create(&thread, &detached, unmap, r) == 0;
    pthread_attr_destroy(&detached);
    if (!ok) {
        mem_free(r);
        atomic_fetch_sub(&threads, 1);
    }
    return ok;
}

void memory_unmap(uint8_t *base, size_t bytes, size_t used_bytes)
{
    if (used_bytes < MUCH_BYTES || !unmap_elsewhere(&(struct range){ base, bytes, used_bytes }))
        munmap(base, bytes);
}
