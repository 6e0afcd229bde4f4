/* What the tests of the WIT folder share: a text read and resolved, or its error. */
#ifndef TESTS_UNIT_RUNTIME_WIT_CASES_H
#define TESTS_UNIT_RUNTIME_WIT_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "runtime/wit/print.h"
#include "runtime/wit/wit.h"

/* The text "a.wit" resolved; a failed test when it is refused. Freed by the caller. */
static inline struct wit *wit_of(const char *text)
{
    struct err e = ERR_INIT;
    struct wit *w = wit_new();
    if (!wit_add(w, STR("a.wit"), str_of(text), &e) || !wit_resolve(w, &e))
        fail_msg("%s\n%s", e.text, text);
    return w;
}

/* The text must be refused with this error. */
static inline void refuses(const char *text, const char *want)
{
    struct err e = ERR_INIT;
    struct wit *w = wit_new();
    if (wit_add(w, STR("a.wit"), str_of(text), &e) && wit_resolve(w, &e))
        fail_msg("accepted: %s", text);
    assert_string_equal(e.text, want);
    wit_free(w);
}

/* Checks that the interface prints as `want`. */
static inline void prints(const struct wit_interface *i, const char *want)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    wit_print_interface(&out, i);
    buf_put_u8(&out, 0);
    assert_string_equal((const char *)buf_str(&out).ptr, want);
    buf_fini(&out);
}

#endif
