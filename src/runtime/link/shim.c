/* Shims and fixups. Tools that make components out of core modules (wit-component) cannot import lowered functions that
 * need a memory before the memory's module exists. They let the module import a *shim*, whose functions call through a
 * table, and fill the table afterwards by instantiating a *fixup*, whose one element segment writes its imports there.
 *
 * Host functions need memory only when they are called, so the plan binds past the shim: an import of its function k
 * becomes the k-th function of the fixup's segment, where that is the host's. What cannot be called before the fixup
 * exists cannot tell the difference. When nothing needs the shim any more, both modules leave the plan. */
#include "runtime/binary/reader.h"
#include "runtime/link/scope.h"

enum {
    SECTION_TYPE = 1,
    SECTION_IMPORT,
    SECTION_FUNCTION,
    SECTION_TABLE,
    SECTION_MEMORY,
    SECTION_GLOBAL,
    SECTION_EXPORT,
    SECTION_START,
    SECTION_ELEMENT,
    SECTION_CODE,
    SECTION_DATA
};

enum { OP_CALL_INDIRECT = 0x11, OP_LOCAL_GET = 0x20, OP_I32_CONST = 0x41, OP_END = 0x0b };

/* Finds a section's bytes; false when there is none or the module is not laid out as expected. */
static bool find_section(bytes wasm, uint8_t id, struct reader *ret)
{
    struct reader r = reader_over(wasm, 0), section;
    struct err ignored;
    bytes preamble;
    if (!read_slice(&r, 8, &preamble, &ignored))
        return false;
    while (reader_left(&r)) {
        uint8_t found = 0;
        uint32_t size = 0;
        bytes body;
        if (!read_u8(&r, &found, &ignored) || !read_leb_u32(&r, &size, &ignored) ||
            !read_slice(&r, size, &body, &ignored))
            return false;
        section = reader_over(body, 0);
        if (found == id) {
            *ret = section;
            return true;
        }
    }
    return false;
}

static bool has_section(bytes wasm, uint8_t id)
{
    struct reader ignored;
    return find_section(wasm, id, &ignored);
}

/* local.get 0 … local.get n-1, i32.const k, call_indirect, end: `*ret_slot` becomes k. */
static bool read_trampoline(struct reader *code, uint32_t params, uint32_t *ret_slot)
{
    struct err ignored;
    uint32_t size = 0, locals = 0, index = 0, type = 0, table = 0;
    uint8_t op = 0;
    if (!read_leb_u32(code, &size, &ignored) || !read_leb_u32(code, &locals, &ignored) || locals)
        return false;
    for (uint32_t i = 0; i < params; i++)
        if (!read_u8(code, &op, &ignored) || op != OP_LOCAL_GET || !read_leb_u32(code, &index, &ignored) || index != i)
            return false;
    return read_u8(code, &op, &ignored) && op == OP_I32_CONST && read_leb_u32(code, ret_slot, &ignored) &&
           read_u8(code, &op, &ignored) && op == OP_CALL_INDIRECT && read_leb_u32(code, &type, &ignored) &&
           read_leb_u32(code, &table, &ignored) && table == 0 && read_u8(code, &op, &ignored) && op == OP_END;
}

/* A shim's functions: the table slot that each calls, by function index. */
struct shim {
    uint32_t *slots;
    uint32_t count;
    str table_export;
};

static const struct core_export *find_export(const struct core_module_type *t, enum core_extern_kind kind)
{
    for (uint32_t i = 0; i < t->export_count; i++)
        if (t->exports[i].type.kind == kind)
            return &t->exports[i];
    return NULL;
}

static uint32_t param_count(const struct core_module_type *t, uint32_t func)
{
    for (uint32_t i = 0; i < t->export_count; i++)
        if (t->exports[i].type.kind == CORE_EXTERN_FUNC && t->exports[i].index == func)
            return t->exports[i].type.func->param_count;
    return UINT32_MAX;
}

/* Is this module nothing but functions that call through the table it exports? */
static bool is_shim(struct arena *a, const struct plan_module *m, struct shim *ret)
{
    const struct core_module_type *t = &m->outside.type;
    const struct core_export *table = find_export(t, CORE_EXTERN_TABLE);
    struct reader code;
    struct err ignored;
    uint32_t count = 0;
    if (t->import_count || !table || m->outside.table_count != 1 || m->outside.memory_count ||
        m->outside.global_count || m->outside.has_start || has_section(m->wasm, SECTION_ELEMENT) ||
        !find_section(m->wasm, SECTION_CODE, &code) || !read_leb_u32(&code, &count, &ignored) ||
        count != m->outside.func_count)
        return false;
    ret->slots = arena_new(a, uint32_t, count);
    ret->count = count;
    ret->table_export = table->name;
    for (uint32_t i = 0; i < count; i++)
        if (!read_trampoline(&code, param_count(t, i), &ret->slots[i]))
            return false;
    return reader_left(&code) == 0;
}

