/* gzip and deflate (which is zlib's format in HTTP), by zlib. */
#include <assert.h>
#include <zlib.h>

#include "base/buf.h"
#include "io/coding/coder_types.h"

enum { WINDOW_BITS = 15, GZIP_FORMAT = 16, MEMORY_LEVEL = 8 };

struct zlib_coder {
    struct coder base;
    z_stream stream;
};

static struct zlib_coder *of(struct coder *c)
{
    return CONTAINER_OF(c, struct zlib_coder, base);
}

static struct coder *create(enum coding coding, int level)
{
    struct zlib_coder *c = mem_new(struct zlib_coder);
    int format = coding == CODING_GZIP ? WINDOW_BITS + GZIP_FORMAT : WINDOW_BITS;
    int code = deflateInit2(&c->stream, level, Z_DEFLATED, format, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    assert(code == Z_OK);
    return &c->base;
}

static void destroy(struct coder *base)
{
    struct zlib_coder *c = of(base);
    deflateEnd(&c->stream);
    mem_free(c);
}

static void reset(struct coder *base)
{
    int code = deflateReset(&of(base)->stream);
    assert(code == Z_OK);
}

static int flush_of(enum coder_flush flush)
{
    switch (flush) {
    case CODER_GATHER: return Z_NO_FLUSH;
    case CODER_FLUSH: return Z_SYNC_FLUSH;
    case CODER_FINISH: return Z_FINISH;
    }
    __builtin_unreachable();
}

/* zlib counts in unsigned int. */
static void write_part(z_stream *z, bytes data, int flush, struct buf *out)
{
    struct err ignored = ERR_INIT;
    uint8_t *input = NULL; /* zlib does not write there */
    memcpy(&input, &data.ptr, sizeof(input));
    z->next_in = input;
    z->avail_in = (uInt)data.len;
    do {
        bool ok = buf_reserve(out, CODER_OUTPUT_BYTES, &ignored);
        assert(ok);
        z->next_out = out->ptr + out->len;
        z->avail_out = CODER_OUTPUT_BYTES;
        int code = deflate(z, flush);
        assert(code != Z_STREAM_ERROR);
        out->len += CODER_OUTPUT_BYTES - z->avail_out;
    } while (z->avail_out == 0);
}

static void write_all(struct coder *base, bytes data, enum coder_flush flush, struct buf *out)
{
    const size_t most = (size_t)1 << 30;
    for (; data.len > most; data = bytes_from(data.ptr + most, data.len - most))
        write_part(&of(base)->stream, bytes_from(data.ptr, most), Z_NO_FLUSH, out);
    write_part(&of(base)->stream, data, flush_of(flush), out);
}

const struct coder_ops zlib_coder_ops = { create, destroy, reset, write_all };
