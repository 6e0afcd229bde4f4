/* Tables of component binaries given as what follows the preamble, and one loop over them. */
#ifndef TESTS_BINARY_CASES_H
#define TESTS_BINARY_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "runtime/binary/component.h"
#include "runtime/binary/core_module.h"

struct read_case {
    const char *name;
    str sections;       /* behind 00 61 73 6d 0d 00 01 00 */
    enum err_kind kind; /* ERR_NONE: is read */
    const char *error;  /* part of the text */
};

enum { PREAMBLE_LEN = 8, CASE_MAX = 4096 };

static inline bytes component_bytes(str sections, uint8_t *room)
{
    assert_true(sections.len + PREAMBLE_LEN <= CASE_MAX);
    memcpy(room, "\0asm\x0d\0\1\0", PREAMBLE_LEN);
    memcpy(room + PREAMBLE_LEN, sections.ptr, sections.len);
    return bytes_from(room, sections.len + PREAMBLE_LEN);
}

/* Reads a component that must be valid; it lives in the arena, its bytes in `room`. */
static inline struct component *read_valid(struct arena *a, str sections, uint8_t *room)
{
    struct err e = ERR_INIT;
    struct component *c = NULL;
    if (!component_read(a, component_bytes(sections, room), &c, &e))
        fail_msg("%s", e.text);
    return c;
}

static inline void run_read_case(const struct read_case *t)
{
    uint8_t room[CASE_MAX];
    struct arena a;
    struct err e = ERR_INIT;
    struct component *c = NULL;
    arena_init(&a);
    bool ok = component_read(&a, component_bytes(t->sections, room), &c, &e);
    arena_fini(&a);
    if (ok != (t->kind == ERR_NONE) || (!ok && (e.kind != t->kind || !strstr(e.text, t->error))))
        fail_msg("%s: want %s '%s', got %s '%s'", t->name, err_kind_name(t->kind), t->error ? t->error : "",
                 ok ? "read" : err_kind_name(e.kind), e.text);
    if (!ok && e.offset > t->sections.len + PREAMBLE_LEN)
        fail_msg("%s: the error has no place in the file", t->name);
}

#define RUN_READ_CASES(cases)                     \
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) \
    run_read_case(&(cases)[i])

#endif
