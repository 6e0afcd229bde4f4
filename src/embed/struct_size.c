/* Sizes of the embedder's structs: see struct_size.h. */
#include "embed/struct_size.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "runtime/abi/host_layout.h"

enum { DESCRIPTION_MAX = 400, TYPE_TEXT_MAX = 80 };

/* "article: string at 0, count: u32 at 16" */
static str describe(struct arena *a, const struct named_type *items, uint32_t len)
{
    size_t *offsets = arena_new(a, size_t, len);
    str all = STR("");
    host_layout_of_items(items, len, offsets);
    for (uint32_t i = 0; i < len && all.len < DESCRIPTION_MAX; i++) {
        char type[TYPE_TEXT_MAX];
        type_print(items[i].type, type, sizeof(type));
        all = str_printf(a, "%.*s%s%.*s: %s at %zu", STR_ARG(all), i ? ", " : "", STR_ARG(items[i].name), type,
                         offsets[i]);
    }
    return all;
}

static bool differs(const char *what, size_t given, size_t wanted, const struct named_type *items, uint32_t len,
                    struct err *e)
{
    struct arena a;
    arena_init(&a);
    str members = describe(&a, items, len);
    err_set(e, ERR_USAGE, "the %s have %zu bytes in C, expected %zu: %.*s", what, given, wanted, STR_ARG(members));
    arena_fini(&a);
    return false;
}

static bool result_differs(size_t given, const struct type *t, size_t wanted, struct err *e)
{
    if (t && (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE))
        return differs("fields of the result", given, wanted, t->of.items.at, t->of.items.len, e);
    char type[TYPE_TEXT_MAX] = "none";
    if (t)
        type_print(t, type, sizeof(type));
    return err_set(e, ERR_USAGE, "the result has %zu bytes in C, expected %zu: %s", given, wanted, type);
}

bool struct_size_check(const struct func_type *f, size_t params_size, size_t result_size, struct err *e)
{
    size_t params = f->param_count ? host_layout_of_items(f->params, f->param_count, NULL).size : 0;
    size_t result = f->result ? host_layout_of(f->result).size : 0;
    if (params != params_size)
        return differs("parameters", params_size, params, f->params, f->param_count, e);
    return result == result_size || result_differs(result_size, f->result, result, e);
}
