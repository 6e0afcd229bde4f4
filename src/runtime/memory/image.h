/* The content of a memory at its snapshot, in a file without a name, so that any number of memories may map it and the
 * system holds it once. Immutable once made, reference counted, shared by threads. */
#ifndef RUNTIME_MEMORY_IMAGE_H
#define RUNTIME_MEMORY_IMAGE_H

#include <stdatomic.h>

#include "base/err.h"

struct memory_image {
    _Atomic uint32_t refs;
    int fd;
    size_t bytes;        /* a multiple of the system's page */
    const uint8_t *view; /* all of it, to read; pages of zeros are better not looked at: the system would keep them */
    uint64_t *zeros;     /* a bit a page that is all zeros */
};

MUST_USE bool memory_image_new(const uint8_t *content, size_t bytes, struct memory_image **ret, struct err *e);
struct memory_image *memory_image_ref(struct memory_image *i);
void memory_image_unref(struct memory_image *i);

/* Whether a page of a memory is as the image has it. */
bool memory_image_page_equals(const struct memory_image *i, size_t page, const uint8_t *content);

void memory_image_copy_page(const struct memory_image *i, size_t page, uint8_t *to);

/* Puts the image's first `bytes` in place of what is mapped at `at`, private and write-protected. */
MUST_USE bool memory_image_map(const struct memory_image *i, uint8_t *at, size_t bytes, struct err *e);

#endif
