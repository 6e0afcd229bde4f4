/* src/runtime/wasi/http/outgoing_response.c: building a response and setting it. */
#include "runtime/wasi/http/outgoing.h"

#include "tests/unit/runtime/wasi/fake.h"

static uint16_t status_code(struct stage *s, struct wasi_http_types_outgoing_response *r)
{
    uint16_t status = 0;
    struct wasi_http_types_outgoing_response_status_code_args a = { r };
    assert_int_equal(wasi_http_types_outgoing_response_status_code(&s->call, &a, &status), HOST_DONE);
    return status;
}

static bool set_status(struct stage *s, struct wasi_http_types_outgoing_response *r, uint16_t status)
{
    struct result_void_void ret = { 0 };
    struct wasi_http_types_outgoing_response_set_status_code_args a = { r, status };
    assert_int_equal(wasi_http_types_outgoing_response_set_status_code(&s->call, &a, &ret), HOST_DONE);
    return !ret.is_err;
}

static void status_codes(void **state)
{
    struct stage *s = *state;
    static const struct {
        uint16_t status;
        bool valid;
    } cases[] = { { 200, true }, { 100, true }, { 418, true },   { 999, true },
                  { 0, false },  { 99, false }, { 1000, false }, { 65535, false } };
    struct wasi_http_types_outgoing_response *r = stage_response(s, NULL);
    assert_int_equal(status_code(s, r), 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint16_t before = status_code(s, r);
        assert_int_equal(set_status(s, r, cases[i].status), cases[i].valid);
        assert_int_equal(status_code(s, r), cases[i].valid ? cases[i].status : before);
    }
    wasi_http_types_outgoing_response_drop(r);
}

static void headers_become_immutable(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s), *child = NULL;
    stage_append(s, f, "a", "1");
    struct wasi_http_types_outgoing_response *r = stage_response(s, f);
    struct wasi_http_types_outgoing_response_headers_args a = { r };
    assert_int_equal(wasi_http_types_outgoing_response_headers(&s->call, &a, &child), HOST_DONE);
    wasi_http_types_outgoing_response_drop(r);
    struct result_void_wasi_http_types_header_error ret = { 0 };
    struct wasi_http_types_fields_append_args append = { child, STR("b"), { 0 } };
    assert_int_equal(wasi_http_types_fields_append(&s->call, &append, &ret), HOST_DONE);
    assert_true(ret.is_err);
    assert_int_equal(ret.of.err.tag, WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE);
    assert_int_equal(child->lines.len, 1);
    wasi_http_types_fields_drop(child);
}

static void the_body_is_given_once(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s);
    stage_append(s, f, "content-length", "many");
    struct wasi_http_types_outgoing_response *odd = stage_response(s, f), *r = stage_response(s, NULL);
    struct result_wasi_http_types_outgoing_body_void ret = { 0 };
    struct wasi_http_types_outgoing_response_body_args a = { odd };
    assert_int_equal(wasi_http_types_outgoing_response_body(&s->call, &a, &ret), HOST_DONE);
    assert_true(ret.is_err); /* no body can have that length */
    struct wasi_http_types_outgoing_body *b = stage_body(s, r);
    a.self = r;
    assert_int_equal(wasi_http_types_outgoing_response_body(&s->call, &a, &ret), HOST_DONE);
    assert_true(ret.is_err);
    wasi_http_types_outgoing_body_drop(b);
    wasi_http_types_outgoing_response_drop(r);
    wasi_http_types_outgoing_response_drop(odd);
}

