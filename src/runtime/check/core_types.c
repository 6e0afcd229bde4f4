/* Core modules and core types: their place in index spaces, and names that must be unique. */
#include <inttypes.h>
#include <stdlib.h>

#include "runtime/check/checker.h"

/* --- Order of names --- */

static int import_order(const struct core_import *a, str module, str name)
{
    int order = str_cmp(a->module, module);
    return order ? order : str_cmp(a->name, name);
}

static int by_import(const void *a, const void *b, void *ctx)
{
    const struct core_import *imports = ctx, *y = &imports[*(const uint32_t *)b];
    return import_order(&imports[*(const uint32_t *)a], y->module, y->name);
}

static int by_export(const void *a, const void *b, void *ctx)
{
    const struct core_export *exports = ctx;
    return str_cmp(exports[*(const uint32_t *)a].name, exports[*(const uint32_t *)b].name);
}

static uint32_t *positions(struct arena *a, uint32_t count)
{
    uint32_t *order = arena_new(a, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    return order;
}

static bool sort_imports(struct arena *a, struct core_module_type *t, uint64_t offset, struct err *e)
{
    uint32_t *order = positions(a, t->import_count);
    struct core_import *imports = arena_new(a, struct core_import, t->import_count);
    if (t->import_count)
        memcpy(imports, t->imports, t->import_count * sizeof(*imports));
    qsort_r(order, t->import_count, sizeof(*order), by_import, imports);
    for (uint32_t i = 1; i < t->import_count; i++) {
        const struct core_import *x = &imports[order[i]];
        if (import_order(&imports[order[i - 1]], x->module, x->name) == 0)
            return err_at(e, ERR_INVALID, offset, "duplicate import name `%.*s:%.*s`", STR_ARG(x->module),
                          STR_ARG(x->name));
    }
    t->imports_by_name = order;
    return true;
}

static bool sort_exports(struct arena *a, struct core_module_type *t, uint64_t offset, struct err *e)
{
    uint32_t *order = positions(a, t->export_count);
    struct core_export *exports = arena_new(a, struct core_export, t->export_count);
    if (t->export_count)
        memcpy(exports, t->exports, t->export_count * sizeof(*exports));
    qsort_r(order, t->export_count, sizeof(*order), by_export, exports);
    for (uint32_t i = 1; i < t->export_count; i++)
        if (str_eq(exports[order[i - 1]].name, exports[order[i]].name))
            return err_at(e, ERR_INVALID, offset, "export name `%.*s` already defined",
                          STR_ARG(exports[order[i]].name));
    t->exports_by_name = order;
    return true;
}

bool core_module_type_sort(struct arena *a, struct core_module_type *t, uint64_t offset, struct err *e)
{
    return sort_imports(a, t, offset, e) && sort_exports(a, t, offset, e);
}

const struct core_export *core_export_find(const struct core_module_type *t, str name)
{
    uint32_t from = 0, to = t->export_count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        const struct core_export *x = &t->exports[t->exports_by_name[mid]];
        int order = str_cmp(name, x->name);
        if (order == 0)
            return x;
        if (order < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return NULL;
}

const struct core_import *core_import_find(const struct core_module_type *t, str module, str name)
{
    uint32_t from = 0, to = t->import_count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        const struct core_import *x = &t->imports[t->imports_by_name[mid]];
        int order = import_order(x, module, name);
        if (order == 0)
            return x;
        if (order > 0)
            to = mid;
        else
            from = mid + 1;
    }
    return NULL;
}

/* --- Modules --- */

bool check_core_module(struct check_scope *s, bytes wasm, uint64_t offset, struct err *e)
{
    struct core_module *m = arena_new(s->checker->arena, struct core_module, 1);
    if (!core_module_read(s->checker->arena, wasm, offset, m, e) ||
        !core_module_type_sort(s->checker->arena, &m->type, offset, e))
        return err_wrap(e, "core module %" PRIu32 "%s", s->core_modules.len,
                        NAMED(s, SORT_CORE_MODULE, s->core_modules.len));
    const struct item_type item = { .kind = ITEM_CORE_MODULE, .of.core_module = &m->type };
    return scope_push(s, &item, offset, e);
}

/* --- Types --- */

/* A module type while its declarations are walked. */
struct module_scope {
    struct check_scope *outer;
    VEC(struct core_type_entry) types;
    VEC(struct core_import) imports;
    VEC(struct core_export) exports;
};

static struct core_type_entry type_of_def(const struct core_type_def *def)
{
    return (struct core_type_entry){ .kind = def->kind, .func = &def->func };
}

static bool resolve_extern(const struct module_scope *m, const struct core_module_decl *d, struct core_extern_type *ret,
                           struct err *e)
{
    *ret = d->type;
    if (d->type.kind != CORE_EXTERN_FUNC && d->type.kind != CORE_EXTERN_TAG)
        return true;
    if (d->type_index >= m->types.len)
        return unknown_index(e, d->offset, "type", d->type_index);
    if (m->types.at[d->type_index].kind != CORE_TYPE_FUNC)
        return err_at(e, ERR_INVALID, d->offset, "core type index %" PRIu32 " is not a function type", d->type_index);
    ret->func = m->types.at[d->type_index].func;
    return true;
}

static bool alias_core_type(struct module_scope *m, const struct core_module_decl *d, struct err *e)
{
    if (d->outer_count > 1)
        return err_at(e, ERR_INVALID, d->offset, "invalid outer alias count of %" PRIu32 " in a core module type",
                      d->outer_count);
    uint32_t count = d->outer_count == 0 ? m->types.len : m->outer->core_types.len;
    if (d->type_index >= count)
        return unknown_index(e, d->offset, "type", d->type_index);
    struct core_type_entry t =
        d->outer_count == 0 ? m->types.at[d->type_index] : m->outer->core_types.at[d->type_index];
    if (t.kind == CORE_TYPE_MODULE)
        return err_at(e, ERR_INVALID, d->offset, "core module types cannot alias core module types");
    vec_push(&m->types, t);
    return true;
}

static bool check_module_decl(struct module_scope *m, const struct core_module_decl *d, struct err *e)
{
    struct core_extern_type type;
    switch (d->kind) {
    case CORE_DECL_TYPE: vec_push(&m->types, type_of_def(d->def)); return true;
    case CORE_DECL_OUTER_ALIAS: return alias_core_type(m, d, e);
    case CORE_DECL_IMPORT:
        if (!resolve_extern(m, d, &type, e))
            return false;
        vec_push(&m->imports, (struct core_import){ d->module, d->name, type });
        return true;
    case CORE_DECL_EXPORT:
        if (!resolve_extern(m, d, &type, e))
            return false;
        vec_push(&m->exports, (struct core_export){ .name = d->name, .type = type });
        return true;
    }
    __builtin_unreachable();
}

static bool finish_module_type(const struct module_scope *m, uint64_t offset, struct core_module_type *ret,
                               struct err *e)
{
    struct arena *a = m->outer->checker->arena;
    struct core_import *imports = arena_new(a, struct core_import, m->imports.len);
    struct core_export *exports = arena_new(a, struct core_export, m->exports.len);
    if (m->imports.len)
        memcpy(imports, m->imports.at, m->imports.len * sizeof(*imports));
    if (m->exports.len)
        memcpy(exports, m->exports.at, m->exports.len * sizeof(*exports));
    *ret = (struct core_module_type){
        .imports = imports, .import_count = m->imports.len, .exports = exports, .export_count = m->exports.len
    };
    return core_module_type_sort(a, ret, offset, e);
}

static bool check_module_type(struct check_scope *s, const struct core_type_def *t, uint64_t offset,
                              struct core_module_type *ret, struct err *e)
{
    struct module_scope m = { .outer = s };
    bool ok = true;
    for (uint32_t i = 0; ok && i < t->decl_count; i++)
        ok = check_module_decl(&m, &t->decls[i], e);
    ok = ok && finish_module_type(&m, offset, ret, e);
    vec_fini(&m.types);
    vec_fini(&m.imports);
    vec_fini(&m.exports);
    return ok;
}

bool check_core_type(struct check_scope *s, const struct core_type_def *t, uint64_t offset, struct err *e)
{
    struct core_type_entry type = type_of_def(t);
    if (t->kind == CORE_TYPE_MODULE) {
        struct core_module_type *module = arena_new(s->checker->arena, struct core_module_type, 1);
        if (!check_module_type(s, t, offset, module, e))
            return err_wrap(e, "core type %" PRIu32 "%s", s->core_types.len,
                            NAMED(s, SORT_CORE_TYPE, s->core_types.len));
        type.module = module;
    }
    vec_push(&s->core_types, type);
    return true;
}