/* A fixup: the imported function that it writes into each table slot. */
struct fixup {
    uint32_t *funcs; /* import index among the functions, by slot */
    uint32_t count;
};

/* Is this module one element segment at offset 0 of its imported table, made of its imported functions? */
static bool is_fixup(struct arena *a, const struct plan_module *m, struct fixup *ret)
{
    struct reader r;
    struct err ignored;
    uint32_t segments = 0, flags = 0, offset = 0;
    uint8_t op = 0;
    if (m->outside.type.export_count || m->outside.func_count || m->outside.memory_count || m->outside.table_count ||
        m->outside.global_count || has_section(m->wasm, SECTION_DATA) || !find_section(m->wasm, SECTION_ELEMENT, &r))
        return false;
    if (!read_leb_u32(&r, &segments, &ignored) || segments != 1 || !read_leb_u32(&r, &flags, &ignored) || flags != 0 ||
        !read_u8(&r, &op, &ignored) || op != OP_I32_CONST || !read_leb_u32(&r, &offset, &ignored) || offset != 0 ||
        !read_u8(&r, &op, &ignored) || op != OP_END || !read_leb_u32(&r, &ret->count, &ignored) ||
        ret->count > reader_left(&r))
        return false;
    ret->funcs = arena_new(a, uint32_t, ret->count);
    for (uint32_t i = 0; i < ret->count; i++)
        if (!read_leb_u32(&r, &ret->funcs[i], &ignored))
            return false;
    return reader_left(&r) == 0;
}

/* The step's n-th imported function. */
static const struct plan_ref *nth_func(const struct plan_step *s, uint32_t n)
{
    for (uint32_t i = 0; i < s->import_count; i++)
        if (s->imports[i].kind == CORE_EXTERN_FUNC && n-- == 0)
            return &s->imports[i].ref;
    return NULL;
}

static bool fills_table_of(const struct plan_step *fixup, uint32_t shim_step, str table)
{
    for (uint32_t i = 0; i < fixup->import_count; i++) {
        const struct plan_import *x = &fixup->imports[i];
        if (x->kind == CORE_EXTERN_TABLE)
            return x->ref.kind == PLAN_EXPORT && x->ref.index == shim_step && str_eq(x->ref.name, table);
    }
    return false;
}

/* What the shim's exported function ends up calling, when that is the host's; NULL otherwise. */
static const struct plan_ref *behind_shim(const struct plan *p, const struct plan_step *shim_step,
                                          const struct shim *shim, const struct plan_step *fixup_step,
                                          const struct fixup *fixup, str name)
{
    const struct core_module_type *t = &p->modules.at[shim_step->module].outside.type;
    for (uint32_t i = 0; i < t->export_count; i++) {
        if (t->exports[i].type.kind != CORE_EXTERN_FUNC || !str_eq(t->exports[i].name, name))
            continue;
        uint32_t func = t->exports[i].index;
        if (func >= shim->count || shim->slots[func] >= fixup->count)
            return NULL;
        const struct plan_ref *ref = nth_func(fixup_step, fixup->funcs[shim->slots[func]]);
        return ref && ref->kind == PLAN_TRAMPOLINE ? ref : NULL;
    }
    return NULL;
}

static void update_host_only(struct plan_step *s)
{
    s->host_only = true;
    for (uint32_t i = 0; i < s->import_count; i++)
        s->host_only &= s->imports[i].ref.kind == PLAN_TRAMPOLINE;
}

/* Rebinds the imports of other steps; true when none of them needs the shim any more. */
static bool rebind(struct arena *a, struct plan *p, uint32_t shim_at, const struct shim *shim, uint32_t fixup_at,
                   const struct fixup *fixup)
{
    bool unused = true;
    for (uint32_t k = 0; k < p->steps.len; k++) {
        struct plan_step *s = &p->steps.at[k];
        if (k == fixup_at || s->module == PLAN_NONE)
            continue;
        struct plan_import *imports = arena_new(a, struct plan_import, s->import_count);
        for (uint32_t i = 0; i < s->import_count; i++) {
            imports[i] = s->imports[i];
            if (imports[i].ref.kind != PLAN_EXPORT || imports[i].ref.index != shim_at)
                continue;
            const struct plan_ref *ref =
                behind_shim(p, &p->steps.at[shim_at], shim, &p->steps.at[fixup_at], fixup, imports[i].ref.name);
            if (ref)
                imports[i].ref = *ref;
            else
                unused = false;
        }
        s->imports = imports;
        update_host_only(s);
    }
    return unused;
}

