/* Growing byte buffers with a limit. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void buf_init(struct buf *b, size_t limit)
{
    *b = (struct buf){ .limit = limit };
}

void buf_fini(struct buf *b)
{
    mem_free(b->ptr);
    *b = (struct buf){ .limit = b->limit };
}

void buf_reset(struct buf *b)
{
    b->len = 0;
}

bool buf_reserve(struct buf *b, size_t extra, struct err *e)
{
    if (extra > b->limit - b->len)
        return err_set(e, ERR_LIMIT, "more than %zu bytes", b->limit);
    size_t want = b->len + extra;
    if (want <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < want)
        cap *= 2;
    if (cap > b->limit)
        cap = b->limit;
    b->ptr = mem_realloc(b->ptr, cap, 1);
    b->cap = cap;
    return true;
}

bool buf_add(struct buf *b, const void *data, size_t len, struct err *e)
{
    if (!buf_reserve(b, len, e))
        return false;
    if (len)
        memcpy(b->ptr + b->len, data, len);
    b->len += len;
    return true;
}

void buf_put(struct buf *b, const void *data, size_t len)
{
    struct err e;
    bool ok = buf_add(b, data, len, &e);
    assert(ok);
}

void buf_put_str(struct buf *b, str s)
{
    buf_put(b, s.ptr, s.len);
}

void buf_put_u8(struct buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(n >= 0);
    struct err e;
    bool ok = buf_reserve(b, (size_t)n + 1, &e);
    assert(ok);
    vsnprintf((char *)b->ptr + b->len, (size_t)n + 1, fmt, again);
    va_end(again);
    b->len += (size_t)n;
}

void buf_consume(struct buf *b, size_t count)
{
    assert(count <= b->len);
    b->len -= count;
    if (b->len)
        memmove(b->ptr, b->ptr + count, b->len);
}
