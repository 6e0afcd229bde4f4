/* src/runtime/wasi/http/outgoing_request.c: requests that can be prepared and are denied. */
#include "runtime/wasi/http/outgoing.h"

#include "tests/unit/runtime/wasi/fake.h"

static struct wasi_http_types_outgoing_request *request_new(struct stage *s, const char *length)
{
    struct wasi_http_types_outgoing_request *r = NULL;
    struct wasi_http_types_outgoing_request_constructor_args a = { stage_fields(s) };
    if (length)
        stage_append(s, a.headers, "content-length", length);
    assert_int_equal(wasi_http_types_outgoing_request_constructor(&s->call, &a, &r), HOST_DONE);
    return r;
}

static int outcome(enum host_status status, const struct result_void_void *r)
{
    assert_int_equal(status, HOST_DONE);
    return !r->is_err;
}

static bool set_path(struct stage *s, struct wasi_http_types_outgoing_request *r, const char *text)
{
    struct result_void_void ret = { 0 };
    struct wasi_http_types_outgoing_request_set_path_with_query_args a = { r, { text != NULL, str_of(text) } };
    return outcome(wasi_http_types_outgoing_request_set_path_with_query(&s->call, &a, &ret), &ret);
}

static bool set_authority(struct stage *s, struct wasi_http_types_outgoing_request *r, const char *text)
{
    struct result_void_void ret = { 0 };
    struct wasi_http_types_outgoing_request_set_authority_args a = { r, { text != NULL, str_of(text) } };
    return outcome(wasi_http_types_outgoing_request_set_authority(&s->call, &a, &ret), &ret);
}

/* NULL: none; else other(text), but "http" and "GET" by their own cases. */
static bool set_scheme(struct stage *s, struct wasi_http_types_outgoing_request *r, const char *text)
{
    struct result_void_void ret = { 0 };
    struct wasi_http_types_outgoing_request_set_scheme_args a = { .self = r, .scheme.some = text != NULL };
    a.scheme.value.tag = WASI_HTTP_TYPES_SCHEME_OTHER;
    a.scheme.value.of.other = str_of(text);
    if (text && strcmp(text, "http") == 0)
        a.scheme.value.tag = WASI_HTTP_TYPES_SCHEME_HTTP;
    return outcome(wasi_http_types_outgoing_request_set_scheme(&s->call, &a, &ret), &ret);
}

static bool set_method(struct stage *s, struct wasi_http_types_outgoing_request *r, const char *text)
{
    struct result_void_void ret = { 0 };
    struct wasi_http_types_outgoing_request_set_method_args a = { .self = r };
    a.method.tag = strcmp(text, "PUT") == 0 ? WASI_HTTP_TYPES_METHOD_PUT : WASI_HTTP_TYPES_METHOD_OTHER;
    a.method.of.other = str_of(text);
    return outcome(wasi_http_types_outgoing_request_set_method(&s->call, &a, &ret), &ret);
}

/* "method scheme authority path" */
static str describe(struct stage *s, struct wasi_http_types_outgoing_request *r)
{
    struct wasi_http_types_method method = { 0 };
    struct option_wasi_http_types_scheme scheme = { 0 };
    struct option_string authority = { 0 }, path = { 0 };
    struct wasi_http_types_outgoing_request_method_args m = { r };
    struct wasi_http_types_outgoing_request_scheme_args c = { r };
    struct wasi_http_types_outgoing_request_authority_args a = { r };
    struct wasi_http_types_outgoing_request_path_with_query_args p = { r };
    assert_int_equal(wasi_http_types_outgoing_request_method(&s->call, &m, &method), HOST_DONE);
    assert_int_equal(wasi_http_types_outgoing_request_scheme(&s->call, &c, &scheme), HOST_DONE);
    assert_int_equal(wasi_http_types_outgoing_request_authority(&s->call, &a, &authority), HOST_DONE);
    assert_int_equal(wasi_http_types_outgoing_request_path_with_query(&s->call, &p, &path), HOST_DONE);
    str m_text = method.tag == WASI_HTTP_TYPES_METHOD_OTHER ? method.of.other
                 : method.tag == WASI_HTTP_TYPES_METHOD_PUT ? STR("put")
                                                            : STR("get");
    str s_text = !scheme.some                                       ? STR("none")
                 : scheme.value.tag == WASI_HTTP_TYPES_SCHEME_OTHER ? scheme.value.of.other
                                                                    : STR("HTTP");
    return str_printf(&s->arena, "%.*s %.*s %.*s %.*s", STR_ARG(m_text), STR_ARG(s_text),
                      STR_ARG(authority.some ? authority.value : STR("none")),
                      STR_ARG(path.some ? path.value : STR("none")));
}

static void parts_are_kept(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_outgoing_request *r = request_new(s, NULL);
    assert_text(describe(s, r), "get none none none");
    assert_true(set_method(s, r, "BREW"));
    assert_true(set_method(s, r, "STEEP"));
    assert_true(set_scheme(s, r, "coap+tcp"));
    assert_true(set_authority(s, r, "user@[::1]:80"));
    assert_true(set_path(s, r, "/a?b=c"));
    assert_text(describe(s, r), "STEEP coap+tcp user@[::1]:80 /a?b=c");
    assert_true(set_path(s, r, "/d"));
    assert_true(set_scheme(s, r, "gopher"));
    assert_text(describe(s, r), "STEEP gopher user@[::1]:80 /d");
    assert_true(set_method(s, r, "PUT"));
    assert_true(set_scheme(s, r, "http"));
    assert_text(describe(s, r), "put HTTP user@[::1]:80 /d");
    assert_true(set_scheme(s, r, NULL));
    assert_true(set_authority(s, r, NULL));
    assert_true(set_path(s, r, NULL));
    assert_text(describe(s, r), "put none none none");
    assert_true(set_path(s, r, ""));
    assert_text(describe(s, r), "put none none ");
    wasi_http_types_outgoing_request_drop(r);
}

