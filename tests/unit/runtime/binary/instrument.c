/* Tests of runtime/binary/instrument.c: what keeps a module from being restored, and what is added to one that can be.
 */
#include "runtime/binary/instrument.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/checksum.h"
#include "runtime/binary/core_module.h"
#include "runtime/binary/writer.h"

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

static const struct {
    const char *name;
    str module;
    str want;
} modules_with_obstacles[] = {
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

static void obstacles(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(modules_with_obstacles); i++) {
        struct instrument_facts facts = { 0 };
        struct err e = ERR_INIT;
        if (!instrument_scan(bytes_of_str(modules_with_obstacles[i].module), &facts, &e))
            fail_msg("%s: %s", modules_with_obstacles[i].name, e.text);
        str got = instrument_obstacle(&facts);
        if (!str_eq(got, modules_with_obstacles[i].want))
            fail_msg("%s: want '%.*s', got '%.*s'", modules_with_obstacles[i].name,
                     STR_ARG(modules_with_obstacles[i].want), STR_ARG(got));
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
        if (!instrument_foresee(bytes_of_str(cases[i].module), &cases[i].options, &result, &e) ||
            !instrument_module(bytes_of_str(cases[i].module), &cases[i].options, &out, &e))
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
        struct err e = ERR_INIT;
        struct buf out;
        buf_init(&out, BUF_NO_LIMIT);
        if (!instrument_scan(bytes_from(module, len), &facts, &e))
            assert_true(e.kind != ERR_NONE && e.text[0]);
        else
            assert_true(instrument_module(bytes_from(module, len), &options, &out, &e));
        buf_fini(&out);
    }
}

/* --- The version --- */

enum { NUMBERS_OF_A_PREFIX = 0x120 };

static void put_facts(struct buf *out, bytes module)
{
    struct instrument_facts f = { 0 };
    struct err e = ERR_INIT;
    bool ok = instrument_scan(module, &f, &e);
    buf_printf(out, "%d%d%d%d%d%d%d%d%d%d%d\n", ok, f.code.changes_tables, f.code.copies_segments,
               f.code.drops_segments, f.code.uses_gc, f.code.has_unknown, f.has_shared_memory, f.has_gc_types,
               f.has_other_state, f.has_reference_globals, f.has_our_names);
}

static void put_section_of(struct buf *out, uint8_t id, const struct buf *body)
{
    buf_put_u8(out, id);
    put_leb(out, body->len);
    buf_put(out, body->ptr, body->len);
}

/* What a scan finds in code that begins with `op` and ends with an instruction that changes tables, with up to as many
 * bytes between them as immediates may have, each of which is local.get where it is none, so that an odd number of them
 * takes the end for its index: what is taken for immediates shows. */
static void put_facts_of_op(struct buf *out, const uint8_t *op, size_t len)
{
    for (size_t between = 0; between <= 18; between++) {
        struct buf module, body;
        buf_init(&module, BUF_NO_LIMIT);
        buf_init(&body, BUF_NO_LIMIT);
        PUT(&body, 1);
        put_leb(&body, 1 + len + between + 2);
        PUT(&body, 0);
        buf_put(&body, op, len);
        for (size_t i = 0; i < between; i++)
            PUT(&body, 0x20);
        PUT(&body, 0x26, 0x0b);
        buf_put(&module, HEAD, sizeof(HEAD) - 1);
        put_section_of(&module, 10, &body);
        put_facts(out, bytes_from(module.ptr, module.len));
        buf_fini(&body);
        buf_fini(&module);
    }
}

static void put_facts_of_all(struct buf *out)
{
    for (unsigned op = 0; op < 256; op++)
        put_facts_of_op(out, (const uint8_t[]){ (uint8_t)op }, 1);
    for (unsigned prefix = 0xfb; prefix <= 0xfe; prefix++)
        for (unsigned n = 0; n < NUMBERS_OF_A_PREFIX; n++)
            put_facts_of_op(out, (const uint8_t[]){ (uint8_t)prefix, (uint8_t)(n | 0x80), (uint8_t)(n >> 7) }, 3);
}

