/* Tests of server/route/route_index.c: what the index leaves out cannot match, and it leaves out what it can. */
#include "server/route/route_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "server/route/route.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

/* A step of a `match` object in JSON. */
static struct step step_of(str match)
{
    const struct json *v = NULL;
    struct json_error json_error;
    struct err e = ERR_INIT;
    struct match *m = arena_new(&arena, struct match, 1);
    if (!json_parse(&arena, match, &v, &json_error) || !match_compile(&arena, v, m, &e))
        fail_msg("%.*s: %s", STR_ARG(match), e.text);
    return (struct step){ .match = v->count ? m : NULL };
}

static bool may_match(const struct step *s, str host, str path)
{
    const struct match *m = s->match;
    return !m ||
           ((!m->host || patterns_match(m->host, host, &arena)) && (!m->uri || patterns_match(m->uri, path, &arena)));
}

/* How many steps are left to be asked; those that match must be among them. */
static uint32_t count_left(const struct step *steps, uint32_t len, const struct route_index *x, str host, str path)
{
    struct route_cursor c = route_index_find(x, host, path);
    uint32_t next = 0, count = 0, i = 0;
    for (; route_cursor_next(&c, &i); count++) {
        if (i < next || i >= len)
            fail_msg("%.*s %.*s: step %u after %u", STR_ARG(host), STR_ARG(path), i, next);
        for (; next < i; next++)
            if (may_match(&steps[next], host, path))
                fail_msg("%.*s %.*s: step %u is left out", STR_ARG(host), STR_ARG(path), next);
        next = i + 1;
    }
    for (; next < len; next++)
        if (may_match(&steps[next], host, path))
            fail_msg("%.*s %.*s: step %u is left out", STR_ARG(host), STR_ARG(path), next);
    return count;
}

static const char *const hosts[] = { "", "a", "b", "a.example", "x.a.example" };
static const char *const paths[] = { "/", "/a", "/ab", "/abc", "/abcdefghijklmno", "/abcdefghijklmnopqrs", "" };
static const char *const matches[] = {
    "{}",
    "{\"method\": \"GET\"}",
    "{\"host\": \"a\"}",
    "{\"host\": \"A\", \"uri\": \"/a\"}",
    "{\"host\": [\"a\", \"b\", \"a\"]}",
    "{\"host\": [\"a\", \"*.example\"]}",
    "{\"host\": [\"!a\", \"b\"], \"uri\": \"/a*\"}",
    "{\"host\": \"!a\"}",
    "{\"host\": []}",
    "{\"host\": \"~^a\", \"uri\": \"/%61\"}",
    "{\"uri\": \"/a\"}",
    "{\"uri\": [\"/a*\", \"/abc*\", \"/\"]}",
    "{\"uri\": \"/abcdefghijklmnopq*\"}",
    "{\"uri\": \"*bc\"}",
    "{\"uri\": \"~b\"}",
    "{\"uri\": \"\"}",
    "{\"uri\": [\"/a\", \"~x\"], \"host\": \"a.example\"}",
    "{\"uri\": \"!/a*\"}",
    "{\"uri\": [\"!/abc\", \"/a*\"]}",
};

static void test_same_as_all(void **state)
{
    uint32_t noise = 7;
    (void)state;
    for (uint32_t round = 0; round < 300; round++) {
        struct step steps[40];
        uint32_t len = 8 + round % 32;
        for (uint32_t i = 0; i < len; i++) {
            noise = noise * 1664525 + 1013904223;
            steps[i] = step_of(str_of(matches[(noise >> 16) % ARRAY_LEN(matches)]));
        }
        const struct route_index *x = route_index_new(&arena, steps, len);
        assert_non_null(x);
        for (size_t h = 0; h < ARRAY_LEN(hosts); h++)
            for (size_t p = 0; p < ARRAY_LEN(paths); p++)
                count_left(steps, len, x, str_of(hosts[h]), str_of(paths[p]));
    }
}

static const struct {
    const char *name, *match, *host, *path; /* `match`: # is the step's number */
    uint32_t most;                          /* steps to be asked */
} selective[] = {
    { "hosts", "{\"host\": \"h#\", \"uri\": \"/#\"}", "h500", "/500", 1 },
    { "paths of one host", "{\"host\": \"h\", \"uri\": [\"/p/#\", \"/q/#\"]}", "h", "/q/7", 1 },
    { "prefixes", "{\"host\": \"*.x\", \"uri\": [\"/service/#/*\", \"/#*\"]}", "a.x", "/service/77/b", 12 },
    { "long prefixes", "{\"uri\": [\"/a-long-beginning/service/#/*\", \"/#\"]}", "", "/a-long-beginning/service/77/",
      1000 },
    { "nothing", "{\"host\": \"h#\", \"uri\": \"/#\"}", "x", "/", 0 },
};

static void test_selective(void **state)
{
    enum { STEPS = 1000 };
    (void)state;
    struct step *steps = arena_new(&arena, struct step, STEPS);
    for (size_t k = 0; k < ARRAY_LEN(selective); k++) {
        for (uint32_t i = 0; i < STEPS; i++) {
            str number = str_printf(&arena, "%u", i), text = STR(""), rest = str_of(selective[k].match);
            while (rest.ptr) {
                str piece = str_split(rest, '#', &rest);
                text = str_printf(&arena, "%.*s%.*s%.*s", STR_ARG(text), text.len ? (int)number.len : 0, number.ptr,
                                  STR_ARG(piece));
            }
            steps[i] = step_of(text);
        }
        const struct route_index *x = route_index_new(&arena, steps, STEPS);
        uint32_t left = count_left(steps, STEPS, x, str_of(selective[k].host), str_of(selective[k].path));
        if (left > selective[k].most)
            fail_msg("%s: %u steps are left to be asked, want at most %u", selective[k].name, left, selective[k].most);
    }
}

static void test_few_steps(void **state)
{
    struct step step = step_of(STR("{\"host\": \"a\"}"));
    (void)state;
    assert_null(route_index_new(&arena, &step, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_all),
        cmocka_unit_test(test_selective),
        cmocka_unit_test(test_few_steps),
    };
    return cmocka_run_group_tests_name("server/route/route_index", tests, setup, teardown);
}
