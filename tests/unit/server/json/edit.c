/* Tests of server/json/path.c and edit.c. */
#include "server/json/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"

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

static const struct json *parsed(const char *text)
{
    const struct json *v;
    struct json_error e;
    if (!json_parse(&arena, str_of(text), &v, &e))
        fail_msg("'%s': %s", text, e.detail);
    return v;
}

static const char *printed(const struct json *v)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    json_print_compact(&out, v);
    const char *text = str_dupz(&arena, buf_str(&out));
    buf_fini(&out);
    return text;
}

static struct path path_of(const char *text)
{
    struct path p;
    struct err e = ERR_INIT;
    if (!path_parse(&arena, str_of(text), &p, &e))
        fail_msg("%s", e.text);
    return p;
}

static void paths(void **state)
{
    (void)state;
    static const struct {
        const char *path, *pointer, *found; /* NULL: nothing */
    } cases[] = {
        { "/", "", "{\"a\":{\"b/c\":[1,{\"d~\":2}]},\"\":3}" },
        { "", "", "{\"a\":{\"b/c\":[1,{\"d~\":2}]},\"\":3}" },
        { "/a/", "/a", "{\"b/c\":[1,{\"d~\":2}]}" },
        { "/a/b%2Fc/0", "/a/b~1c/0", "1" },
        { "/a/b%2fc/1/d~", "/a/b~1c/1/d~0", "2" },
        { "/a/b%2Fc/2", "/a/b~1c/2", NULL },
        { "/a/b%2Fc/-1", "/a/b~1c/-1", NULL },
        { "/a/b%2Fc/x", "/a/b~1c/x", NULL },
        { "/a/b/c", "/a/b/c", NULL },
        { "//", "", "{\"a\":{\"b/c\":[1,{\"d~\":2}]},\"\":3}" },
        { "///", "//", NULL },
        { "/a/b%2Fc/0/x", "/a/b~1c/0/x", NULL },
    };
    const struct json *root = parsed("{\"a\":{\"b/c\":[1,{\"d~\":2}]},\"\":3}");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct path p = path_of(cases[i].path);
        struct buf pointer;
        buf_init(&pointer, BUF_NO_LIMIT);
        path_print_pointer(&pointer, p);
        const struct json *found = path_find(root, p);
        if (!str_eq(buf_str(&pointer), str_of(cases[i].pointer)) || (found != NULL) != (cases[i].found != NULL) ||
            (found && strcmp(printed(found), cases[i].found) != 0))
            fail_msg("'%s': pointer '%.*s', %s", cases[i].path, STR_ARG(buf_str(&pointer)),
                     found ? printed(found) : "-");
        buf_fini(&pointer);
    }
}

