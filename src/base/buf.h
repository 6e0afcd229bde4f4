/* Growing byte buffers, each born with its limit. What is added past the limit is refused with an error that
 * the caller turns into its own ("head larger than 32 kB"). A buffer that is reset keeps its memory. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct buf {
    uint8_t *ptr;
    size_t len, cap, limit;
};

/* `limit` is in bytes; nothing is allocated until something is added. */
void buf_init(struct buf *b, size_t limit);
void buf_fini(struct buf *b);
void buf_reset(struct buf *b);

/* Makes room for `extra` more bytes; false when that would pass the limit (ERR_LIMIT). */
MUST_USE bool buf_reserve(struct buf *b, size_t extra, struct err *e);

MUST_USE bool buf_add(struct buf *b, const void *data, size_t len, struct err *e);

/* For buffers whose limit cannot be reached by foreign input (a programming error: asserted). */
void buf_put(struct buf *b, const void *data, size_t len);
void buf_put_str(struct buf *b, str s);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Drops `count` bytes from the front. */
void buf_consume(struct buf *b, size_t count);

static inline str buf_str(const struct buf *b)
{
    return (str){ (const char *)b->ptr, b->len };
}

#define BUF_NO_LIMIT (SIZE_MAX / 2)

#endif
