/* src/runtime/wasi/http/fields.c: what fields accept, keep and refuse. */
#include "runtime/wasi/http/fields.h"

#include "tests/unit/runtime/wasi/fake.h"

enum { OK = -1 };
#define SYNTAX    WASI_HTTP_TYPES_HEADER_ERROR_INVALID_SYNTAX
#define FORBIDDEN WASI_HTTP_TYPES_HEADER_ERROR_FORBIDDEN
#define IMMUTABLE WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE

typedef struct result_void_wasi_http_types_header_error header_result;

static int outcome(const header_result *r)
{
    return r->is_err ? (int)r->of.err.tag : OK;
}

static int append(struct stage *s, struct wasi_http_types_fields *f, str name, str value)
{
    header_result r = { 0 };
    struct wasi_http_types_fields_append_args a = { f, name, bytes_of_str(value) };
    assert_int_equal(wasi_http_types_fields_append(&s->call, &a, &r), HOST_DONE);
    return outcome(&r);
}

static int set(struct stage *s, struct wasi_http_types_fields *f, str name, const char *one, const char *two)
{
    header_result r = { 0 };
    bytes values[] = { bytes_of_str(str_of(one)), bytes_of_str(str_of(two)) };
    struct wasi_http_types_fields_set_args a = { f, name, { values, (one != NULL) + (two != NULL) } };
    assert_int_equal(wasi_http_types_fields_set(&s->call, &a, &r), HOST_DONE);
    return outcome(&r);
}

static int delete (struct stage *s, struct wasi_http_types_fields *f, str name)
{
    header_result r = { 0 };
    struct wasi_http_types_fields_delete_args a = { f, name };
    assert_int_equal(wasi_http_types_fields_delete(&s->call, &a, &r), HOST_DONE);
    return outcome(&r);
}

static int from_list(struct stage *s, str name, str value)
{
    struct result_wasi_http_types_fields_wasi_http_types_header_error r = { 0 };
    struct tuple_string_bytes lines[] = { { STR("first"), bytes_of_str(STR("1")) }, { name, bytes_of_str(value) } };
    struct wasi_http_types_fields_from_list_args a = { { lines, 2 } };
    assert_int_equal(wasi_http_types_fields_from_list(&s->call, &a, &r), HOST_DONE);
    if (r.is_err)
        return (int)r.of.err.tag;
    assert_int_equal(r.of.ok->lines.len, 2);
    wasi_http_types_fields_drop(r.of.ok);
    return OK;
}

/* "name=value;…" */
static str entries(struct stage *s, struct wasi_http_types_fields *f)
{
    struct list_tuple_string_bytes r = { 0 };
    struct wasi_http_types_fields_entries_args a = { f };
    assert_int_equal(wasi_http_types_fields_entries(&s->call, &a, &r), HOST_DONE);
    str text = STR("");
    for (size_t i = 0; i < r.len; i++)
        text = str_printf(&s->arena, "%.*s%.*s=%.*s;", STR_ARG(text), STR_ARG(r.ptr[i].f0),
                          STR_ARG(str_of_bytes(r.ptr[i].f1)));
    return text;
}

/* "value,value", and whether `has` agrees. */
static str get(struct stage *s, struct wasi_http_types_fields *f, str name)
{
    struct list_bytes r = { 0 };
    struct wasi_http_types_fields_get_args a = { f, name };
    assert_int_equal(wasi_http_types_fields_get(&s->call, &a, &r), HOST_DONE);
    bool has = false;
    struct wasi_http_types_fields_has_args h = { f, name };
    assert_int_equal(wasi_http_types_fields_has(&s->call, &h, &has), HOST_DONE);
    assert_int_equal(has, r.len > 0);
    str text = STR("");
    for (size_t i = 0; i < r.len; i++)
        text = str_printf(&s->arena, "%.*s%s%.*s", STR_ARG(text), i ? "," : "", STR_ARG(str_of_bytes(r.ptr[i])));
    return text;
}

