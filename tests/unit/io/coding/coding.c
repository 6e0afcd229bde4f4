/* Tests of io/coding: what each coder makes decodes to what went in, however it went in. */
#include "io/coding/coding.h"

#include <brotli/decode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"

enum { BODY_BYTES = 300 * 1000 };

/* Half text, half noise. */
static void make_body(struct buf *body)
{
    uint32_t noise = 1;
    for (uint32_t i = 0; body->len < BODY_BYTES; i++) {
        noise = noise * 1664525 + 1013904223;
        if (i % 2)
            buf_put(body, &noise, sizeof(noise));
        else
            buf_printf(body, "line %u of a body\n", i);
    }
}

static bool inflate_all(struct buf *in, int bits, struct buf *out)
{
    z_stream z = { .next_in = in->ptr, .avail_in = (uInt)in->len, .next_out = out->ptr, .avail_out = BODY_BYTES * 2 };
    bool ok = inflateInit2(&z, bits) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END && !z.avail_in;
    out->len = z.total_out;
    inflateEnd(&z);
    return ok;
}

static bool decode(enum coding c, struct buf *in, struct buf *out)
{
    struct err e;
    size_t len = BODY_BYTES * 2;
    if (!buf_reserve(out, len, &e))
        return false;
    switch (c) {
    case CODING_GZIP: return inflate_all(in, 15 + 16, out);
    case CODING_DEFLATE: return inflate_all(in, 15, out);
    case CODING_BR:
        if (BrotliDecoderDecompress(in->len, in->ptr, &len, out->ptr) != BROTLI_DECODER_RESULT_SUCCESS)
            return false;
        out->len = len;
        return true;
    case CODING_ZSTD: break;
    }
    ZSTD_DCtx *context = ZSTD_createDCtx();
    ZSTD_inBuffer from = { in->ptr, in->len, 0 };
    ZSTD_outBuffer to = { out->ptr, len, 0 };
    bool ok = ZSTD_decompressStream(context, &to, &from) == 0 && from.pos == from.size;
    out->len = to.pos;
    ZSTD_freeDCtx(context);
    return ok;
}

static void code_in_pieces(struct coder *c, const struct buf *body, size_t piece, enum coder_flush flush,
                           struct buf *out)
{
    for (size_t at = 0; at < body->len; at += piece)
        coder_write(c, bytes_from(body->ptr + at, body->len - at < piece ? body->len - at : piece), flush, out);
    coder_write(c, bytes_from(NULL, 0), CODER_FINISH, out);
}

static const struct {
    size_t body, piece; /* bytes */
    enum coder_flush flush;
} ways[] = {
    { 0, 1, CODER_GATHER },
    { 1, 1, CODER_FLUSH },
    { 100, 7, CODER_FLUSH },
    { BODY_BYTES, 1, CODER_GATHER },
    { BODY_BYTES, 4096, CODER_FLUSH },
    { BODY_BYTES, BODY_BYTES, CODER_GATHER },
};

static void test_round(void **state)
{
    struct buf body, coded, decoded;
    (void)state;
    buf_init(&body, BUF_NO_LIMIT);
    buf_init(&coded, BUF_NO_LIMIT);
    buf_init(&decoded, BUF_NO_LIMIT);
    make_body(&body);
    for (enum coding c = CODING_GZIP; c <= CODING_ZSTD; c++) {
        struct coder *coder = coder_new(c, coding_levels(c).fallback);
        for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
            struct buf part = body;
            part.len = ways[i].body;
            buf_reset(&coded);
            buf_reset(&decoded);
            coder_write(coder, bytes_of_str(STR("cut off")), CODER_FLUSH, &coded);
            coder_reset(coder);
            buf_reset(&coded);
            code_in_pieces(coder, &part, ways[i].piece, ways[i].flush, &coded);
            if (!decode(c, &coded, &decoded) || !str_eq(buf_str(&decoded), buf_str(&part)))
                fail_msg("%s, way %zu: does not decode to what it was", coding_name(c), i);
            if (part.len > 1000 && coded.len > part.len)
                fail_msg("%s, way %zu: %zu bytes became %zu", coding_name(c), i, part.len, coded.len);
            coder_reset(coder);
        }
        coder_free(coder);
    }
    buf_fini(&body);
    buf_fini(&coded);
    buf_fini(&decoded);
}

static void test_levels(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, BUF_NO_LIMIT);
    for (enum coding c = CODING_GZIP; c <= CODING_ZSTD; c++) {
        const struct coding_levels l = coding_levels(c);
        for (int level = l.min; level <= l.max; level += level == l.max || l.max - level > 5 ? 5 : 1) {
            struct coder *coder = coder_new(c, level);
            coder_write(coder, bytes_of_str(STR("text")), CODER_FINISH, &out);
            coder_free(coder);
        }
        assert_true(l.min <= l.fallback && l.fallback <= l.max);
    }
    buf_fini(&out);
}

static void test_names(void **state)
{
    enum coding c = CODING_GZIP;
    (void)state;
    assert_true(coding_parse(STR("BR"), &c) && c == CODING_BR);
    assert_string_equal(coding_name(CODING_ZSTD), "zstd");
    assert_false(coding_parse(STR("lzma"), &c));
}

static void test_pool(void **state)
{
    struct coder_pool p;
    (void)state;
    coder_pool_init(&p);
    struct coder *a = coder_pool_take(&p, CODING_GZIP, 6), *b = coder_pool_take(&p, CODING_GZIP, 1);
    coder_pool_give(&p, a);
    coder_pool_give(&p, b);
    assert_ptr_equal(coder_pool_take(&p, CODING_GZIP, 1), b);
    assert_ptr_equal(coder_pool_take(&p, CODING_GZIP, 6), a);
    for (int i = 0; i < 40; i++) /* no more than a few are kept */
        coder_pool_give(&p, coder_new(CODING_DEFLATE, 1));
    assert_true(p.count < 40);
    coder_pool_give(&p, a);
    coder_pool_give(&p, b);
    coder_pool_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_pool),
    };
    return cmocka_run_group_tests_name("io/coding/coding", tests, NULL, NULL);
}
