/* Heads of HTTP/1 responses from anywhere: a head must come out the same whole and in pieces, and what is accepted must
 * be unambiguous. The first byte says how large the pieces are and whether the request was HEAD. */
#include <assert.h>

#include "io/http/h1/h1_response_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct h1_limits limits = { .max_head_bytes = 4096, .max_fields = 16 };

struct message {
    struct arena arena;
    struct http_response response;
    struct h1_response_head head;
    struct http_failure failure;
    enum h1_result result;
};

static void check_accepted(const struct message *m, str method)
{
    const struct http_response *r = &m->response;
    uint32_t lengths = http_fields_count(&r->fields, STR("content-length"));
    uint32_t codings = http_fields_count(&r->fields, STR("transfer-encoding"));
    assert(r->status >= 100 && r->status <= 999 && r->status != 101);
    assert(r->fields.len <= limits.max_fields);
    for (uint32_t i = 0; i < r->fields.len; i++)
        assert(http_name_valid(r->fields.at[i].name) && http_value_valid(r->fields.at[i].value));
    assert(!(lengths && codings) && codings <= 1);
    assert((lengths > 0) == (r->content_length != HTTP_LENGTH_UNKNOWN));
    assert(!(m->head.until_close && (lengths || codings || m->head.keep_alive)));
    if (r->status < 200 || http_response_bodiless(method, r->status))
        assert(!m->head.chunked && !m->head.until_close);
    else
        assert(m->head.chunked + m->head.until_close + (lengths > 0) == 1);
}

static void parse(struct message *m, str text, str method, size_t step)
{
    memset(m, 0, sizeof(*m));
    arena_init(&m->arena);
    h1_response_head_init(&m->head);
    m->result = H1_MORE;
    for (size_t have = 0; have < text.len && m->result == H1_MORE;) {
        have = text.len - have < step ? text.len : have + step;
        m->result = h1_response_parse(&m->head, str_slice(text, 0, have), method, &limits, &m->arena, &m->response,
                                      &m->failure);
    }
    assert(m->result != H1_DATA);
    if (m->result == H1_ERROR)
        assert(m->failure.status == 502 && m->failure.text);
    if (m->result == H1_DONE)
        check_accepted(m, method);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    str text = str_from((const char *)data + 1, size - 1);
    str method = data[0] & 0x80 ? STR("HEAD") : STR("GET");
    struct message whole, pieces;
    parse(&whole, text, method, SIZE_MAX);
    parse(&pieces, text, method, 1 + data[0] % 67);
    assert(whole.result == pieces.result && whole.head.at == pieces.head.at);
    assert(whole.response.status == pieces.response.status);
    assert(whole.response.content_length == pieces.response.content_length);
    assert(whole.head.keep_alive == pieces.head.keep_alive && whole.head.chunked == pieces.head.chunked);
    arena_fini(&whole.arena);
    arena_fini(&pieces.arena);
    return 0;
}
