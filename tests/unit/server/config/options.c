/* Tests of server/config/options.c: what every row must have. */
#include "server/config/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/vec.h"

static VEC(const struct schema *) seen;
static struct arena arena;

static void look(const struct schema_option *o, const char *where);

static void look_at_object(const struct schema *s)
{
    for (uint32_t i = 0; i < seen.len; i++) {
        if (seen.at[i] == s)
            return;
        if (str_eq(str_of(seen.at[i]->name), str_of(s->name)))
            fail_msg("two objects have the name '%s'", s->name);
    }
    vec_push(&seen, s);
    for (const char *c = s->name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || *c == '-' || *c == '_'))
            fail_msg("the name '%s' is no part of an address", s->name);
    assert_int_equal(!s->options[0].name, s->key != NULL);
    assert_true(!s->key || s->count == 1);
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_option *o = &s->options[i];
        str help = str_of(o->help ? o->help : "");
        for (size_t k = 0; k < i; k++)
            if (str_eq(str_of(o->name), str_of(s->options[k].name)))
                fail_msg("%s has '%s' twice", s->name, o->name);
        if (!str_ends(help, STR(".")) || str_find_char(help, '|') != SIZE_MAX)
            fail_msg("%s, '%s': the explanation is no sentence", s->name, o->name ? o->name : s->key);
        look(o, s->name);
    }
}

static void look_at_fallback(const struct schema_option *o, const char *where)
{
    const struct json *v = NULL;
    struct json_error e;
    struct err why = ERR_INIT;
    struct validation validation = { .arena = &arena, .e = &why };
    const struct schema_option only_kinds = { .kinds = o->kinds, .range = o->range };
    if (!json_parse(&arena, str_of(o->fallback), &v, &e))
        fail_msg("%s, '%s': the default: %s", where, o->name, e.detail);
    if (!schema_validate_option(&validation, &only_kinds, STR("default"), v))
        fail_msg("%s, '%s': the default: %s", where, o->name, why.text);
}

static void look(const struct schema_option *o, const char *where)
{
    assert_true(o->kinds != 0);
    assert_true(!o->object || o->kinds & SCHEMA_OBJECT);
    assert_true(!o->variants || o->kinds & SCHEMA_OBJECT);
    assert_true(!o->items || o->kinds & SCHEMA_ARRAY);
    assert_true(!o->values || o->kinds & SCHEMA_STRING);
    if (o->fallback)
        look_at_fallback(o, where);
    if (o->object)
        look_at_object(o->object);
    if (o->items)
        look(o->items, where);
    for (size_t i = 0; o->variants && i < o->variants->count; i++)
        look_at_object(o->variants->at[i].object);
}

static void test_rows(void **state)
{
    (void)state;
    arena_init(&arena);
    look(&options_root, "root");
    assert_true(seen.len > 15);
    vec_fini(&seen);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
    return cmocka_run_group_tests_name("server/config/options", tests, NULL, NULL);
}
