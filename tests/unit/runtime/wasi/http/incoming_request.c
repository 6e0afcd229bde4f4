/* src/runtime/wasi/http/incoming_request.c: what a guest sees of a request, also after its exchange
 * ended. */
#include "runtime/wasi/http/incoming.h"

#include "runtime/wasi/http/fields.h"
#include "tests/unit/runtime/wasi/fake.h"

static void methods(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name;
        uint32_t want;
    } cases[] = {
        { "GET", WASI_HTTP_TYPES_METHOD_GET },         { "HEAD", WASI_HTTP_TYPES_METHOD_HEAD },
        { "POST", WASI_HTTP_TYPES_METHOD_POST },       { "PUT", WASI_HTTP_TYPES_METHOD_PUT },
        { "DELETE", WASI_HTTP_TYPES_METHOD_DELETE },   { "CONNECT", WASI_HTTP_TYPES_METHOD_CONNECT },
        { "OPTIONS", WASI_HTTP_TYPES_METHOD_OPTIONS }, { "TRACE", WASI_HTTP_TYPES_METHOD_TRACE },
        { "PATCH", WASI_HTTP_TYPES_METHOD_PATCH },     { "BREW", WASI_HTTP_TYPES_METHOD_OTHER },
        { "get", WASI_HTTP_TYPES_METHOD_OTHER },
    };
    stage_serve(s, NULL);
    struct wasi_http_types_incoming_request_method_args a = { s->params.request };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wasi_http_types_method ret = { 0 };
        s->w->serving.method = str_of(cases[i].name);
        assert_int_equal(wasi_http_types_incoming_request_method(&s->call, &a, &ret), HOST_DONE);
        if (ret.tag != cases[i].want)
            fail_msg("%s: got %u, want %u", cases[i].name, ret.tag, cases[i].want);
        if (ret.tag == WASI_HTTP_TYPES_METHOD_OTHER)
            assert_text(ret.of.other, cases[i].name);
    }
}

static void schemes(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name;
        bool some;
        uint32_t want;
    } cases[] = {
        { "http", true, WASI_HTTP_TYPES_SCHEME_HTTP },
        { "https", true, WASI_HTTP_TYPES_SCHEME_HTTPS },
        { "gopher", true, WASI_HTTP_TYPES_SCHEME_OTHER },
        { "", false, 0 },
    };
    stage_serve(s, NULL);
    struct wasi_http_types_incoming_request_scheme_args a = { s->params.request };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct option_wasi_http_types_scheme ret = { 0 };
        s->w->serving.scheme = str_of(cases[i].name);
        assert_int_equal(wasi_http_types_incoming_request_scheme(&s->call, &a, &ret), HOST_DONE);
        if (ret.some != cases[i].some || (ret.some && ret.value.tag != cases[i].want))
            fail_msg("%s", cases[i].name);
        if (ret.some && ret.value.tag == WASI_HTTP_TYPES_SCHEME_OTHER)
            assert_text(ret.value.of.other, cases[i].name);
    }
}

/* "authority path" */
static str texts(struct stage *s)
{
    struct option_string authority = { 0 }, path = { 0 };
    struct wasi_http_types_incoming_request_authority_args a = { s->params.request };
    struct wasi_http_types_incoming_request_path_with_query_args p = { s->params.request };
    assert_int_equal(wasi_http_types_incoming_request_authority(&s->call, &a, &authority), HOST_DONE);
    assert_int_equal(wasi_http_types_incoming_request_path_with_query(&s->call, &p, &path), HOST_DONE);
    return str_printf(&s->arena, "%.*s %.*s", STR_ARG(authority.some ? authority.value : STR("none")),
                      STR_ARG(path.some ? path.value : STR("none")));
}

static struct wasi_http_types_fields *headers(struct stage *s)
{
    struct wasi_http_types_fields *f = NULL;
    struct wasi_http_types_incoming_request_headers_args a = { s->params.request };
    assert_int_equal(wasi_http_types_incoming_request_headers(&s->call, &a, &f), HOST_DONE);
    return f;
}

static void texts_and_their_absence(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    assert_text(texts(s), "example.org /path?q=1");
    s->w->serving.authority = STR_NONE;
    s->w->serving.target = STR("*");
    assert_text(texts(s), "none *");
    s->w->serving.target = STR_NONE;
    assert_text(texts(s), "none none");
}

static void headers_are_immutable_and_without_the_connections(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    struct wasi_http_types_fields *f = headers(s), *again = headers(s);
    assert_ptr_equal(f, again);
    assert_true(f->immutable);
    assert_int_equal(f->lines.len, 2); /* no Host */
    assert_text(f->lines.at[0].name, "Accept");
    assert_text(f->lines.at[1].value, "*/*");
    assert_int_equal(s->w->fields_bytes, 0); /* not the guest's memory */
    wasi_http_types_fields_drop(again);
    wasi_http_types_incoming_request_drop(s->params.request); /* the child lives on */
    s->params.request = NULL;
    assert_text(f->lines.at[0].name, "Accept");
    wasi_http_types_fields_drop(f);
    assert_null(s->w->serving.borrowed[0]);
}

static void the_request_outlives_its_exchange(void **state)
{
    struct stage *s = *state;
    for (int asked_before = 0; asked_before < 2; asked_before++) {
        stage_serve(s, NULL);
        struct wasi_http_types_fields *f = asked_before ? headers(s) : NULL;
        stage_end_exchange(s, true);
        if (!f)
            f = headers(s);
        assert_text(texts(s), "example.org /path?q=1");
        assert_text(f->lines.at[1].name, "accept");
        assert_text(f->lines.at[1].value, "*/*");
        wasi_http_types_fields_drop(f);
        wasi_http_types_incoming_request_drop(s->params.request);
        wasi_http_types_response_outparam_drop(s->params.response_out);
        s->params.request = NULL;
        s->params.response_out = NULL;
        memset(&s->exchange.x, 0, sizeof(s->exchange.x));
        wasi_end(s->w);
        wasi_begin(s->w, s);
    }
}

static void the_body_is_consumed_once(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    struct result_wasi_http_types_incoming_body_void ret = { 0 };
    struct wasi_http_types_incoming_request_consume_args a = { s->params.request };
    assert_int_equal(wasi_http_types_incoming_request_consume(&s->call, &a, &ret), HOST_DONE);
    assert_false(ret.is_err);
    wasi_http_types_incoming_body_drop(ret.of.ok);
    assert_int_equal(wasi_http_types_incoming_request_consume(&s->call, &a, &ret), HOST_DONE);
    assert_true(ret.is_err);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(methods),
        ROW(schemes),
        ROW(texts_and_their_absence),
        ROW(headers_are_immutable_and_without_the_connections),
        ROW(the_request_outlives_its_exchange),
        ROW(the_body_is_consumed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