static void names_and_values(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *why;
        str name, value;
        int want;
    } cases[] = {
        { "plain", STR_INIT("content-type"), STR_INIT("text/plain"), OK },
        { "case is kept", STR_INIT("X-Custom"), STR_INIT("Yes"), OK },
        { "every token character", STR_INIT("!#$%&'*+-.^_`|~09azAZ"), STR_INIT("x"), OK },
        { "empty value", STR_INIT("x"), STR_INIT(""), OK },
        { "tab and obs-text", STR_INIT("x"), STR_INIT("a\tb\xff"), OK },
        { "empty name", STR_INIT(""), STR_INIT("x"), SYNTAX },
        { "space in the name", STR_INIT("a b"), STR_INIT("x"), SYNTAX },
        { "colon in the name", STR_INIT("a:"), STR_INIT("x"), SYNTAX },
        { "newline in the name", STR_INIT("a\n"), STR_INIT("x"), SYNTAX },
        { "beyond ASCII in the name", STR_INIT("\xc3\xa4"), STR_INIT("x"), SYNTAX },
        { "CR LF in the value", STR_INIT("a"), STR_INIT("x\r\ny: z"), SYNTAX },
        { "lone LF in the value", STR_INIT("a"), STR_INIT("x\ny"), SYNTAX },
        { "NUL in the value", STR_INIT("a"), STR_INIT("x\0y"), SYNTAX },
        { "DEL in the value", STR_INIT("a"), STR_INIT("\x7f"), SYNTAX },
        { "connection", STR_INIT("connection"), STR_INIT("x"), FORBIDDEN },
        { "any case", STR_INIT("CONNECTION"), STR_INIT("x"), FORBIDDEN },
        { "keep-alive", STR_INIT("Keep-Alive"), STR_INIT("x"), FORBIDDEN },
        { "proxy-authenticate", STR_INIT("proxy-authenticate"), STR_INIT("x"), FORBIDDEN },
        { "proxy-authorization", STR_INIT("proxy-authorization"), STR_INIT("x"), FORBIDDEN },
        { "proxy-connection", STR_INIT("proxy-connection"), STR_INIT("x"), FORBIDDEN },
        { "transfer-encoding", STR_INIT("transfer-encoding"), STR_INIT("x"), FORBIDDEN },
        { "upgrade", STR_INIT("upgrade"), STR_INIT("x"), FORBIDDEN },
        { "host", STR_INIT("Host"), STR_INIT("x"), FORBIDDEN },
        { "http2-settings", STR_INIT("http2-settings"), STR_INIT("x"), FORBIDDEN },
        { "te", STR_INIT("te"), STR_INIT("x"), FORBIDDEN },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wasi_http_types_fields *f = stage_fields(s);
        int name_only = str_eq(cases[i].name, STR("a")) ? OK : cases[i].want;
        char *value = str_dupz(&s->arena, cases[i].value);
        bool has_nul = str_find_char(cases[i].value, '\0') != SIZE_MAX;
        int got[] = {
            append(s, f, cases[i].name, cases[i].value),
            from_list(s, cases[i].name, cases[i].value),
            has_nul ? cases[i].want : set(s, f, cases[i].name, "fine", value),
        };
        for (size_t k = 0; k < ARRAY_LEN(got); k++)
            if (got[k] != cases[i].want)
                fail_msg("%s (%zu): got %d, want %d", cases[i].why, k, got[k], cases[i].want);
        assert_int_equal(delete (s, f, cases[i].name), name_only);
        assert_int_equal(f->lines.len, 0);
        wasi_http_types_fields_drop(f);
    }
}

static void order_and_case_are_kept(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s);
    assert_int_equal(append(s, f, STR("A"), STR("1")), OK);
    assert_int_equal(append(s, f, STR("b"), STR("2")), OK);
    assert_int_equal(append(s, f, STR("a"), STR("3")), OK);
    assert_text(entries(s, f), "A=1;b=2;a=3;");
    assert_text(get(s, f, STR("a")), "1,3");
    assert_text(get(s, f, STR("B")), "2");
    assert_text(get(s, f, STR("absent")), "");
    assert_text(get(s, f, STR("not a name")), "");
    assert_int_equal(set(s, f, STR("a"), "4", "5"), OK);
    assert_text(entries(s, f), "b=2;a=4;a=5;");
    assert_int_equal(set(s, f, STR("a"), NULL, NULL), OK);
    assert_text(entries(s, f), "b=2;");
    assert_int_equal(delete (s, f, STR("absent")), OK);
    assert_int_equal(delete (s, f, STR("B")), OK);
    assert_text(entries(s, f), "");
    wasi_http_types_fields_drop(f);
}

static void clones_are_mutable_and_their_own(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s), *clone = NULL;
    assert_int_equal(append(s, f, STR("a"), STR("1")), OK);
    f->immutable = true;
    assert_int_equal(append(s, f, STR("b"), STR("2")), IMMUTABLE);
    assert_int_equal(set(s, f, STR("b"), "2", NULL), IMMUTABLE);
    assert_int_equal(delete (s, f, STR("a")), IMMUTABLE);
    assert_int_equal(append(s, f, STR("host"), STR("2")), FORBIDDEN);
    struct wasi_http_types_fields_clone_args a = { f };
    assert_int_equal(wasi_http_types_fields_clone(&s->call, &a, &clone), HOST_DONE);
    wasi_http_types_fields_drop(f);
    assert_int_equal(append(s, clone, STR("b"), STR("2")), OK);
    assert_text(entries(s, clone), "a=1;b=2;");
    wasi_http_types_fields_drop(clone);
}

