/* Tests of runtime/link/adapter.c: what a caller's imports become. That calls by adapters do what they should is tested
 * by tests/spec/adapters.wast. */
#include "runtime/link/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define BYTES(lit) STR_INIT(lit)

enum { PREAMBLE_LEN = 8 };

/* `want`: for each import of the last step of the component's own, whether it is the callee's function itself (c), an
 * adapter's (a), an adapter's with a flag (f), or a trampoline (t). */
static const struct {
    const char *name, *want;
    str sections;
} cases[] = {
    { "numbers need no code", "cc",
      /* (component
       *   (component $Callee
       *     (core module $m
       *       (func (export "a") (param i32 i64) (result i32) unreachable)
       *       (func (export "b")))
       *     (core instance $i (instantiate $m))
       *     (func (export "a") (param "x" u32) (param "y" s64) (result s32) (canon lift (core func $i "a")))
       *     (func (export "b") (canon lift (core func $i "b"))))
       *   (instance $c (instantiate $Callee))
       *   (core func $a (canon lower (func $c "a")))
       *   (core func $b (canon lower (func $c "b")))
       *   (core module $m (import "" "a" (func (param i32 i64) (result i32))) (import "" "b" (func)))
       *   (core instance (instantiate $m (with "" (instance (export "a" (func $a)) (export "b" (func $b)))))))
       */
      BYTES("\x04\x83\x01\x00\x61\x73\x6d\x0d\x00\x01\x00\x01\x2e\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x0a\x02\x60\x02"
            "\x7f\x7e\x01\x7f\x60\x00\x00\x03\x03\x02\x00\x01\x07\x09\x02\x01\x61\x00\x00\x01\x62\x00\x01\x0a\x08\x02"
            "\x03\x00\x00\x0b\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x07\x0b\x01\x40\x02\x01\x78\x79\x01\x79\x78\x00\x7a"
            "\x06\x07\x01\x00\x00\x01\x00\x01\x61\x08\x06\x01\x00\x00\x00\x00\x00\x07\x05\x01\x40\x00\x01\x00\x06\x07"
            "\x01\x00\x00\x01\x00\x01\x62\x08\x06\x01\x00\x00\x01\x00\x01\x0b\x0d\x02\x00\x01\x61\x01\x00\x00\x00\x01"
            "\x62\x01\x01\x00\x05\x04\x01\x00\x00\x00\x06\x06\x01\x01\x00\x00\x01\x61\x08\x05\x01\x01\x00\x00\x00\x06"
            "\x06\x01\x01\x00\x00\x01\x62\x08\x05\x01\x01\x00\x01\x00\x01\x21\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x0a"
            "\x02\x60\x02\x7f\x7e\x01\x7f\x60\x00\x00\x02\x0b\x02\x00\x01\x61\x00\x00\x00\x01\x62\x00\x01\x02\x11\x02"
            "\x01\x02\x01\x61\x00\x00\x01\x62\x00\x01\x00\x00\x01\x00\x12\x00") },
    { "values with bits to spare; a result that may be refused; a string", "aaaa",
      /* (component
       *   (component $Callee
       *     (core module $m
       *       (memory (export "memory") 1)
       *       (func (export "f") (param i32) (result i32) unreachable)
       *       (func (export "s") (param i32 i32) unreachable)
       *       (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
       *     (core instance $i (instantiate $m))
       *     (func (export "a") (param "x" u8) (result u32) (canon lift (core func $i "f")))
       *     (func (export "b") (param "x" char) (result bool) (canon lift (core func $i "f")))
       *     (func (export "c") (param "x" u32) (result char) (canon lift (core func $i "f")))
       *     (func (export "s") (param "x" string) (canon lift (core func $i "s")
       *       (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
       *   (instance $c (instantiate $Callee))
       *   (core module $memory (memory (export "memory") 1))
       *   (core instance $memory (instantiate $memory))
       *   (core func $a (canon lower (func $c "a")))
       *   (core func $b (canon lower (func $c "b")))
       *   (core func $c (canon lower (func $c "c")))
       *   (core func $s (canon lower (func $c "s") (memory (core memory $memory "memory"))))
       *   (core module $m
       *     (import "" "a" (func (param i32) (result i32)))
       *     (import "" "b" (func (param i32) (result i32)))
       *     (import "" "c" (func (param i32) (result i32)))
       *     (import "" "s" (func (param i32 i32))))
       *   (core instance (instantiate $m (with "" (instance
       *     (export "a" (func $a)) (export "b" (func $b)) (export "c" (func $c)) (export "s" (func $s)))))))
       */
      BYTES("\x04\x87\x02\x00\x61\x73\x6d\x0d\x00\x01\x00\x01\x55\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x13\x03\x60\x01"
            "\x7f\x01\x7f\x60\x02\x7f\x7f\x00\x60\x04\x7f\x7f\x7f\x7f\x01\x7f\x03\x04\x03\x00\x01\x02\x05\x03\x01\x00"
            "\x01\x07\x1c\x04\x06\x6d\x65\x6d\x6f\x72\x79\x02\x00\x01\x66\x00\x00\x01\x73\x00\x01\x07\x72\x65\x61\x6c"
            "\x6c\x6f\x63\x00\x02\x0a\x0d\x03\x03\x00\x00\x0b\x03\x00\x00\x0b\x03\x00\x00\x0b\x02\x04\x01\x00\x00\x00"
            "\x07\x08\x01\x40\x01\x01\x78\x7d\x00\x79\x06\x07\x01\x00\x00\x01\x00\x01\x66\x08\x06\x01\x00\x00\x00\x00"
            "\x00\x07\x08\x01\x40\x01\x01\x78\x74\x00\x7f\x06\x07\x01\x00\x00\x01\x00\x01\x66\x08\x06\x01\x00\x00\x01"
            "\x00\x01\x07\x08\x01\x40\x01\x01\x78\x79\x00\x74\x06\x07\x01\x00\x00\x01\x00\x01\x66\x08\x06\x01\x00\x00"
            "\x02\x00\x02\x07\x08\x01\x40\x01\x01\x78\x73\x01\x00\x06\x1e\x03\x00\x00\x01\x00\x01\x73\x00\x02\x01\x00"
            "\x06\x6d\x65\x6d\x6f\x72\x79\x00\x00\x01\x00\x07\x72\x65\x61\x6c\x6c\x6f\x63\x08\x0a\x01\x00\x00\x03\x02"
            "\x03\x00\x04\x04\x03\x0b\x19\x04\x00\x01\x61\x01\x00\x00\x00\x01\x62\x01\x01\x00\x00\x01\x63\x01\x02\x00"
            "\x00\x01\x73\x01\x03\x00\x05\x04\x01\x00\x00\x00\x01\x19\x00\x61\x73\x6d\x01\x00\x00\x00\x05\x03\x01\x00"
            "\x01\x07\x0a\x01\x06\x6d\x65\x6d\x6f\x72\x79\x02\x00\x02\x04\x01\x00\x00\x00\x06\x06\x01\x01\x00\x00\x01"
            "\x61\x08\x05\x01\x01\x00\x00\x00\x06\x06\x01\x01\x00\x00\x01\x62\x08\x05\x01\x01\x00\x01\x00\x06\x06\x01"
            "\x01\x00\x00\x01\x63\x08\x05\x01\x01\x00\x02\x00\x06\x11\x02\x01\x00\x00\x01\x73\x00\x02\x01\x00\x06\x6d"
            "\x65\x6d\x6f\x72\x79\x08\x07\x01\x01\x00\x03\x01\x03\x00\x01\x2c\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x0b"
            "\x02\x60\x01\x7f\x01\x7f\x60\x02\x7f\x7f\x00\x02\x15\x04\x00\x01\x61\x00\x00\x00\x01\x62\x00\x00\x00\x01"
            "\x63\x00\x00\x00\x01\x73\x00\x01\x02\x19\x02\x01\x04\x01\x61\x00\x00\x01\x62\x00\x01\x01\x63\x00\x02\x01"
            "\x73\x00\x03\x00\x01\x01\x00\x12\x01") },
    { "a caller with a realloc; a callee with a post-return", "ff",
      /* (component
       *   (component $Callee
       *     (core module $m
       *       (func (export "a") (result i32) unreachable)
       *       (func (export "free") (param i32)))
       *     (core instance $i (instantiate $m))
       *     (func (export "a") (result u32) (canon lift (core func $i "a")))
       *     (func (export "b") (result u32) (canon lift (core func $i "a") (post-return (core func $i "free")))))
       *   (instance $c (instantiate $Callee))
       *   (core module $memory
       *     (memory (export "memory") 1)
       *     (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
       *   (core instance $memory (instantiate $memory))
       *   (core func $a (canon lower (func $c "a") (memory (core memory $memory "memory"))
       *     (realloc (core func $memory "realloc"))))
       *   (core func $b (canon lower (func $c "b")))
       *   (core module $m (import "" "a" (func (result i32))) (import "" "b" (func (result i32))))
       *   (core instance (instantiate $m (with "" (instance (export "a" (func $a)) (export "b" (func $b)))))))
       */
      BYTES("\x04\x8a\x01\x00\x61\x73\x6d\x0d\x00\x01\x00\x01\x30\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x09\x02\x60\x00"
            "\x01\x7f\x60\x01\x7f\x00\x03\x03\x02\x00\x01\x07\x0c\x02\x01\x61\x00\x00\x04\x66\x72\x65\x65\x00\x01\x0a"
            "\x08\x02\x03\x00\x00\x0b\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x07\x05\x01\x40\x00\x00\x79\x06\x07\x01\x00"
            "\x00\x01\x00\x01\x61\x08\x06\x01\x00\x00\x00\x00\x00\x07\x05\x01\x40\x00\x00\x79\x06\x10\x02\x00\x00\x01"
            "\x00\x01\x61\x00\x00\x01\x00\x04\x66\x72\x65\x65\x08\x08\x01\x00\x00\x01\x01\x05\x02\x01\x0b\x0d\x02\x00"
            "\x01\x61\x01\x00\x00\x00\x01\x62\x01\x01\x00\x05\x04\x01\x00\x00\x00\x01\x39\x00\x61\x73\x6d\x01\x00\x00"
            "\x00\x01\x09\x01\x60\x04\x7f\x7f\x7f\x7f\x01\x7f\x03\x02\x01\x00\x05\x03\x01\x00\x01\x07\x14\x02\x06\x6d"
            "\x65\x6d\x6f\x72\x79\x02\x00\x07\x72\x65\x61\x6c\x6c\x6f\x63\x00\x00\x0a\x05\x01\x03\x00\x00\x0b\x02\x04"
            "\x01\x00\x00\x00\x06\x1d\x03\x01\x00\x00\x01\x61\x00\x02\x01\x00\x06\x6d\x65\x6d\x6f\x72\x79\x00\x00\x01"
            "\x00\x07\x72\x65\x61\x6c\x6c\x6f\x63\x08\x09\x01\x01\x00\x00\x02\x03\x00\x04\x00\x06\x06\x01\x01\x00\x00"
            "\x01\x62\x08\x05\x01\x01\x00\x01\x00\x01\x1c\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f"
            "\x02\x0b\x02\x00\x01\x61\x00\x00\x00\x01\x62\x00\x00\x02\x11\x02\x01\x02\x01\x61\x00\x01\x01\x62\x00\x02"
            "\x00\x01\x01\x00\x12\x01") },
    { "a call that leads back", "t",
      /* (component
       *   (component $Child
       *     (import "up" (func $up (result u32)))
       *     (core func $up' (canon lower (func $up)))
       *     (core module $m (import "" "up" (func $up (result i32))) (export "f" (func $up)))
       *     (core instance $i (instantiate $m (with "" (instance (export "up" (func $up'))))))
       *     (func (export "f") (result u32) (canon lift (core func $i "f"))))
       *   (core module $a (func (export "up") (result i32) unreachable))
       *   (core instance $a (instantiate $a))
       *   (func $up (result u32) (canon lift (core func $a "up")))
       *   (instance $child (instantiate $Child (with "up" (func $up))))
       *   (core func $f (canon lower (func $child "f")))
       *   (core module $m (import "" "f" (func (result i32))))
       *   (core instance (instantiate $m (with "" (instance (export "f" (func $f)))))))
       */
      BYTES("\x04\x71\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x00\x79\x0a\x07\x01\x00\x02\x75\x70\x01\x00"
            "\x08\x05\x01\x01\x00\x00\x00\x01\x1f\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x02\x07"
            "\x01\x00\x02\x75\x70\x00\x00\x07\x05\x01\x01\x66\x00\x00\x02\x0e\x02\x01\x01\x02\x75\x70\x00\x00\x00\x00"
            "\x01\x00\x12\x00\x07\x05\x01\x40\x00\x00\x79\x06\x07\x01\x00\x00\x01\x01\x01\x66\x08\x06\x01\x00\x00\x01"
            "\x00\x01\x0b\x07\x01\x00\x01\x66\x01\x01\x00\x01\x22\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00"
            "\x01\x7f\x03\x02\x01\x00\x07\x06\x01\x02\x75\x70\x00\x00\x0a\x05\x01\x03\x00\x00\x0b\x02\x04\x01\x00\x00"
            "\x00\x07\x05\x01\x40\x00\x00\x79\x06\x08\x01\x00\x00\x01\x00\x02\x75\x70\x08\x06\x01\x00\x00\x00\x00\x00"
            "\x05\x09\x01\x00\x00\x01\x02\x75\x70\x01\x00\x06\x06\x01\x01\x00\x00\x01\x66\x08\x05\x01\x01\x00\x01\x00"
            "\x01\x17\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x02\x06\x01\x00\x01\x66\x00\x00\x02"
            "\x0d\x02\x01\x01\x01\x66\x00\x01\x00\x01\x01\x00\x12\x01") },
};

