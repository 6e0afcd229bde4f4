/* Linear memories that can be put back as they were: address space reserved for the largest size, a snapshot, and marks
 * of the pages written to since. After the snapshot all pages are write-protected; the first write to one faults, is
 * marked in the signal handler (fault.h) and goes on. Marked pages stay writable over restores, so that a memory that
 * is used again and again in the same way costs no faults: its marked pages are copied back, nothing else.
 * Exact: nothing can be written without being marked. What was measured: docs/internals/recycling.md.
 *
 * A memory belongs to one thread; an image may be shared. */
#ifndef RUNTIME_MEMORY_LINEAR_H
#define RUNTIME_MEMORY_LINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct memory_image; /* memory/image.h */
struct memory_set;   /* memory/fault.h */

struct linear_memory {
    struct linear_memory *next; /* in its set */
    struct memory_set *set;     /* NULL once the set is gone */
    uint8_t *base;
    size_t reserved_bytes; /* of address space, guard included; all of it inaccessible but the first `size_bytes` */
    size_t max_bytes;      /* that it may grow to */
    size_t size_bytes;
    /* Since the snapshot: */
    bool kept;
    size_t kept_bytes; /* size at the snapshot */
    struct memory_image *image;
    uint64_t *marks; /* a bit a page that is writable */
    uint64_t *used;  /* of these, a bit a page that was written to since the last sweep of the marks */
    uint32_t words;  /* of each */
    uint32_t runs;   /* of marked pages, about: each is a mapping of its own to the system */
    uint32_t restores;
};

/* Reserves `reserved_bytes` (a multiple of the system's page) and makes the first `size_bytes` accessible, all zero. */
MUST_USE bool linear_memory_init(struct linear_memory *m, size_t size_bytes, size_t max_bytes, size_t reserved_bytes,
                                 struct err *e);
void linear_memory_fini(struct linear_memory *m);

/* To `size_bytes`, more than now. False: more than it or its set may have, or the system has no memory. */
MUST_USE bool linear_memory_grow(struct linear_memory *m, size_t size_bytes);

/* From now on this content and size can be restored. Where it equals `*shared` the two share it; an empty `*shared` is
 * made of it. On false nothing has changed. */
MUST_USE bool linear_memory_keep(struct linear_memory *m, struct memory_image **shared, struct err *e);

/* The same with an image that was made of another memory: its content and size take the place of this one's, which was
 * not written to. False as well when it may not grow to that size. */
MUST_USE bool linear_memory_adopt(struct linear_memory *m, struct memory_image *image, struct err *e);

/* Back to the snapshot. False when so much was written that building anew is better, or the system refuses: then the
 * content is undefined. */
MUST_USE bool linear_memory_restore(struct linear_memory *m);

/* Whether so much was written that it is not restored, and that giving it all back at once is a pause to be felt. */
bool linear_memory_is_heavy(const struct linear_memory *m);
/* Gives back a piece of a memory that nobody uses any more; false when that was the last. Then only linear_memory_fini.
 */
bool linear_memory_discard(struct linear_memory *m);

/* A write to `address` faulted: whether it may go on. Async-signal-safe. */
bool linear_memory_unprotect(struct linear_memory *m, const void *address);

/* Of pages that were written to since linear_memory_keep and kept writable; all of them when it was not kept. */
size_t linear_memory_own_bytes(const struct linear_memory *m);

#endif
