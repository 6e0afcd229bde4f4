/* What a coding is made of. Internal to io/coding: each library has one file. */
#ifndef IO_CODING_CODER_TYPES_H
#define IO_CODING_CODER_TYPES_H

#include "io/coding/coding.h"

struct coder_ops {
    struct coder *(*create)(enum coding c, int level);
    void (*destroy)(struct coder *c);
    void (*reset)(struct coder *c);
    void (*write)(struct coder *c, bytes data, enum coder_flush flush, struct buf *out);
};

extern const struct coder_ops zlib_coder_ops, brotli_coder_ops, zstd_coder_ops;

/* The first member of each library's coder. */
struct coder {
    struct list node; /* of the pool */
    const struct coder_ops *ops;
    enum coding coding;
    int level;
};

/* Room that output is asked for at a time. */
enum { CODER_OUTPUT_BYTES = 16 * 1024 };

#endif
