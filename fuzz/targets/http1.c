/* HTTP/1 requests from anywhere: a head and a chunked body must come out the same whole and in
 * pieces, and what is accepted must be unambiguous. The first byte says how large the pieces are.
 */
#include <assert.h>

#include "base/buf.h"
#include "io/http/h1/h1_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct h1_limits limits = { .max_head_bytes = 4096, .max_target_bytes = 1024, .max_fields = 16 };

struct message {
    struct arena arena;
    struct http_request request;
    struct h1_head head;
    struct h1_chunked chunked;
    struct http_failure failure;
    enum h1_result result, body_result;
    struct buf body;
};

static void check_fields(const struct http_fields *f)
{
    assert(f->len <= limits.max_fields);
    for (uint32_t i = 0; i < f->len; i++)
        assert(http_name_valid(f->at[i].name) && http_value_valid(f->at[i].value));
}

static void check_accepted(const struct message *m)
{
    const struct http_request *r = &m->request;
    assert(http_name_valid(r->method) && r->target.len > 0);
    for (size_t i = 0; i < r->target.len; i++)
        assert((unsigned char)r->target.ptr[i] > ' ' && r->target.ptr[i] != 0x7f);
    check_fields(&r->fields);
    uint32_t lengths = http_fields_count(&r->fields, STR("content-length"));
    uint32_t codings = http_fields_count(&r->fields, STR("transfer-encoding"));
    assert(!(lengths && codings) && codings <= 1);
    assert(http_fields_count(&r->fields, STR("host")) <= 1);
    assert(m->head.chunked == (codings > 0));
    assert(!m->head.chunked || (r->version == HTTP_1_1 && r->content_length == HTTP_LENGTH_UNKNOWN));
}

/* Takes what it can from the front of `in`. */
static void decode(struct message *m, bytes *in)
{
    bytes part;
    for (;;) {
        m->body_result = h1_chunked_next(&m->chunked, in, 64, &limits, &m->arena, &part, &m->failure);
        if (m->body_result != H1_DATA)
            return;
        assert(part.len >= 1 && part.len <= 64);
        buf_put(&m->body, part.ptr, part.len);
    }
}

/* Feeds `text` in pieces of `step` bytes. */
static void parse(struct message *m, str text, size_t step)
{
    size_t have = 0;
    memset(m, 0, sizeof(*m));
    arena_init(&m->arena);
    buf_init(&m->body, BUF_NO_LIMIT);
    h1_head_init(&m->head);
    h1_chunked_init(&m->chunked);
    m->result = m->body_result = H1_MORE;
    while (have < text.len && m->result == H1_MORE) {
        have = text.len - have < step ? text.len : have + step;
        m->result = h1_head_parse(&m->head, str_slice(text, 0, have), &limits, &m->arena, &m->request, &m->failure);
    }
    assert(m->result != H1_DATA);
    if (m->result != H1_DONE)
        return;
    assert(m->head.at <= have);
    check_accepted(m);
    if (!m->head.chunked)
        return;
    size_t taken = m->head.at;
    for (;;) {
        bytes in = bytes_of_str(str_slice(text, taken, have));
        decode(m, &in);
        taken = have - in.len;
        if (m->body_result != H1_MORE || have == text.len)
            break;
        have = text.len - have < step ? text.len : have + step;
    }
    if (m->body_result == H1_DONE)
        check_fields(&m->chunked.trailers);
}

static void drop(struct message *m)
{
    arena_fini(&m->arena);
    buf_fini(&m->body);
}

static void compare_fields(const struct http_fields *a, const struct http_fields *b)
{
    assert(a->len == b->len);
    for (uint32_t i = 0; i < a->len; i++)
        assert(str_eq(a->at[i].name, b->at[i].name) && str_eq(a->at[i].value, b->at[i].value));
}

static void compare(const struct message *a, const struct message *b)
{
    assert(a->result == b->result && a->body_result == b->body_result);
    if (a->result == H1_ERROR || a->body_result == H1_ERROR)
        assert(a->failure.status >= 400 && a->failure.status == b->failure.status);
    if (a->result != H1_DONE)
        return;
    assert(a->head.at == b->head.at && a->head.keep_alive == b->head.keep_alive);
    assert(str_eq(a->request.method, b->request.method) && str_eq(a->request.target, b->request.target));
    assert(str_eq(a->request.authority, b->request.authority) && a->request.version == b->request.version);
    assert(a->request.content_length == b->request.content_length && a->request.has_body == b->request.has_body);
    compare_fields(&a->request.fields, &b->request.fields);
    assert(str_eq(buf_str(&a->body), buf_str(&b->body)));
    compare_fields(&a->chunked.trailers, &b->chunked.trailers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    str text = str_from((const char *)data + 1, size - 1);
    struct message whole, pieces;
    parse(&whole, text, SIZE_MAX);
    parse(&pieces, text, 1 + data[0] % 67);
    compare(&whole, &pieces);
    drop(&whole);
    drop(&pieces);
    return 0;
}
