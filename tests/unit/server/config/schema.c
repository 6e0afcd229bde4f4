/* Tests of server/config/schema.c, schema_json.c and reference.c, with a small language of their own. */
#include "server/config/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"
#include "server/config/reference.h"
#include "server/config/schema_json.h"

/* --- The language --- */

static bool check_even(struct validation *v, str name, const struct json *value)
{
    return json_integer_of(value) % 2 == 0 || schema_error(v, value, "\"%.*s\" is odd", STR_ARG(name));
}

static const struct schema_option text = { .kinds = SCHEMA_STRING };
static const struct schema_range percent = { 0, 100 }, count = { 1, INT64_MAX }, named = { 5, 6, "five or six" };
static const char *const sizes[] = { "small", "large", NULL };

static const struct schema_option inner_rows[] = {
    { .name = "even", .kinds = SCHEMA_INTEGER, .check = check_even, .required = true, .help = "An even number." },
};
static const struct schema inner = SCHEMA("inner", inner_rows);

static const struct schema_option members[] = { { .kinds = SCHEMA_STRING | SCHEMA_NULL, .help = "A text." } };
static const struct schema texts = SCHEMA_MAP("texts", "KEY", members);

static const struct schema_option square_rows[] = {
    { .name = "side", .kinds = SCHEMA_NUMBER, .fallback = "1.5", .help = "Its length." },
};
static const struct schema square = SCHEMA("square", square_rows);
static const struct schema_variant shape_rows[] = { { STR_INIT("side"), &square } };

static const struct schema *choose(struct validation *v, const struct schema_variants *variants,
                                   const struct json *object)
{
    if (json_get(object, variants->at[0].key))
        return variants->at[0].object;
    schema_error(v, object, "no shape");
    return NULL;
}
static const struct schema_variants shapes = { shape_rows, ARRAY_LEN(shape_rows), .choose = choose };
static const struct schema_option any_inner = { .kinds = SCHEMA_OBJECT, .object = &inner };

static const struct schema_option rows[] = {
    { .name = "percent", .kinds = SCHEMA_INTEGER, .range = &percent, .fallback = "7", .help = "A share." },
    { .name = "count", .kinds = SCHEMA_NUMBER, .range = &count, .help = "How many." },
    { .name = "named", .kinds = SCHEMA_INTEGER, .range = &named, .help = "A number." },
    { .name = "size", .kinds = SCHEMA_STRING, .values = sizes, .fallback = "\"small\"", .help = "How large." },
    { .name = "on", .kinds = SCHEMA_BOOL, .fallback = "true", .help = "Whether." },
    { .name = "list", .kinds = SCHEMA_STRING | SCHEMA_ARRAY, .items = &text, .help = "Texts." },
    { .name = "map", .kinds = SCHEMA_OBJECT, .object = &texts, .help = "By name." },
    { .name = "inner", .kinds = SCHEMA_OBJECT, .object = &inner, .help = "An object." },
    { .name = "several",
      .kinds = SCHEMA_OBJECT | SCHEMA_ARRAY,
      .object = &inner,
      .items = &any_inner,
      .help = "One or more." },
    { .name = "shape", .kinds = SCHEMA_OBJECT, .variants = &shapes, .help = "What it looks like." },
    { .name = "later", .kinds = SCHEMA_STRING, .refusal = "it is early.", .help = "Not today." },
};
static const struct schema whole = SCHEMA("whole", rows);
static const struct schema_option root = { .kinds = SCHEMA_OBJECT, .object = &whole };

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

static const struct json *parsed(const char *json)
{
    const struct json *v = NULL;
    struct json_error e;
    if (!json_parse(&arena, str_of(json), &v, &e))
        fail_msg("'%s': %s", json, e.detail);
    return v;
}

/* --- Validation --- */

