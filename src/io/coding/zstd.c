/* zstd, by its own library. */
#include <assert.h>
#include <zstd.h>

#include "base/buf.h"
#include "io/coding/coder_types.h"

enum { WINDOW_LOG = 20 /* 1 MB; a client must be able to keep 8 (RFC 9659) */ };

struct zstd_coder {
    struct coder base;
    ZSTD_CCtx *context;
};

static struct zstd_coder *of(struct coder *c)
{
    return CONTAINER_OF(c, struct zstd_coder, base);
}

static void set(ZSTD_CCtx *context, ZSTD_cParameter parameter, int value)
{
    size_t code = ZSTD_CCtx_setParameter(context, parameter, value);
    assert(!ZSTD_isError(code));
}

static struct coder *create(enum coding coding, int level)
{
    struct zstd_coder *c = mem_new(struct zstd_coder);
    (void)coding;
    c->context = ZSTD_createCCtx();
    assert(c->context);
    set(c->context, ZSTD_c_compressionLevel, level);
    set(c->context, ZSTD_c_windowLog, WINDOW_LOG);
    return &c->base;
}

static void destroy(struct coder *base)
{
    ZSTD_freeCCtx(of(base)->context);
    mem_free(of(base));
}

static void reset(struct coder *base)
{
    ZSTD_CCtx_reset(of(base)->context, ZSTD_reset_session_only);
}

static ZSTD_EndDirective directive_of(enum coder_flush flush)
{
    switch (flush) {
    case CODER_GATHER: return ZSTD_e_continue;
    case CODER_FLUSH: return ZSTD_e_flush;
    case CODER_FINISH: return ZSTD_e_end;
    }
    __builtin_unreachable();
}

static void write_all(struct coder *base, bytes data, enum coder_flush flush, struct buf *out)
{
    ZSTD_inBuffer in = { data.ptr, data.len, 0 };
    struct err ignored = ERR_INIT;
    size_t left;
    do {
        bool room = buf_reserve(out, CODER_OUTPUT_BYTES, &ignored);
        assert(room);
        ZSTD_outBuffer to = { out->ptr + out->len, CODER_OUTPUT_BYTES, 0 };
        left = ZSTD_compressStream2(of(base)->context, &to, &in, directive_of(flush));
        assert(!ZSTD_isError(left));
        out->len += to.pos;
    } while (flush == CODER_GATHER ? in.pos < in.size : left > 0);
}

const struct coder_ops zstd_coder_ops = { create, destroy, reset, write_all };