/* Responses whose body the guest never asked for. */
static void responses_without_a_body(void **state)
{
    static const struct {
        const char *name, *method;
        uint16_t status;
        const char *fields[4];
        const char *sent;
        const char *why; /* of WASI_HTTP_ERROR */
    } cases[] = {
        { "plain", "GET", 200, { 0 }, "200 length=0||end", NULL },
        { "HEAD says nothing of the length", "HEAD", 200, { 0 }, "200||end", NULL },
        { "HEAD with a length", "HEAD", 200, { "content-length", "5" }, "200 length=5 content-length=5||end", NULL },
        { "304 with a length", "GET", 304, { "content-length", "5" }, "304 length=5 content-length=5||end", NULL },
        { "length 0", "GET", 200, { "Content-Length", "0" }, "200 length=0 Content-Length=0||end", NULL },
        { "fields", "GET", 404, { "A", "1", "b", "2" }, "404 length=0 A=1 b=2||end", NULL },
        { "fields of the connection",
          "GET",
          200,
          { "Date", "today", "server", "me" },
          "200 length=0 Date=today server=me||end",
          NULL },
        { "an odd status", "GET", 799, { 0 }, "799 length=0||end", NULL },
        { "a length and no body",
          "GET",
          200,
          { "content-length", "5" },
          "",
          "the guest set a response with a content-length of 5 and no body" },
        { "no length",
          "GET",
          200,
          { "content-length", "five" },
          "",
          "the guest set a response whose content-length is not one number" },
        { "two lengths",
          "GET",
          200,
          { "content-length", "5", "content-length", "6" },
          "",
          "the guest set a response whose content-length is not one number" },
        { "informational", "GET", 103, { 0 }, "", "the guest set the informational status 103 as its response" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        stage_setup(state);
        struct stage *s = *state;
        stage_serve_method(s, cases[i].method, NULL);
        struct wasi_http_types_fields *f = stage_fields(s);
        for (size_t k = 0; k < 4 && cases[i].fields[k]; k += 2)
            stage_append(s, f, cases[i].fields[k], cases[i].fields[k + 1]);
        struct wasi_http_types_outgoing_response *r = stage_response(s, f);
        set_status(s, r, cases[i].status);
        stage_set(s, r);
        struct err why = ERR_INIT;
        enum wasi_http_outcome outcome = wasi_http_finish(s->w, &why);
        if (outcome != (cases[i].why ? WASI_HTTP_ERROR : WASI_HTTP_COMPLETE) ||
            strcmp(why.text, cases[i].why ? cases[i].why : "") != 0 ||
            !str_eq(buf_str(&s->exchange.sent), str_of(cases[i].sent)))
            fail_msg("%s: outcome %d, '%s', sent '%.*s'", cases[i].name, outcome, why.text,
                     STR_ARG(buf_str(&s->exchange.sent)));
        stage_teardown(state);
    }
}

static void set_error(struct stage *s, struct wasi_http_types_error_code code)
{
    struct wasi_http_types_response_outparam_set_args a = { .param = s->params.response_out };
    s->params.response_out = NULL;
    a.response.is_err = true;
    a.response.of.err = code;
    assert_int_equal(wasi_http_types_response_outparam_set(&s->call, &a), HOST_DONE);
}

static void error_codes_become_texts(void **state)
{
    static const struct {
        uint32_t tag;
        const char *text, *want;
    } cases[] = {
        { WASI_HTTP_TYPES_ERROR_CODE_DNS_TIMEOUT, NULL, "the guest answered with the error DNS-timeout" },
        { WASI_HTTP_TYPES_ERROR_CODE_CONFIGURATION_ERROR, NULL,
          "the guest answered with the error configuration-error" },
        { WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR, NULL, "the guest answered with the error internal-error" },
        { WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR, "out of tea",
          "the guest answered with the error internal-error: out of tea" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        stage_setup(state);
        struct stage *s = *state;
        stage_serve(s, NULL);
        struct wasi_http_types_error_code code = { .tag = cases[i].tag };
        if (cases[i].text)
            code.of.internal_error = (struct option_string){ true, str_of(cases[i].text) };
        set_error(s, code);
        struct err why = ERR_INIT;
        assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_ERROR);
        assert_string_equal(why.text, cases[i].want);
        assert_int_equal(s->exchange.sent.len, 0);
        stage_teardown(state);
    }
}

static void setting_after_the_client_went_away(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    struct wasi_http_types_outgoing_response *r = stage_response(s, NULL);
    struct wasi_http_types_outgoing_body *b = stage_body(s, r);
    struct wasi_io_streams_output_stream *o = stage_stream(s, b);
    assert_true(stage_write(s, o, "hello"));
    stage_end_exchange(s, false);
    stage_set(s, r);
    assert_false(stage_write(s, o, "hello"));
    wasi_io_streams_output_stream_drop(o);
    assert_int_equal(stage_finish(s, b, NULL), -1);
    struct err why = ERR_INIT;
    assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_GONE);
    assert_int_equal(s->exchange.sent.len, 0);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(status_codes),
        ROW(headers_become_immutable),
        ROW(the_body_is_given_once),
        cmocka_unit_test(responses_without_a_body),
        cmocka_unit_test(error_codes_become_texts),
        ROW(setting_after_the_client_went_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
