/* Subtyping of core externs and modules. Spec: WebAssembly core, "Matching"; Subtyping.md for modules. */
#include <stdio.h>

#include "runtime/check/checker.h"

enum { SIGNATURE_TEXT_MAX = 160 };

const char *core_extern_kind_name(enum core_extern_kind kind)
{
    switch (kind) {
    case CORE_EXTERN_FUNC: return "func";
    case CORE_EXTERN_TABLE: return "table";
    case CORE_EXTERN_MEMORY: return "memory";
    case CORE_EXTERN_GLOBAL: return "global";
    case CORE_EXTERN_TAG: return "tag";
    }
    __builtin_unreachable();
}

static const char *value_type_name(uint8_t type)
{
    switch (type) {
    case 0x7f: return "i32";
    case 0x7e: return "i64";
    case 0x7d: return "f32";
    case 0x7c: return "f64";
    case 0x7b: return "v128";
    case 0x70: return "funcref";
    case 0x6f: return "externref";
    case 0x69: return "exnref";
    }
    return "another reference";
}

/* 0 stands for a type that is not known here, which equals nothing. */
static bool same_types(const uint8_t *a, uint32_t a_count, const uint8_t *b, uint32_t b_count)
{
    if (a_count != b_count)
        return false;
    for (uint32_t i = 0; i < a_count; i++)
        if (a[i] != b[i] || a[i] == 0)
            return false;
    return true;
}

static size_t print_types(char *out, size_t at, const char *word, const uint8_t *types, uint32_t count)
{
    if (count == 0 || at >= SIGNATURE_TEXT_MAX)
        return at;
    at += (size_t)snprintf(out + at, SIGNATURE_TEXT_MAX - at, " (%s", word);
    for (uint32_t i = 0; i < count && at < SIGNATURE_TEXT_MAX; i++)
        at += (size_t)snprintf(out + at, SIGNATURE_TEXT_MAX - at, " %s", value_type_name(types[i]));
    if (at < SIGNATURE_TEXT_MAX)
        at += (size_t)snprintf(out + at, SIGNATURE_TEXT_MAX - at, ")");
    return at;
}

/* "(func (param i32) (result i32))"; long ones are cut. */
static void print_func(const struct core_func_type *f, char out[SIGNATURE_TEXT_MAX])
{
    size_t at = (size_t)snprintf(out, SIGNATURE_TEXT_MAX, "(func");
    at = print_types(out, at, "param", f->params, f->param_count);
    at = print_types(out, at, "result", f->results, f->result_count);
    if (at < SIGNATURE_TEXT_MAX)
        snprintf(out + at, SIGNATURE_TEXT_MAX - at, ")");
}

static bool match_func(const struct core_func_type *want, const struct core_func_type *got, struct err *e)
{
    if (same_types(want->params, want->param_count, got->params, got->param_count) &&
        same_types(want->results, want->result_count, got->results, got->result_count))
        return true;
    char expected[SIGNATURE_TEXT_MAX], found[SIGNATURE_TEXT_MAX];
    print_func(want, expected);
    print_func(got, found);
    return err_set(e, ERR_INVALID, "expected: %s, found: %s", expected, found);
}

static bool match_limits(const struct core_extern_type *want_type, const struct core_extern_type *got_type,
                         struct err *e)
{
    const struct core_limits *want = &want_type->limits, *got = &got_type->limits;
    const char *what = core_extern_kind_name(want_type->kind);
    if (want->is64 != got->is64)
        return err_set(e, ERR_INVALID, "mismatch in %s index types: expected %s, found %s", what,
                       want->is64 ? "i64" : "i32", got->is64 ? "i64" : "i32");
    if (want->shared != got->shared)
        return err_set(e, ERR_INVALID, "mismatch in the shared flag for %s",
                       want_type->kind == CORE_EXTERN_MEMORY ? "memories" : "tables");
    if (got->min < want->min || (want->has_max && (!got->has_max || got->max > want->max)))
        return err_set(e, ERR_INVALID, "mismatch in %s limits", what);
    return true;
}

static bool match_value_type(uint8_t want, uint8_t got, const char *what, struct err *e)
{
    if (want == got && want != 0)
        return true;
    return err_set(e, ERR_INVALID, "expected %s type %s, found %s", what, value_type_name(want), value_type_name(got));
}

bool core_extern_match(const struct core_extern_type *want, const struct core_extern_type *got, struct err *e)
{
    if (want->kind != got->kind)
        return err_set(e, ERR_INVALID, "expected %s, found %s", core_extern_kind_name(want->kind),
                       core_extern_kind_name(got->kind));
    switch (want->kind) {
    case CORE_EXTERN_FUNC:
    case CORE_EXTERN_TAG: return match_func(want->func, got->func, e);
    case CORE_EXTERN_TABLE:
        return match_value_type(want->value_type, got->value_type, "table element", e) && match_limits(want, got, e);
    case CORE_EXTERN_MEMORY: return match_limits(want, got, e);
    case CORE_EXTERN_GLOBAL:
        if (want->is_mutable != got->is_mutable)
            return err_set(e, ERR_INVALID, "global types differ in mutability: expected %s, found %s",
                           want->is_mutable ? "mutable" : "constant", got->is_mutable ? "mutable" : "constant");
        return match_value_type(want->value_type, got->value_type, "global", e);
    }
    __builtin_unreachable();
}

bool core_module_match(const struct core_module_type *want, const struct core_module_type *got, struct err *e)
{
    for (uint32_t i = 0; i < got->import_count; i++) {
        const struct core_import *x = &got->imports[i], *y = core_import_find(want, x->module, x->name);
        if (!y)
            return err_set(e, ERR_INVALID, "missing expected import `%.*s::%.*s`", STR_ARG(x->module),
                           STR_ARG(x->name));
        if (!core_extern_match(&x->type, &y->type, e))
            return err_wrap(e, "type mismatch in import `%.*s::%.*s`", STR_ARG(x->module), STR_ARG(x->name));
    }
    for (uint32_t i = 0; i < want->export_count; i++) {
        const struct core_export *x = &want->exports[i], *y = core_export_find(got, x->name);
        if (!y)
            return err_set(e, ERR_INVALID, "missing expected export `%.*s`", STR_ARG(x->name));
        if (!core_extern_match(&x->type, &y->type, e))
            return err_wrap(e, "type mismatch in export `%.*s`", STR_ARG(x->name));
    }
    return true;
}