static bool within(bytes outer, bytes inner)
{
    return inner.ptr >= outer.ptr && inner.ptr < outer.ptr + outer.len;
}

/* The kind of the way that a call takes. */
static char way_of(const struct plan *p, bytes component, const struct plan_ref *ref)
{
    if (ref->kind == PLAN_TRAMPOLINE)
        return 't';
    const struct plan_step *s = &p->steps.at[ref->index];
    if (within(component, p->modules.at[s->module].wasm))
        return 'c';
    for (uint32_t i = 0; i < s->import_count; i++)
        if (s->imports[i].kind == CORE_EXTERN_GLOBAL)
            return 'f';
    return 'a';
}

static void run_case(struct arena *a, size_t n)
{
    struct err e = ERR_INIT;
    struct component *c = NULL;
    struct plan p;
    const struct link_host host = { 0 };
    uint8_t *wasm = arena_alloc(a, cases[n].sections.len + PREAMBLE_LEN);
    bytes component = bytes_from(wasm, cases[n].sections.len + PREAMBLE_LEN);
    memcpy(wasm, "\0asm\x0d\0\1\0", PREAMBLE_LEN);
    memcpy(wasm + PREAMBLE_LEN, cases[n].sections.ptr, cases[n].sections.len);
    const struct link_chain chain = { (const struct component *const *)&c, &STR_NONE, 1 };
    if (!component_read(a, component, &c, &e) || !component_check(a, c, &e) ||
        !link_components(a, &chain, &host, &p, &e))
        fail_msg("%s: %s", cases[n].name, e.text);
    const struct plan_step *last = &vec_last(&p.steps);
    char got[16] = "";
    for (uint32_t i = 0; i < last->import_count; i++)
        got[i] = way_of(&p, component, &last->imports[i].ref);
    assert_string_equal(got, cases[n].want);
    plan_fini(&p);
}

static void imports(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        arena_init(&a);
        run_case(&a, i);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(imports) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