static void wrong_parts_change_nothing(void **state)
{
    struct stage *s = *state;
    static const char *const methods[] = { "", "a b", "a\n", "\xc3\xa4" };
    static const char *const schemes[] = { "", "1http", "ht tp", "http:", "h\xc3\xa4" };
    static const char *const authorities[] = { "", "a/b", "a?b", "a#b", "a b", "a\nb", "\xc3\xa4", "a\x7f" };
    static const char *const paths[] = { "/a b", "/a#b", "/a\n", "/\xc3\xa4", "/<", "/\\" };
    struct wasi_http_types_outgoing_request *r = request_new(s, NULL);
    assert_true(set_method(s, r, "A") && set_scheme(s, r, "b") && set_authority(s, r, "c") && set_path(s, r, "/d"));
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        assert_false(set_method(s, r, methods[i]));
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        assert_false(set_scheme(s, r, schemes[i]));
    for (size_t i = 0; i < ARRAY_LEN(authorities); i++)
        assert_false(set_authority(s, r, authorities[i]));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        assert_false(set_path(s, r, paths[i]));
    char *longest = arena_zalloc(&s->arena, WASI_MAX_TEXT_BYTES + 2, 1);
    memset(longest, 'a', WASI_MAX_TEXT_BYTES + 1);
    assert_false(set_method(s, r, longest) || set_scheme(s, r, longest) || set_authority(s, r, longest) ||
                 set_path(s, r, longest));
    assert_text(describe(s, r), "A b c /d");
    wasi_http_types_outgoing_request_drop(r);
}

static void every_request_is_denied(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_outgoing_request *r = request_new(s, NULL);
    struct wasi_http_types_request_options *o = NULL;
    assert_int_equal(wasi_http_types_request_options_constructor(&s->call, &o), HOST_DONE);
    struct wasi_http_outgoing_handler_handle_args a = { r, { true, o } };
    struct result_wasi_http_types_future_incoming_response_wasi_http_types_error_code ret = { 0 };
    assert_int_equal(wasi_http_outgoing_handler_handle(&s->call, &a, &ret), HOST_DONE);
    assert_true(ret.is_err);
    assert_int_equal(ret.of.err.tag, WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_DENIED);
}

static void the_body_of_a_denied_request_is_closed(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_outgoing_request *r = request_new(s, "10");
    struct result_wasi_http_types_outgoing_body_void body = { 0 };
    struct wasi_http_types_outgoing_request_body_args b = { r };
    assert_int_equal(wasi_http_types_outgoing_request_body(&s->call, &b, &body), HOST_DONE);
    assert_false(body.is_err);
    struct wasi_http_types_outgoing_body *mine = body.of.ok;
    assert_int_equal(wasi_http_types_outgoing_request_body(&s->call, &b, &body), HOST_DONE);
    assert_true(body.is_err);
    struct wasi_io_streams_output_stream *o = stage_stream(s, mine);
    assert_true(stage_write(s, o, "hello"));
    struct wasi_http_outgoing_handler_handle_args a = { .request = r };
    struct result_wasi_http_types_future_incoming_response_wasi_http_types_error_code ret = { 0 };
    assert_int_equal(wasi_http_outgoing_handler_handle(&s->call, &a, &ret), HOST_DONE);
    assert_false(stage_write(s, o, "hello"));
    wasi_io_streams_output_stream_drop(o);
    assert_int_equal(stage_finish(s, mine, NULL), WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_BODY_SIZE);
}

static void options_keep_their_times(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_request_options *o = NULL;
    assert_int_equal(wasi_http_types_request_options_constructor(&s->call, &o), HOST_DONE);
    struct option_u64 got = { true, 1 };
    struct result_void_void ret = { true };
    struct wasi_http_types_request_options_connect_timeout_args get = { o };
    assert_int_equal(wasi_http_types_request_options_connect_timeout(&s->call, &get, &got), HOST_DONE);
    assert_false(got.some);
    struct wasi_http_types_request_options_set_between_bytes_timeout_args set = { o, { true, 7 } };
    assert_int_equal(wasi_http_types_request_options_set_between_bytes_timeout(&s->call, &set, &ret), HOST_DONE);
    assert_false(ret.is_err);
    struct wasi_http_types_request_options_between_bytes_timeout_args between = { o };
    assert_int_equal(wasi_http_types_request_options_between_bytes_timeout(&s->call, &between, &got), HOST_DONE);
    assert_true(got.some);
    assert_int_equal(got.value, 7);
    struct wasi_http_types_request_options_first_byte_timeout_args first = { o };
    assert_int_equal(wasi_http_types_request_options_first_byte_timeout(&s->call, &first, &got), HOST_DONE);
    assert_false(got.some);
    wasi_http_types_request_options_drop(o);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(parts_are_kept),           ROW(wrong_parts_change_nothing),
        ROW(every_request_is_denied),  ROW(the_body_of_a_denied_request_is_closed),
        ROW(options_keep_their_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
