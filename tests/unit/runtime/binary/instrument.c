/* Tests of runtime/binary/instrument.c: what keeps a module from being restored, and what is added to one that can be.
 */
#include "runtime/binary/instrument.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"
#include "runtime/binary/core_module.h"

#define HEAD "\0asm\1\0\0\0"
/* A type func(), a function of it, and a code section with this body (its length first). */
#define TYPE    "\x01\x04\x01\x60\0\0"
#define FUNC    "\x03\x02\x01\0"
#define TABLE   "\x04\x04\x01\x70\0\x02"
#define MEMORY  "\x05\x03\x01\0\x01"
#define GLOBALS "\x06\x0b\x02\x7f\x01\x41\x05\x0b\x7f\0\x41\x06\x0b" /* a mutable one and one that is not */
#define START   "\x08\x01\0"
/* At 16: "ab". */
#define DATA_ACTIVE                  \
    "\x0b\x08\x01\0\x41\x10\x0b\x02" \
    "ab"
#define DATA_PASSIVE       \
    "\x0b\x05\x01\x01\x02" \
    "ab"

static void obstacles(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str module;
        str want;
    } cases[] = {
        { "empty", STR_INIT(HEAD), { 0 } },
        { "table.set", STR_INIT(HEAD TYPE FUNC TABLE "\x0a\x0a\x01\x08\0\x41\0\xd0\x70\x26\0\x0b"), { 0 } },
        { "data.drop", STR_INIT(HEAD TYPE FUNC "\x0a\x07\x01\x05\0\xfc\x09\0\x0b"),
          STR_INIT("drops data or element segments") },
        { "elem.drop", STR_INIT(HEAD TYPE FUNC "\x0a\x07\x01\x05\0\xfc\x0d\0\x0b"),
          STR_INIT("drops data or element segments") },
        { "i31", STR_INIT(HEAD TYPE FUNC "\x0a\x09\x01\x07\0\x41\0\xfb\x1c\x1a\x0b"),
          STR_INIT("uses garbage-collected objects") },
        { "struct type", STR_INIT(HEAD "\x01\x03\x01\x5f\0"), STR_INIT("uses garbage-collected objects") },
        { "shared memory", STR_INIT(HEAD "\x05\x04\x01\x03\x01\x01"), STR_INIT("has a shared memory") },
        { "unknown instruction", STR_INIT(HEAD TYPE FUNC "\x0a\x05\x01\x03\0\xff\x0b"),
          STR_INIT("has instructions that are not known here") },
        { "reserved name",
          STR_INIT(HEAD MEMORY "\x07\x0b\x01\x07"
                               "berth:x\x02\0"),
          STR_INIT("has exports whose names are reserved") },
        { "typed reference", STR_INIT(HEAD TYPE "\x06\x07\x01\x63\0\x01\xd0\0\x0b"),
          STR_INIT("has globals or tables of types without a default value") },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct instrument_facts facts = { 0 };
        struct err e = ERR_INIT;
        if (!instrument_scan(bytes_of_str(cases[i].module), &facts, &e))
            fail_msg("%s: %s", cases[i].name, e.text);
        str got = instrument_obstacle(&facts);
        if (!str_eq(got, cases[i].want))
            fail_msg("%s: want '%.*s', got '%.*s'", cases[i].name, STR_ARG(cases[i].want), STR_ARG(got));
        assert_int_equal(facts.code.changes_tables, i == 1);
    }
}

static uint32_t count_exports(bytes module, const char *name)
{
    struct arena a;
    struct core_module m;
    struct err e = ERR_INIT;
    uint32_t n = 0;
    arena_init(&a);
    if (!core_module_read(&a, module, 0, &m, &e))
        fail_msg("%s", e.text);
    for (uint32_t i = 0; i < m.type.export_count; i++)
        n += str_eq(m.type.exports[i].name, str_of(name));
    arena_fini(&a);
    return n;
}