static void bad_paths(void **state)
{
    (void)state;
    static const char *const cases[] = { "/a%", "/a%2", "/a%zz/b", "/%%%" };
    struct path p;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        assert_false(path_parse(&arena, str_of(cases[i]), &p, &e));
        assert_int_equal(e.kind, ERR_PARSE);
    }
    char longest[PATH_SEGMENT_MAX + 2];
    memset(longest, 'a', sizeof(longest));
    longest[0] = '/';
    struct err e = ERR_INIT;
    assert_true(path_parse(&arena, str_from(longest, PATH_SEGMENT_MAX + 1), &p, &e));
    assert_false(path_parse(&arena, str_from(longest, PATH_SEGMENT_MAX + 2), &p, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    memset(longest, '/', sizeof(longest));
    assert_false(path_parse(&arena, str_from(longest, sizeof(longest)), &p, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
}

enum verb { PUT, POST, DELETE };

static void edits(void **state)
{
    (void)state;
    static const char old_text[] = "{\"a\":{\"x\":1},\"b\":[1,2],\"c\":\"s\"}";
    static const struct {
        enum verb verb;
        const char *path;
        enum edit_result result;
        const char *new; /* the value put is 9 */
    } cases[] = {
        { PUT, "/", EDIT_DONE, "9" },
        { PUT, "/a", EDIT_DONE, "{\"a\":9,\"b\":[1,2],\"c\":\"s\"}" },
        { PUT, "/d", EDIT_DONE, "{\"a\":{\"x\":1},\"b\":[1,2],\"c\":\"s\",\"d\":9}" },
        { PUT, "/a/x", EDIT_DONE, "{\"a\":{\"x\":9},\"b\":[1,2],\"c\":\"s\"}" },
        { PUT, "/a/y", EDIT_DONE, "{\"a\":{\"x\":1,\"y\":9},\"b\":[1,2],\"c\":\"s\"}" },
        { PUT, "/b/0", EDIT_DONE, "{\"a\":{\"x\":1},\"b\":[9,2],\"c\":\"s\"}" },
        { PUT, "/b/2", EDIT_DONE, "{\"a\":{\"x\":1},\"b\":[1,2,9],\"c\":\"s\"}" },
        { PUT, "/b/3", EDIT_NOT_FOUND, NULL },
        { PUT, "/b/x", EDIT_NOT_FOUND, NULL },
        { PUT, "/b/2/x", EDIT_NOT_FOUND, NULL },
        { PUT, "/d/x", EDIT_NOT_FOUND, NULL },
        { PUT, "/c/x", EDIT_NOT_FOUND, NULL },
        { POST, "/", EDIT_NOT_ALLOWED, NULL },
        { POST, "/b", EDIT_DONE, "{\"a\":{\"x\":1},\"b\":[1,2,9],\"c\":\"s\"}" },
        { POST, "/a", EDIT_NOT_ALLOWED, NULL },
        { POST, "/c", EDIT_NOT_ALLOWED, NULL },
        { POST, "/d", EDIT_NOT_FOUND, NULL },
        { POST, "/b/0", EDIT_NOT_ALLOWED, NULL },
        { POST, "/b/2", EDIT_NOT_FOUND, NULL },
        { DELETE, "/", EDIT_DONE, "{}" },
        { DELETE, "/a", EDIT_DONE, "{\"b\":[1,2],\"c\":\"s\"}" },
        { DELETE, "/b/0", EDIT_DONE, "{\"a\":{\"x\":1},\"b\":[2],\"c\":\"s\"}" },
        { DELETE, "/b/2", EDIT_NOT_FOUND, NULL },
        { DELETE, "/d", EDIT_NOT_FOUND, NULL },
        { DELETE, "/c/x", EDIT_NOT_FOUND, NULL },
    };
    const struct json *root = parsed(old_text), *value = parsed("9");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct path p = path_of(cases[i].path);
        const struct json *new = NULL;
        enum edit_result result = EDIT_NOT_FOUND;
        switch (cases[i].verb) {
        case PUT: result = edit_put(&arena, root, p, value, &new); break;
        case POST: result = edit_post(&arena, root, p, value, &new); break;
        case DELETE: result = edit_delete(&arena, root, p, &new); break;
        }
        if (result != cases[i].result || (cases[i].new &&strcmp(printed(new), cases[i].new) != 0))
            fail_msg("case %zu '%s': %d, %s", i, cases[i].path, result, cases[i].new ? printed(new) : "-");
        assert_string_equal(printed(root), old_text);
    }
}

static void places_are_of_the_new_value(void **state)
{
    (void)state;
    const struct json *new;
    assert_int_equal(edit_put(&arena, parsed("{\"a\":1}"), path_of("/b"), parsed(" {\"c\":2}"), &new), EDIT_DONE);
    assert_true(json_get(new, STR("a"))->at == JSON_NO_PLACE);
    assert_int_equal(json_get(new, STR("b"))->at, 1);
    assert_int_equal(json_get(json_get(new, STR("b")), STR("c"))->at, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(bad_paths),
        cmocka_unit_test(edits),
        cmocka_unit_test(places_are_of_the_new_value),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