/* A global more than fit into a group, of each type in turn, and with references between them if they are wanted. */
static void put_globals_of_each_type(struct buf *module, bool references)
{
    static const str values[] = {
        STR_INIT("\x7f\x01\x41\x01\x0b"),
        STR_INIT("\x7e\x01\x42\x01\x0b"),
        STR_INIT("\x7d\x01\x43\0\0\0\0\x0b"),
        STR_INIT("\x7c\x01\x44\0\0\0\0\0\0\0\0\x0b"),
        STR_INIT("\x7b\x01\xfd\x0c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b"),
        STR_INIT("\x70\x01\xd0\x70\x0b"),
        STR_INIT("\x6f\x01\xd0\x6f\x0b"),
    };
    struct buf body;
    buf_init(&body, BUF_NO_LIMIT);
    put_leb(&body, INSTRUMENT_GLOBALS_AT_ONCE + 1);
    for (size_t i = 0; i <= INSTRUMENT_GLOBALS_AT_ONCE; i++)
        buf_put_str(&body, values[i % (references ? ARRAY_LEN(values) : ARRAY_LEN(values) - 2)]);
    put_section_of(module, 6, &body);
    buf_fini(&body);
}

/* Has something in every section that rewriting changes, an import of each kind, and sections that stay. */
static void put_module_of_all(struct buf *module, bool references)
{
    static const char before[] = HEAD TYPE
        /* a function, a table, a memory and a mutable global of "i" */
        "\x02\x1d\x04\x01i\x01"
        "f\0\0\x01i\x01t\x01\x70\0\0\x01i\x01m\x02\0\0\x01i\x01g\x03\x7f\x01" FUNC "\x04\x07\x02\x70\0\x02\x6f\0\x01"
        "\x05\x06\x02\0\x01\x01\x01\x02";
    static const char after[] = "\x07\x05\x01\x01x\0\x01" START "\x09\x07\x01\0\x41\0\x0b\x01\0"
                                "\x0c\x01\x03\x0a\x04\x01\x02\0\x0b"
                                /* active in the first memory, passive, and active in the second */
                                "\x0b\x12\x03\0\x41\x10\x0b\x02"
                                "ab"
                                "\x01\x01"
                                "c"
                                "\x02\x01\x41\x03\x0b\x01"
                                "d"
                                "\0\x05\x04name";
    buf_put(module, before, sizeof(before) - 1);
    put_globals_of_each_type(module, references);
    buf_put(module, after, sizeof(after) - 1);
}

static void put_rewritten(struct buf *out)
{
    for (unsigned way = 0; way < 8; way++) {
        const struct instrument_options options = { .tables = way & 1, .start_apart = way & 2 };
        struct instrument_facts facts = { 0 };
        struct buf module;
        struct err e = ERR_INIT;
        buf_init(&module, BUF_NO_LIMIT);
        put_module_of_all(&module, way & 4);
        bytes wasm = bytes_from(module.ptr, module.len);
        put_facts(out, wasm);
        if (!instrument_scan(wasm, &facts, &e) || !instrument_module(wasm, &options, out, &e))
            fail_msg("%s", e.text);
        assert_null(instrument_obstacle(&facts).ptr);
        buf_fini(&module);
    }
}

/* What earlier versions left in a cache is found by INSTRUMENT_VERSION: where this fails, raise it, and put the new
 * checksum here. */
static void version_is_of_the_output(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    put_facts_of_all(&out);
    for (size_t i = 0; i < ARRAY_LEN(modules_with_obstacles); i++)
        put_facts(&out, bytes_of_str(modules_with_obstacles[i].module));
    put_rewritten(&out);
    assert_int_equal(INSTRUMENT_VERSION, 1);
    assert_int_equal(checksum(bytes_from(out.ptr, out.len)), 0xc32fd5f897d5f743);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(obstacles),
        cmocka_unit_test(additions),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(version_is_of_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
