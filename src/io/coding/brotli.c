/* br, by brotli. */
#include <assert.h>
#include <brotli/encode.h>

#include "base/buf.h"
#include "io/coding/coder_types.h"

enum { WINDOW_BITS = 18 /* 256 kB: the default takes 16 times as much, of each connection */ };

struct brotli_coder {
    struct coder base;
    int level;
    BrotliEncoderState *state;
};

static struct brotli_coder *of(struct coder *c)
{
    return CONTAINER_OF(c, struct brotli_coder, base);
}

static void begin(struct brotli_coder *c)
{
    c->state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    assert(c->state);
    BrotliEncoderSetParameter(c->state, BROTLI_PARAM_QUALITY, (uint32_t)c->level);
    BrotliEncoderSetParameter(c->state, BROTLI_PARAM_LGWIN, WINDOW_BITS);
}

static struct coder *create(enum coding coding, int level)
{
    struct brotli_coder *c = mem_new(struct brotli_coder);
    (void)coding;
    c->level = level;
    begin(c);
    return &c->base;
}

static void destroy(struct coder *base)
{
    BrotliEncoderDestroyInstance(of(base)->state);
    mem_free(of(base));
}

/* The library has no other way. */
static void reset(struct coder *base)
{
    BrotliEncoderDestroyInstance(of(base)->state);
    begin(of(base));
}

static BrotliEncoderOperation operation_of(enum coder_flush flush)
{
    switch (flush) {
    case CODER_GATHER: return BROTLI_OPERATION_PROCESS;
    case CODER_FLUSH: return BROTLI_OPERATION_FLUSH;
    case CODER_FINISH: return BROTLI_OPERATION_FINISH;
    }
    __builtin_unreachable();
}

static void write_all(struct coder *base, bytes data, enum coder_flush flush, struct buf *out)
{
    BrotliEncoderState *state = of(base)->state;
    const uint8_t *in = data.ptr;
    size_t in_left = data.len, out_room = 0, len;
    do {
        BROTLI_BOOL ok = BrotliEncoderCompressStream(state, operation_of(flush), &in_left, &in, &out_room, NULL, NULL);
        assert(ok);
        do {
            len = 0;
            const uint8_t *part = BrotliEncoderTakeOutput(state, &len);
            buf_put(out, part, len);
        } while (len);
    } while (in_left || BrotliEncoderHasMoreOutput(state) ||
             (flush == CODER_FINISH && !BrotliEncoderIsFinished(state)));
}

const struct coder_ops brotli_coder_ops = { create, destroy, reset, write_all };