static void shift_ref(struct plan_ref *r, uint32_t removed)
{
    if (r->kind == PLAN_EXPORT && r->index > removed)
        r->index--;
}

/* Takes a step out; nothing refers to it. */
static void remove_step(struct arena *a, struct plan *p, uint32_t at)
{
    for (uint32_t k = at; k + 1 < p->steps.len; k++)
        p->steps.at[k] = p->steps.at[k + 1];
    p->steps.len--;
    for (uint32_t k = 0; k < p->steps.len; k++) {
        struct plan_step *s = &p->steps.at[k];
        struct plan_import *imports = arena_new(a, struct plan_import, s->import_count);
        for (uint32_t i = 0; i < s->import_count; i++) {
            imports[i] = s->imports[i];
            shift_ref(&imports[i].ref, at);
        }
        s->imports = imports;
        shift_ref(&s->call, at);
    }
    for (uint32_t k = 0; k < p->funcs.len; k++)
        shift_ref(&p->funcs.at[k].core, at);
    for (uint32_t k = 0; k < p->memories.len; k++)
        shift_ref(&p->memories.at[k], at);
    for (uint32_t k = 0; k < p->core_funcs.len; k++)
        shift_ref(&p->core_funcs.at[k], at);
}

/* A fixup's start function is an import: its call alone remains. False when it is something else. */
static bool start_call(const struct plan *p, const struct plan_step *fixup, struct plan_ref *ret)
{
    struct reader r;
    struct err ignored;
    uint32_t func = 0;
    if (!find_section(p->modules.at[fixup->module].wasm, SECTION_START, &r) || !read_leb_u32(&r, &func, &ignored))
        return false;
    const struct plan_ref *ref = nth_func(fixup, func);
    if (!ref || ref->kind != PLAN_EXPORT)
        return false;
    *ret = *ref;
    return true;
}

static bool refers_to(const struct plan *p, uint32_t step)
{
    for (uint32_t k = 0; k < p->funcs.len; k++)
        if (p->funcs.at[k].core.kind == PLAN_EXPORT && p->funcs.at[k].core.index == step)
            return true;
    for (uint32_t k = 0; k < p->memories.len; k++)
        if (p->memories.at[k].kind == PLAN_EXPORT && p->memories.at[k].index == step)
            return true;
    for (uint32_t k = 0; k < p->core_funcs.len; k++)
        if (p->core_funcs.at[k].kind == PLAN_EXPORT && p->core_funcs.at[k].index == step)
            return true;
    return false;
}

static void bypass(struct arena *a, struct plan *p, uint32_t shim_at, const struct shim *shim, uint32_t fixup_at,
                   const struct fixup *fixup)
{
    if (!rebind(a, p, shim_at, shim, fixup_at, fixup) || refers_to(p, shim_at) || refers_to(p, fixup_at))
        return;
    struct plan_step *f = &p->steps.at[fixup_at];
    struct plan_ref start;
    if (p->modules.at[f->module].outside.has_start) {
        if (!start_call(p, f, &start))
            return;
        *f = (struct plan_step){ .module = PLAN_NONE, .call = start };
    } else {
        remove_step(a, p, fixup_at);
    }
    remove_step(a, p, shim_at);
}

/* The fixup of a shim comes after it; there is one. */
static bool find_fixup(struct arena *a, const struct plan *p, uint32_t shim_at, str table, uint32_t *ret_at,
                       struct fixup *ret)
{
    for (uint32_t k = shim_at + 1; k < p->steps.len; k++) {
        const struct plan_step *s = &p->steps.at[k];
        if (s->module != PLAN_NONE && fills_table_of(s, shim_at, table)) {
            *ret_at = k;
            return is_fixup(a, &p->modules.at[s->module], ret);
        }
    }
    return false;
}

void plan_bypass_shims(struct arena *a, struct plan *p)
{
    /* Backwards, since removing steps moves those behind. */
    for (uint32_t k = p->steps.len; k-- > 0;) {
        struct shim shim;
        struct fixup fixup;
        uint32_t fixup_at = 0;
        if (p->steps.at[k].module != PLAN_NONE && is_shim(a, &p->modules.at[p->steps.at[k].module], &shim) &&
            find_fixup(a, p, k, shim.table_export, &fixup_at, &fixup))
            bypass(a, p, k, &shim, fixup_at, &fixup);
    }
}
