/* Tests of io/http/server/h2_head.c. */
#include "io/http/server/h2_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LINES 6

/* clang-format off */
static const struct {
    const char *name;
    struct http_field lines[LINES];
    bool end;
    uint16_t want; /* status of the refusal; 0: taken */
    str authority, host, cookie;
} cases[] = {
    { "authority becomes Host",
      { { STR_INIT(":authority"), STR_INIT("a:1") } },
      true,
      0,
      STR_INIT("a:1"),
      STR_INIT("a:1"),
      { NULL, 0 } },
    { "Host becomes authority",
      { { STR_INIT("host"), STR_INIT("b") } },
      true,
      0,
      STR_INIT("b"),
      STR_INIT("b"),
      { NULL, 0 } },
    { "both alike",
      { { STR_INIT(":authority"), STR_INIT("a") }, { STR_INIT("host"), STR_INIT("A") } },
      true,
      0,
      STR_INIT("a"),
      STR_INIT("A"),
      { NULL, 0 } },
    { "both, and they differ",
      { { STR_INIT(":authority"), STR_INIT("a") }, { STR_INIT("host"), STR_INIT("b") } },
      true,
      400,
      STR_INIT(""),
      STR_INIT(""),
      { NULL, 0 } },
    { "cookies are joined",
      { { STR_INIT(":authority"), STR_INIT("a") },
        { STR_INIT("cookie"), STR_INIT("x=1") },
        { STR_INIT("accept"), STR_INIT("*/*") },
        { STR_INIT("cookie"), STR_INIT("y=2") } },
      true,
      0,
      STR_INIT("a"),
      STR_INIT("a"),
      STR_INIT("x=1; y=2") },
    { "too many fields",
      { { STR_INIT(":authority"), STR_INIT("a") },
        { STR_INIT("p"), STR_INIT("") },
        { STR_INIT("q"), STR_INIT("") },
        { STR_INIT("r"), STR_INIT("") },
        { STR_INIT("s"), STR_INIT("") } },
      true,
      431,
      STR_INIT(""),
      STR_INIT(""),
      { NULL, 0 } },
    { "an expectation unheard of",
      { { STR_INIT(":authority"), STR_INIT("a") }, { STR_INIT("expect"), STR_INIT("tea") } },
      false,
      417,
      STR_INIT(""),
      STR_INIT(""),
      { NULL, 0 } },
    { "a scheme unheard of",
      { { STR_INIT(":scheme"), STR_INIT("ftp") } },
      true,
      400,
      STR_INIT(""),
      STR_INIT(""),
      { NULL, 0 } },
    { "a length too large",
      { { STR_INIT(":authority"), STR_INIT("a") }, { STR_INIT("content-length"), STR_INIT("99999999999999999999") } },
      false,
      400,
      STR_INIT(""),
      STR_INIT(""),
      { NULL, 0 } },
};
/* clang-format on */

static void heads(void **state)
{
    (void)state;
    const struct h2_head_limits limits = { 1024, 3 };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct http_request r = { .method = STR("GET"), .target = STR("/") };
        struct h2_head h;
        arena_init(&a);
        h2_head_init(&h);
        for (size_t k = 0; k < LINES && cases[i].lines[k].name.len; k++)
            h2_head_add(&h, cases[i].lines[k].name, cases[i].lines[k].value, &limits, &a, &r);
        bool taken = h2_head_finish(&h, cases[i].end, &a, &r);
        if (h.failure.status != cases[i].want || taken != (cases[i].want == 0))
            fail_msg("%s: want %d, got %d", cases[i].name, cases[i].want, h.failure.status);
        if (taken) {
            assert_true(str_eq(r.authority, cases[i].authority));
            assert_true(str_eq(http_fields_get(&r.fields, STR("host")), cases[i].host));
            assert_true(str_eq(http_fields_get(&r.fields, STR("cookie")), cases[i].cookie));
            assert_true(http_fields_count(&r.fields, STR("cookie")) <= 1);
        }
        arena_fini(&a);
    }
}

static void large_heads_are_counted_not_kept(void **state)
{
    (void)state;
    const struct h2_head_limits limits = { 1024, 1000 };
    struct arena a;
    struct http_request r = { .method = STR("GET"), .target = STR("/") };
    struct h2_head h;
    arena_init(&a);
    h2_head_init(&h);
    for (int i = 0; i < 500; i++)
        h2_head_add(&h, STR("name"), STR("value"), &limits, &a, &r);
    assert_true(r.fields.len < 30);
    assert_false(h2_head_finish(&h, true, &a, &r));
    assert_int_equal(h.failure.status, 431);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),
        cmocka_unit_test(large_heads_are_counted_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
