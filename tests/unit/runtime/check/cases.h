/* Tables of components, valid and not, and one loop over them. The bytes (without the preamble) are made from the text
 * beside them by tests/unit/runtime/assemble. */
#ifndef TESTS_CHECK_CASES_H
#define TESTS_CHECK_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "runtime/check/check.h"

#define BYTES(lit) STR_INIT(lit)

struct check_case {
    const char *name;
    const char *error; /* part of the text; NULL: is valid */
    str sections;
};

enum { PREAMBLE_LEN = 8 };

static inline bytes component_bytes(struct arena *a, str sections)
{
    uint8_t *room = arena_alloc(a, sections.len + PREAMBLE_LEN);
    memcpy(room, "\0asm\x0d\0\1\0", PREAMBLE_LEN);
    memcpy(room + PREAMBLE_LEN, sections.ptr, sections.len);
    return bytes_from(room, sections.len + PREAMBLE_LEN);
}

/* Reads and checks; the component lives in the arena. */
static inline struct component *checked(struct arena *a, str sections)
{
    struct err e = ERR_INIT;
    struct component *c = NULL;
    if (!component_read(a, component_bytes(a, sections), &c, &e) || !component_check(a, c, &e))
        fail_msg("%s", e.text);
    return c;
}

static inline void run_check_case(const struct check_case *t)
{
    struct arena a;
    struct err e = ERR_INIT;
    struct component *c = NULL;
    arena_init(&a);
    if (!component_read(&a, component_bytes(&a, t->sections), &c, &e))
        fail_msg("%s: not even read: %s", t->name, e.text);
    bool ok = component_check(&a, c, &e);
    arena_fini(&a);
    if (ok != !t->error || (t->error && !strstr(e.text, t->error)))
        fail_msg("%s: want '%s', got '%s'", t->name, t->error ? t->error : "valid", ok ? "valid" : e.text);
    if (!ok && (e.kind != ERR_INVALID || e.offset < PREAMBLE_LEN || e.offset > t->sections.len + PREAMBLE_LEN))
        fail_msg("%s: kind %s, offset %d of %zu", t->name, err_kind_name(e.kind), (int)e.offset,
                 t->sections.len + PREAMBLE_LEN);
}

#define RUN_CHECK_CASES(cases)                    \
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) \
    run_check_case(&(cases)[i])

#endif
