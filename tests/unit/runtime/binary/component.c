/* Tests of runtime/binary/component.c: what is no component, sections, nesting, and every way to be cut short. */
#include "cases.h"

static void preambles(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str in;
        const char *text, *help;
    } cases[] = {
        { "empty", STR_INIT(""), "not a WebAssembly file: it is empty", "" },
        { "html", STR_INIT("<!doctype html><html>"), "not a WebAssembly file: it begins with '<!doctype html><'",
          "give a component" },
        { "elf",
          STR_INIT("\x7f"
                   "ELF\x02\x01\x01"),
          "not a WebAssembly file: it begins with 7f 45 4c 46 02 01 01", "give a component" },
        { "text", STR_INIT("(component)"), "not a WebAssembly file: it begins with '(component)'", "wasm-tools parse" },
        { "core module", STR_INIT("\0asm\1\0\0\0"), "this is a core module, not a component",
          "wasm-tools component new" },
        { "cut", STR_INIT("\0asm\x0d"), "unexpected end-of-file in the preamble: expected 8 bytes, found 5", "" },
        { "one byte", STR_INIT("\0"), "unexpected end-of-file in the preamble: expected 8 bytes, found 1", "" },
        { "version", STR_INIT("\0asm\x0e\0\1\0"),
          "unknown binary version 0e 00 01 00: expected 0d 00 01 00, that of a component",
          "build the component again with current tools" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct err e = ERR_INIT;
        struct component *c = NULL;
        arena_init(&a);
        bool ok = component_read(&a, bytes_of_str(cases[i].in), &c, &e);
        arena_fini(&a);
        if (ok || e.kind != ERR_PARSE || !strstr(e.text, cases[i].text) || !strstr(e.help, cases[i].help))
            fail_msg("%s: want '%s' (%s), got '%s' (%s)", cases[i].name, cases[i].text, cases[i].help, e.text, e.help);
    }
}

static void sections(void **state)
{
    (void)state;
    static const struct read_case cases[] = {
        { "empty", STR_INIT(""), ERR_NONE, NULL },
        { "section 13", STR_INIT("\x0d\x00"), ERR_PARSE, "malformed section id: 13 in a component" },
        { "size without end", STR_INIT("\x07\x80"), ERR_PARSE, "type section: unexpected end-of-file" },
        { "size of 2 GB", STR_INIT("\x07\xff\xff\xff\xff\x07"), ERR_PARSE,
          "type section: unexpected end-of-file: expected 2147483647 bytes, found 0" },
        { "count of 2 G", STR_INIT("\x07\x05\xff\xff\xff\xff\x07"), ERR_LIMIT,
          "type section: 2147483647 types; at most 1000000 are supported" },
        { "rest", STR_INIT("\x07\x02\x00\x00"), ERR_PARSE, "type section: section size mismatch: 1 bytes left" },
        { "start", STR_INIT("\x09\x00"), ERR_UNSUPPORTED, "start functions (component-model values)" },
        { "value", STR_INIT("\x0c\x00"), ERR_UNSUPPORTED, "value definitions (component-model values)" },
        { "custom without name",
          STR_INIT("\x00\x02\x05"
                   "a"),
          ERR_PARSE, "custom section: unexpected end-of-file" },
        { "odd name section",
          STR_INIT("\x00\x10\x0e"
                   "component-name\xff"),
          ERR_NONE, NULL },
        { "module cut", STR_INIT("\x01\x04\0asm"), ERR_PARSE,
          "unexpected end-of-file in the preamble of a core module" },
        { "component as module", STR_INIT("\x01\x08\0asm\x0d\0\1\0"), ERR_PARSE,
          "expected a version header for a module" },
        { "module as component", STR_INIT("\x04\x08\0asm\1\0\0\0"), ERR_PARSE,
          "expected a version header for a component, found that of a core module" },
        { "error inside", STR_INIT("\x04\x0a\0asm\x0d\0\1\0\x0d\0"), ERR_PARSE, "malformed section id: 13" },
    };
    RUN_READ_CASES(cases);
}

static void order(void **state)
{
    (void)state;
    uint8_t room[CASE_MAX];
    struct arena a;
    arena_init(&a);
    /* type string; module; its name; component; alias outer 0 0; type bool */
    struct component *c = read_valid(&a,
                                     STR("\x07\x02\x01\x73"
                                         "\x01\x08\0asm\1\0\0\0"
                                         "\x00\x15\x0e"
                                         "component-name\x00\x04\x03"
                                         "cat"
                                         "\x04\x08\0asm\x0d\0\1\0"
                                         "\x06\x05\x01\x03\x02\x00\x00"
                                         "\x07\x02\x01\x7f"),
                                     room);
    static const struct {
        enum def_kind kind;
        uint64_t offset;
    } want[] = {
        { DEF_TYPE, 11 }, { DEF_CORE_MODULE, 14 }, { DEF_COMPONENT, 47 }, { DEF_ALIAS, 58 }, { DEF_TYPE, 65 },
    };
    assert_int_equal(c->def_count, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_int_equal(c->defs[i].kind, want[i].kind);
        assert_int_equal(c->defs[i].offset, want[i].offset);
    }
    assert_true(str_eq(component_name(c), STR("cat")));
    assert_int_equal(c->source.len, 66);
    assert_int_equal(c->defs[1].of.core_module.len, 8);
    assert_int_equal(c->defs[2].of.component->offset, 47);
    assert_int_equal(c->defs[2].of.component->def_count, 0);
    arena_fini(&a);
}

/* A component in a component in …, each of at most 16 kB. */
static size_t nest(uint8_t *room, size_t size, int depth)
{
    size_t len = 0;
    uint8_t *at = room + size;
    for (int i = 0; i <= depth; i++) {
        if (i > 0) {
            *--at = (uint8_t)(len >> 7);
            *--at = (uint8_t)(len | 0x80);
            *--at = 4;
            len += 3;
        }
        at -= PREAMBLE_LEN;
        memcpy(at, "\0asm\x0d\0\1\0", PREAMBLE_LEN);
        len += PREAMBLE_LEN;
    }
    memmove(room, at, len);
    return len;
}

static void nesting(void **state)
{
    (void)state;
    static uint8_t room[CASE_MAX];
    for (int depth = 100; depth <= 101; depth++) {
        struct arena a;
        struct err e = ERR_INIT;
        struct component *c = NULL;
        arena_init(&a);
        bool ok = component_read(&a, bytes_from(room, nest(room, sizeof(room), depth)), &c, &e);
        arena_fini(&a);
        assert_int_equal(ok, depth == 100);
        if (!ok)
            assert_non_null(strstr(e.text, "components nested deeper than 100"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preambles),
        cmocka_unit_test(sections),
        cmocka_unit_test(order),
        cmocka_unit_test(nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