static const struct {
    const char *json, *error, *pointer;
    size_t at;
    const char *help;
} refused[] = {
    { "[]", "The configuration must be an object, but not an array.", "", 0, "" },
    { "{\"percent\": 1.5}", "The \"percent\" value must be an integer number, but not a fractional number.", "/percent",
      12, "" },
    { "{\"percent\": -1}", "The \"percent\" number must not be negative.", "/percent", 12, "" },
    { "{\"percent\": 101}", "The \"percent\" number must not exceed 100.", "/percent", 12, "" },
    { "{\"count\": 0.5}", "The \"count\" number must be equal to or greater than 1.", "/count", 10, "" },
    { "{\"named\": 4}", "five or six", "/named", 10, "" },
    { "{\"named\": 7}", "five or six", "/named", 10, "" },
    { "{\"list\": 1}", "The \"list\" value must be either a string or an array, but not an integer number.", "/list", 9,
      "" },
    { "{\"list\": [\"a\", null]}", "The \"list\" array must contain only string values.", "/list/1", 15, "" },
    { "{\"map\": {\"a/b\": 1}}", "The \"a/b\" value must be either a null or a string, but not an integer number.",
      "/map/a~1b", 16, "" },
    { "{\"inner\": {}}", "Required parameter \"even\" is missing.", "/inner", 10, "" },
    { "{\"inner\": {\"even\": 3}}", "\"even\" is odd", "/inner/even", 19, "" },
    { "{\"several\": [{\"even\": 2}, {\"even\": 3}]}", "\"even\" is odd", "/several/1/even", 35, "" },
    { "{\"several\": [1]}", "The \"several\" array must contain only object values.", "/several/0", 13, "" },
    { "{\"shape\": {}}", "no shape", "/shape", 10, "" },
    { "{\"shape\": {\"side\": \"x\"}}",
      "The \"side\" value must be either an integer number or a fractional number, but not a string.", "/shape/side",
      19, "" },
    { "{\"later\": \"x\"}", "The \"later\" option is not supported: it is early.", "/later", 10, "Remove it." },
    { "{\"cuont\": 1}", "Unknown parameter \"cuont\".", "/cuont", 1, "Did you mean \"count\"?" },
    { "{\"inner\": {\"even\": 2, \"x\": 1}}", "Unknown parameter \"x\".", "/inner/x", 22, "" },
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct err e = ERR_INIT;
        struct validation v = { .arena = &arena, .e = &e, .at = JSON_NO_PLACE };
        struct buf pointer;
        if (schema_validate_option(&v, &root, STR(""), parsed(refused[i].json)))
            fail_msg("%s: no error", refused[i].json);
        buf_init(&pointer, BUF_NO_LIMIT);
        path_print_pointer(&pointer, schema_error_path(&v));
        buf_put_u8(&pointer, 0);
        assert_string_equal(e.text, refused[i].error);
        assert_string_equal((const char *)pointer.ptr, refused[i].pointer);
        assert_string_equal(e.help, refused[i].help);
        if (v.at != refused[i].at)
            fail_msg("%s: at %zu, want %zu", refused[i].json, v.at, refused[i].at);
        buf_fini(&pointer);
    }
}

static void test_accepted(void **state)
{
    static const char *const accepted[] = {
        "{}",
        "{\"percent\": 0, \"count\": 1.5, \"named\": 5, \"size\": \"small\", \"on\": false}",
        "{\"percent\": 1e2, \"list\": \"a\", \"map\": {\"\": null, \"b\": \"c\"}}",
        "{\"list\": [], \"inner\": {\"even\": 2}, \"several\": {\"even\": 2}, \"shape\": {\"side\": 2}}",
        "{\"list\": [\"a\", \"b\"], \"several\": [{\"even\": 2}, {\"even\": 4}]}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
        struct err e = ERR_INIT;
        struct validation v = { .arena = &arena, .e = &e };
        if (!schema_validate_option(&v, &root, STR(""), parsed(accepted[i])))
            fail_msg("%s: %s", accepted[i], e.text);
        assert_int_equal(v.depth, 0);
    }
}

static void test_defaults(void **state)
{
    (void)state;
    const struct json *given = parsed("{\"percent\": 9, \"on\": false}");
    assert_int_equal(schema_integer(&whole, NULL, "percent"), 7);
    assert_int_equal(schema_integer(&whole, given, "percent"), 9);
    assert_true(schema_bool(&whole, NULL, "on"));
    assert_false(schema_bool(&whole, given, "on"));
}

/* --- Documentation --- */