static void additions(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str module;
        struct instrument_options options;
        struct instrument_result want;
    } cases[] = {
        { "nothing", STR_INIT(HEAD), { .tables = true }, { 0 } },
        { "memory only", STR_INIT(HEAD MEMORY), { 0 }, { .memory_count = 1 } },
        { "globals",
          STR_INIT(HEAD TYPE FUNC MEMORY GLOBALS "\x0a\x04\x01\x02\0\x0b"),
          { 0 },
          { .has_state = true, .memory_count = 1 } },
        { "table as it is", STR_INIT(HEAD TABLE), { 0 }, { 0 } },
        { "table that changes", STR_INIT(HEAD TABLE), { .tables = true }, { .has_state = true } },
        { "no start to stand apart",
          STR_INIT(HEAD MEMORY GLOBALS),
          { .start_apart = true },
          { .has_state = true, .memory_count = 1, .global_count = 1 } },
        { "start function",
          STR_INIT(HEAD TYPE FUNC START "\x0a\x04\x01\x02\0\x0b"),
          { .start_apart = true },
          { .has_start = true } },
        { "start function in its place", STR_INIT(HEAD TYPE FUNC START "\x0a\x04\x01\x02\0\x0b"), { 0 }, { 0 } },
        { "active data",
          STR_INIT(HEAD MEMORY DATA_ACTIVE),
          { .start_apart = true },
          { .has_start = true, .memory_count = 1 } },
        { "passive data", STR_INIT(HEAD MEMORY DATA_PASSIVE), { .start_apart = true }, { .memory_count = 1 } },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct instrument_result result = { 0 };
        struct err e = ERR_INIT;
        struct buf out;
        buf_init(&out, BUF_NO_LIMIT);
        if (!instrument_module(bytes_of_str(cases[i].module), &cases[i].options, &out, &result, &e))
            fail_msg("%s: %s", cases[i].name, e.text);
        bytes got = bytes_from(out.ptr, out.len);
        const struct instrument_result *want = &cases[i].want;
        assert_int_equal(result.has_state, want->has_state);
        assert_int_equal(result.has_start, want->has_start);
        assert_int_equal(result.memory_count, want->memory_count);
        assert_int_equal(result.global_count, want->global_count);
        assert_int_equal(count_exports(got, INSTRUMENT_SAVE), want->has_state);
        assert_int_equal(count_exports(got, INSTRUMENT_RESTORE), want->has_state);
        assert_int_equal(count_exports(got, INSTRUMENT_START), want->has_start);
        assert_int_equal(count_exports(got, INSTRUMENT_MEMORY "0"), want->memory_count);
        assert_int_equal(count_exports(got, INSTRUMENT_GET "0"), want->global_count != 0);
        assert_int_equal(count_exports(got, INSTRUMENT_PUT "0"), want->global_count != 0);
        struct instrument_facts again = { 0 };
        assert_true(instrument_scan(got, &again, &e));
        assert_int_equal(again.has_our_names, want->has_state || want->has_start || want->memory_count);
        buf_fini(&out);
    }
}

static void cut_anywhere(void **state)
{
    (void)state;
    static const char module[] = HEAD TYPE FUNC MEMORY GLOBALS START "\x0a\x04\x01\x02\0\x0b" DATA_ACTIVE;
    static const struct instrument_options options = { .tables = true, .start_apart = true };
    for (size_t len = 0; len < sizeof(module) - 1; len++) {
        struct instrument_facts facts = { 0 };
        struct instrument_result result = { 0 };
        struct err e = ERR_INIT;
        struct buf out;
        buf_init(&out, BUF_NO_LIMIT);
        if (!instrument_scan(bytes_from(module, len), &facts, &e))
            assert_true(e.kind != ERR_NONE && e.text[0]);
        else
            assert_true(instrument_module(bytes_from(module, len), &options, &out, &result, &e));
        buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(obstacles),
        cmocka_unit_test(additions),
        cmocka_unit_test(cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
