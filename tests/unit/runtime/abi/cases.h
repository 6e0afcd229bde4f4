/* One case of a table, run: the parameters or the result of a function lifted or lowered with the fake guest. */
#ifndef TESTS_RUNTIME_ABI_CASES_H
#define TESTS_RUNTIME_ABI_CASES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../type/parse.h"
#include "fake.h"

struct abi_case {
    const char *func;   /* "(a: u8) -> string" */
    const char *flat;   /* slots; going in when lifting, or the result's pointer; wanted when lowering */
    const char *memory; /* fake_poke or fake_peek */
    const char *value;  /* wanted when lifting, going in when lowering: value.h */
    const char *log;    /* calls wanted; NULL: none */
    const char *error;  /* NULL: none */
    enum string_encoding encoding;
};

/* As one value: the parameters are a tuple. */
static inline const struct type *case_type(struct arena *a, const struct func_type *f, bool params)
{
    struct err e = ERR_INIT;
    const struct type *t = f->result;
    if (!params)
        return t;
    bool ok = type_items(a, TYPE_TUPLE, f->params, f->param_count, &t, &e);
    assert_true(ok);
    return t;
}

static inline void case_check_end(struct fake *f, const struct abi_case *c, bool ok, const struct err *e)
{
    char text[64];
    const char *wrong = ok ? NULL : "";
    assert_string_equal(e->text, c->error ? c->error : "");
    assert_int_equal(ok, c->error == NULL);
    assert_int_equal(e->kind, ok ? ERR_NONE : ERR_TRAP);
    assert_string_equal(fake_log(f), c->log ? c->log : "");
    if (ok)
        wrong = fake_peek(f, c->memory, text, sizeof(text));
    if (ok && wrong)
        fail_msg("%s", wrong);
}

static inline void case_lift(const struct abi_case *c, bool params)
{
    struct fake f;
    struct err e = ERR_INIT;
    struct abi_func *func = NULL;
    union core_value flat[MAX_FLAT_PARAMS + 1];
    fake_init(&f);
    f.env.encoding = c->encoding;
    struct func_type type = func_of(&f.arena, c->func);
    assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
    fake_poke(&f, c->memory);
    fake_flat(c->flat, flat);
    size_t size = params ? abi_params_size(func) : abi_result_size(func);
    uint8_t *host = malloc(size);
    memset(host, 0xaa, size);
    bool ok = params ? abi_lift_params(func, &f.env, flat, host, &e) : abi_lift_result(func, &f.env, flat, host, &e);
    if (ok) {
        struct buf out;
        buf_init(&out, BUF_NO_LIMIT);
        value_print(case_type(&f.arena, &type, params), host, &out);
        buf_put_u8(&out, 0);
        assert_string_equal((const char *)out.ptr, c->value);
        buf_fini(&out);
    }
    case_check_end(&f, c, ok, &e);
    free(host);
    fake_fini(&f);
}

/* `prepare` (may be NULL) tells the fake how to misbehave. */
static inline void case_lower(const struct abi_case *c, bool params, void (*prepare)(struct fake *f))
{
    struct fake f;
    struct err e = ERR_INIT;
    struct abi_func *func = NULL;
    union core_value got[MAX_FLAT_PARAMS + 1], want[MAX_FLAT_PARAMS + 1];
    fake_init(&f);
    f.env.encoding = c->encoding;
    if (prepare)
        prepare(&f);
    struct func_type type = func_of(&f.arena, c->func);
    assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
    struct core_signature sig;
    func_type_flatten(&type, !params, &sig);
    memset(got, 0xaa, sizeof(got));
    fake_flat(c->flat, want);
    if (!params && sig.results_spilled)
        got[sig.param_count - 1].i32 = want[0].i32;
    const char *at = c->value;
    void *host = arena_zalloc(&f.arena, 1, params ? abi_params_size(func) : abi_result_size(func));
    value_parse(case_type(&f.arena, &type, params), &at, host, &f.arena);
    assert_int_equal(*at, '\0');
    bool ok = params ? abi_lower_params(func, &f.env, host, got, &e) : abi_lower_result(func, &f.env, host, got, &e);
    uint32_t slots = params ? sig.param_count : sig.result_count;
    for (uint32_t i = 0; ok && i < slots; i++)
        if (got[i].i64 != want[i].i64)
            fail_msg("slot %u: want %llx, got %llx", i, (unsigned long long)want[i].i64,
                     (unsigned long long)got[i].i64);
    case_check_end(&f, c, ok, &e);
    fake_fini(&f);
}

#endif