static const char want_json[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Berth's configuration\","
    "\"$ref\":\"#/$defs/whole\",\"$defs\":{\"whole\":{\"type\":\"object\",\"properties\":{"
    "\"percent\":{\"description\":\"A share.\",\"type\":\"integer\",\"minimum\":0,\"maximum\":100,\"default\":7},"
    "\"count\":{\"description\":\"How many.\",\"type\":\"number\",\"minimum\":1},"
    "\"named\":{\"description\":\"A number.\",\"type\":\"integer\",\"minimum\":5,\"maximum\":6},"
    "\"size\":{\"description\":\"How "
    "large.\",\"type\":\"string\",\"enum\":[\"small\",\"large\"],\"default\":\"small\"},"
    "\"on\":{\"description\":\"Whether.\",\"type\":\"boolean\",\"default\":true},"
    "\"list\":{\"description\":\"Texts.\",\"type\":[\"string\",\"array\"],\"items\":{\"type\":\"string\"}},"
    "\"map\":{\"$ref\":\"#/$defs/texts\",\"description\":\"By name.\"},"
    "\"inner\":{\"$ref\":\"#/$defs/inner\",\"description\":\"An object.\"},"
    "\"several\":{\"description\":\"One or more.\",\"type\":[\"array\",\"object\"],"
    "\"items\":{\"$ref\":\"#/$defs/inner\"},\"anyOf\":[{\"type\":\"array\"},{\"$ref\":\"#/$defs/inner\"}]},"
    "\"shape\":{\"description\":\"What it looks like.\",\"type\":\"object\","
    "\"oneOf\":[{\"$ref\":\"#/$defs/square\",\"required\":[\"side\"]}]}},\"additionalProperties\":false},"
    "\"texts\":{\"type\":\"object\",\"additionalProperties\":{\"description\":\"A "
    "text.\",\"type\":[\"null\",\"string\"]}},"
    "\"inner\":{\"type\":\"object\",\"properties\":{\"even\":{\"description\":\"An even "
    "number.\",\"type\":\"integer\"}},"
    "\"required\":[\"even\"],\"additionalProperties\":false},"
    "\"square\":{\"type\":\"object\",\"properties\":{\"side\":{\"description\":\"Its length.\",\"type\":\"number\","
    "\"default\":1.5}},\"additionalProperties\":false}}}";

static void test_json_schema(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, BUF_NO_LIMIT);
    json_print_compact(&out, schema_json(&arena, &root));
    buf_put_u8(&out, 0);
    assert_string_equal((const char *)out.ptr, want_json);
    buf_fini(&out);
}

static const char *const want_lines[] = {
    "<a id=\"whole\"></a>\n## `/`\n\n| option | type | default | meaning |\n|---|---|---|---|\n",
    "| `percent` | integer from 0 to 100 | `7` | A share. |\n",
    "| `count` | number of at least 1 | | How many. |\n",
    "| `size` | string: `small`, `large` | `\"small\"` | How large. |\n",
    "| `list` | string or array of strings | | Texts. |\n",
    "| `map` | object: KEY → null or string | | By name. |\n",
    "| `inner` | [object](#inner) | | An object. |\n",
    "| `several` | [object](#inner) or array of such objects | | One or more. |\n",
    "| `shape` | object: [side](#square) | | What it looks like. |\n",
    "| `later` | string | | Not today. **Not supported.** |\n",
    "## `/inner`\n",
    "| `even` | integer | required | An even number. |\n",
    "## `/shape` with `side`\n",
};

static void test_reference(void **state)
{
    struct buf out;
    size_t from = 0;
    (void)state;
    buf_init(&out, BUF_NO_LIMIT);
    reference_print(&out, &arena, &root);
    for (size_t i = 0; i < ARRAY_LEN(want_lines); i++) {
        str rest = str_slice(buf_str(&out), from, out.len);
        size_t at = str_find(rest, str_of(want_lines[i]));
        if (at == SIZE_MAX)
            fail_msg("want next:\n%sin:\n%.*s", want_lines[i], STR_ARG(rest));
        from += at + str_of(want_lines[i]).len;
    }
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_accepted),  cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_json_schema), cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests_name("server/config/schema", tests, setup, teardown);
}
