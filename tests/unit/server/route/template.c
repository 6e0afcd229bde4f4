/* Tests of server/route/template.c and of the variables that need no connection. */
#include "server/route/template.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "server/route/request.h"

struct stage {
    struct arena arena;
    struct http_exchange x;
    struct request r;
};

static const struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr = { 0x0100007f } };

static void begin(struct stage *s)
{
    *s = (struct stage){ 0 };
    arena_init(&s->arena);
    s->x.arena = &s->arena;
    s->x.peer = (const struct sockaddr *)&peer;
    s->x.request = (struct http_request){ .method = STR("GET"),
                                          .target = STR("/a%20b?q=1&q=2&e="),
                                          .line = STR("GET /a%20b?q=1&q=2&e= HTTP/1.1"),
                                          .authority = STR("H.test.:80") };
    http_fields_add(&s->x.request.fields, &s->arena, STR("X-Some-Field"), STR("v"));
    http_fields_add(&s->x.request.fields, &s->arena, STR("Cookie"), STR("a=1; b=2"));
    assert_true(request_begin(&s->r, &s->x));
}

static void put(struct buf *b, str value)
{
    buf_printf(b, "<%.*s>", STR_ARG(value));
}

static void filled(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *logged;
    } cases[] = {
        { "", "", "" },
        { "plain", "plain", "plain" },
        { "$method", "GET", "<GET>" },
        { "${uri}x", "/a bx", "</a b>x" },
        { "$request_uri|$host", "/a%20b?q=1&q=2&e=|h.test", "</a%20b?q=1&q=2&e=>|<h.test>" },
        { "$arg_q[$arg_e][$arg_none]", "2[][]", "<2>[<>][<->]" },
        { "$cookie_b$cookie_c", "2", "<2><->" },
        { "$header_x_some_field $header_X_SOME_FIELD", "v v", "<v> <v>" },
        { "$remote_addr", "127.0.0.1", "<127.0.0.1>" },
        { "$dollar$dollar", "$$", "<$><$>" },
        { "$request_line", "GET /a%20b?q=1&q=2&e= HTTP/1.1", "<GET /a%20b?q=1&q=2&e= HTTP/1.1>" },
        { "$response_header_x", "", "<->" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct stage s;
        struct template t;
        struct err e = ERR_INIT;
        struct buf out;
        begin(&s);
        buf_init(&out, BUF_NO_LIMIT);
        assert_true(template_compile(&s.arena, str_of(cases[i].text), STR("share"), &t, &e));
        assert_true(str_eq(template_fill(&t, &s.r), str_of(cases[i].want)));
        template_print(&t, &s.r, put, &out);
        assert_true(str_eq(buf_str(&out), str_of(cases[i].logged)));
        buf_fini(&out);
        arena_fini(&s.arena);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "a$", "Invalid variable at position 1 in the \"share\" value." },
        { "$1", "Invalid variable at position 0 in the \"share\" value." },
        { "${}", "Invalid variable at position 0 in the \"share\" value." },
        { "ab${uri", "Invalid variable at position 2 in the \"share\" value." },
        { "$nope", "Unknown variable \"nope\" in the \"share\" value." },
        { "$URI", "Unknown variable \"URI\" in the \"share\" value." },
        { "$arg_", "Unknown variable \"arg_\" in the \"share\" value." },
        { "$uri_", "Unknown variable \"uri_\" in the \"share\" value." },
        { "`${uri}`", "Unit is built without support of njs: \"--njs\" ./configure option is missing. in the \"share\" "
                      "value." },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct template t;
        struct err e = ERR_INIT;
        arena_init(&a);
        assert_false(template_compile(&a, str_of(cases[i].text), STR("share"), &t, &e));
        assert_string_equal(e.text, cases[i].error);
        arena_fini(&a);
    }
}

static void suggested(void **state)
{
    (void)state;
    static const struct {
        const char *text, *help;
    } cases[] = {
        { "$uir", "Did you mean \"$uri\"?" },
        { "/x/${remote_adr}", "Did you mean \"$remote_addr\"?" },
        { "$something_else", "No variable is called like that; \"$dollar\" writes a dollar sign." },
        { "${uri", "Write $name or ${name}, with letters and \"_\" alone; \"$dollar\" writes a dollar sign." },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct template t;
        struct err e = ERR_INIT;
        arena_init(&a);
        assert_false(template_compile(&a, str_of(cases[i].text), STR("share"), &t, &e));
        assert_string_equal(e.help, cases[i].help);
        arena_fini(&a);
    }
}

static void conditions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        { "x", true },      { "", false },        { "!", true },          { "0", false },      { "!0", true },
        { "00", true },     { "false", false },   { "False", true },      { "null", false },   { "undefined", false },
        { "$arg_q", true }, { "!$arg_q", false }, { "$arg_none", false }, { "!$arg_e", true }, { "!!", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct stage s;
        struct condition c;
        struct err e = ERR_INIT;
        begin(&s);
        assert_true(condition_compile(&s.arena, str_of(cases[i].text), STR("if"), &c, &e));
        if (condition_holds(&c, &s.r) != cases[i].want)
            fail_msg("'%s': want %d", cases[i].text, cases[i].want);
        arena_fini(&s.arena);
    }
}

static void request_id_stays(void **state)
{
    (void)state;
    struct stage s;
    struct template t;
    struct err e = ERR_INIT;
    begin(&s);
    assert_true(template_compile(&s.arena, STR("$request_id"), STR("x"), &t, &e));
    str first = template_fill(&t, &s.r);
    assert_int_equal(first.len, 32);
    assert_true(str_eq(first, template_fill(&t, &s.r)));
    arena_fini(&s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filled),     cmocka_unit_test(refused),          cmocka_unit_test(suggested),
        cmocka_unit_test(conditions), cmocka_unit_test(request_id_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
