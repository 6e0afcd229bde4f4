/* Tests of runtime/wit/lex.c. */
#include "runtime/wit/lex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"

/* The tokens of a text, "i:" identifiers, "%:" escaped ones, "n:" numbers, plain punctuation, with spaces between. */
static void put_tokens(struct buf *out, const char *text)
{
    struct err e = ERR_INIT;
    struct wit_lexer l;
    for (bool ok = wit_lex_init(&l, STR("t"), str_of(text), &e); l.token.kind != WIT_TOKEN_END || !ok;
         ok = wit_lex_next(&l, &e)) {
        if (!ok) {
            buf_printf(out, "error %s", e.text);
            return;
        }
        const char *prefix = l.token.kind == WIT_TOKEN_NUMBER  ? "n:"
                             : l.token.kind == WIT_TOKEN_PUNCT ? ""
                             : l.token.escaped                 ? "%:"
                                                               : "i:";
        buf_printf(out, "%s%.*s ", prefix, STR_ARG(l.token.text));
    }
}

static void tokens(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "", "" },
        { " \t\r\n", "" },
        { "a-b c1", "i:a-b i:c1 " },
        { "%list", "%:list " },
        { "f: func(a: u8) -> u32;", "i:f : i:func ( i:a : i:u8 ) -> i:u32 ; " },
        { "a->b", "i:a -> i:b " },
        { "list<u8, 16>", "i:list < i:u8 , n:16 > " },
        { "result<_, e>", "i:result < _ , i:e > " },
        { "use a:b/c.{d}", "i:use i:a : i:b / i:c . { i:d } " },
        { "a // rest\nb", "i:a i:b " },
        { "a // rest", "i:a " },
        { "a /* one /* two */ one */ b", "i:a i:b " },
        { "/**/a", "i:a " },
        { "/* open", "error t:1:1: comment without an end" },
        { "a\n  /* one /* two */", "i:a error t:2:3: comment without an end" },
        { "/*/", "error t:1:1: comment without an end" },
        { "a\n  !", "i:a error t:2:3: unexpected character 0x21" },
        { "a \"", "i:a error t:1:3: unexpected character 0x22" },
        { "\xc3\xa9", "error t:1:1: unexpected character 0xc3" },
        { "-a", "error t:1:1: unexpected character 0x2d" },
        { "% a", "error t:1:2: expected an identifier after '%'" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out;
        buf_init(&out, BUF_NO_LIMIT);
        put_tokens(&out, cases[i].text);
        buf_put_u8(&out, 0);
        assert_string_equal((const char *)buf_str(&out).ptr, cases[i].want);
        buf_fini(&out);
    }
}

static void a_zero_byte(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct wit_lexer l;
    assert_false(wit_lex_init(&l, STR("t"), str_from("\0", 1), &e));
    assert_string_equal(e.text, "t:1:1: unexpected character 0x00");
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *next; /* want: the version or the error */
    } cases[] = {
        { "@1.2.3;", "1.2.3", ";" },
        { "@0.2.0-rc.1+b.5 {", "0.2.0-rc.1+b.5", "{" },
        { "@1.2.3.{a}", "1.2.3", "." }, /* of `use a:b/c@1.2.3.{a}` */
        { "= 1.0.0)", "1.0.0", ")" },
        { "@;", "t:1:2: expected a version such as 1.2.3", NULL },
        { "@rc", "t:1:2: expected a version such as 1.2.3", NULL },
        { "@", "t:1:2: expected a version such as 1.2.3", NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        struct wit_lexer l;
        str version;
        assert_true(wit_lex_init(&l, STR("t"), str_of(cases[i].text), &e));
        bool ok = wit_lex_version(&l, &version, &e);
        assert_int_equal(ok, cases[i].next != NULL);
        if (ok)
            assert_true(str_eq(version, str_of(cases[i].want)) && str_eq(l.token.text, str_of(cases[i].next)));
        else
            assert_string_equal(e.text, cases[i].want);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),
        cmocka_unit_test(a_zero_byte),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
