/* The content of a memory at its snapshot, in a file (most have no name), so that any number of memories may map it and
 * the system holds it once. Immutable once made, reference counted, shared by threads. */
#ifndef RUNTIME_MEMORY_IMAGE_H
#define RUNTIME_MEMORY_IMAGE_H

#include <stdatomic.h>

#include "base/err.h"

struct memory_image {
    _Atomic uint32_t refs;
    /* Of an image made by memory_image_vary: what its pages are of but those in `own`, a bit a page. Else NULL. */
    struct memory_image *base;
    uint64_t *own;
    int fd;        /* -1 in an image with a base */
    size_t offset; /* in the file, a multiple of the system's page */
    size_t bytes;  /* a multiple of the system's page */
    /* All of it, with a base its own pages, to read; pages of zeros are better not looked at: the system would keep
     * them. */
    const uint8_t *view;
    uint64_t *zeros; /* a bit a page that is all zeros */
    /* A bit a page that memories are likely to write to. The one part that changes, and nothing but time depends on it.
     * The base's, where there is one. */
    _Atomic uint64_t *likely;
};

MUST_USE bool memory_image_new(const uint8_t *content, size_t bytes, struct memory_image **ret, struct err *e);
/* Of a part of a file that nobody will change; `fd` stays the caller's. */
MUST_USE bool memory_image_open(int fd, size_t offset, size_t bytes, struct memory_image **ret, struct err *e);
/* Of content as large as that of `base`, which has no base itself: `base` again where they are equal, else an image
 * with pages of its own where they differ. False when too many do, or there is no room. */
MUST_USE bool memory_image_vary(struct memory_image *base, const uint8_t *content, struct memory_image **ret);
/* Not its base's. Such a page, once mapped, is the memory's private one: what the mapping is of has another content. */
bool memory_image_page_is_own(const struct memory_image *i, size_t page);
struct memory_image *memory_image_ref(struct memory_image *i);
void memory_image_unref(struct memory_image *i);

/* A memory has written to the pages of these bits. */
void memory_image_note_written(struct memory_image *i, const uint64_t *pages);
/* Pages from `page` on (exclusive of the last) that are likely to be written to, as a run; false when there are none.
 */
bool memory_image_next_likely(const struct memory_image *i, size_t page, size_t *ret_first, size_t *ret_count);

/* Whether a page of a memory is as the image has it. */
bool memory_image_page_equals(const struct memory_image *i, size_t page, const uint8_t *content);

void memory_image_copy_page(const struct memory_image *i, size_t page, uint8_t *to);

/* How much of it is not zeros. */
size_t memory_image_used_bytes(const struct memory_image *i);

/* Puts the image in place of what is mapped at `at`, private and write-protected. */
MUST_USE bool memory_image_map(const struct memory_image *i, uint8_t *at, struct err *e);

#endif