static void limits(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s), *more[64];
    header_result r = { 0 };
    size_t half = WASI_MAX_FIELDS_BYTES / 2 - 33;
    char *big = arena_zalloc(&s->arena, half + 2, 1);
    memset(big, 'x', half + 1);
    struct wasi_http_types_fields_append_args a = { f, STR("a"), bytes_from(big, half + 1) };
    assert_int_equal(wasi_http_types_fields_append(&s->call, &a, &r), HOST_DONE);
    assert_trap(s, wasi_http_types_fields_append(&s->call, &a, &r), "fields larger than 131072 bytes");
    assert_int_equal(s->err.kind, ERR_LIMIT);
    a.value.len = half - 1;
    assert_int_equal(wasi_http_types_fields_append(&s->call, &a, &r), HOST_DONE);
    assert_int_equal(s->w->fields_bytes, WASI_MAX_FIELDS_BYTES);

    /* All fields together: 32 of the largest. */
    size_t count = 0;
    struct wasi_http_types_fields_clone_args c = { f };
    enum host_status status = HOST_DONE;
    while (count < ARRAY_LEN(more) && (status = wasi_http_types_fields_clone(&s->call, &c, &more[count])) == HOST_DONE)
        count++;
    assert_trap(s, status, "all fields together larger than 4194304 bytes");
    assert_int_equal(count, 31);

    /* What is given back may be used again. */
    wasi_http_types_fields_drop(more[--count]);
    assert_int_equal(wasi_http_types_fields_clone(&s->call, &c, &more[count++]), HOST_DONE);
    while (count)
        wasi_http_types_fields_drop(more[--count]);
    wasi_http_types_fields_drop(f);
}

static void many_small_lines_are_limited(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s);
    header_result r = { 0 };
    struct wasi_http_types_fields_append_args a = { f, STR("a"), { 0 } };
    uint32_t count = 0;
    while (wasi_http_types_fields_append(&s->call, &a, &r) == HOST_DONE)
        count++;
    assert_int_equal(count, WASI_MAX_FIELDS_BYTES / 33);
    assert_int_equal(f->lines.len, count);
    struct wasi_http_types_fields_set_args set_args = { f, STR("a"), { 0 } };
    assert_int_equal(wasi_http_types_fields_set(&s->call, &set_args, &r), HOST_DONE);
    assert_int_equal(s->w->fields_bytes, 0);
    wasi_http_types_fields_drop(f);

    struct tuple_string_bytes *lines = arena_zalloc(&s->arena, count + 1, sizeof(*lines));
    for (uint32_t i = 0; i <= count; i++)
        lines[i] = (struct tuple_string_bytes){ STR("a"), { 0 } };
    struct result_wasi_http_types_fields_wasi_http_types_header_error list = { 0 };
    struct wasi_http_types_fields_from_list_args l = { { lines, count + 1 } };
    assert_trap(s, wasi_http_types_fields_from_list(&s->call, &l, &list), "fields larger than 131072 bytes");
}

static void content_lengths(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *one, *two;
        bool ok;
        uint64_t want;
    } cases[] = {
        { NULL, NULL, true, BERTH_HTTP_LENGTH_UNKNOWN },
        { "0", NULL, true, 0 },
        { "5", NULL, true, 5 },
        { "5", "5", false, 0 },
        { "5", "6", false, 0 },
        { "5, 5", NULL, false, 0 },
        { "+5", NULL, false, 0 },
        { "-1", NULL, false, 0 },
        { "", NULL, false, 0 },
        { "18446744073709551614", NULL, true, UINT64_MAX - 1 },
        { "18446744073709551615", NULL, false, 0 },
        { "18446744073709551616", NULL, false, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wasi_http_types_fields *f = stage_fields(s);
        stage_append(s, f, "x", "y");
        if (cases[i].one)
            stage_append(s, f, "Content-Length", cases[i].one);
        if (cases[i].two)
            stage_append(s, f, "content-length", cases[i].two);
        uint64_t got = 0;
        bool ok = wasi_fields_content_length(f, &got);
        if (ok != cases[i].ok || (ok && got != cases[i].want))
            fail_msg("'%s' '%s'", cases[i].one, cases[i].two);
        wasi_http_types_fields_drop(f);
    }
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(names_and_values), ROW(order_and_case_are_kept),      ROW(clones_are_mutable_and_their_own),
        ROW(limits),           ROW(many_small_lines_are_limited), ROW(content_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
