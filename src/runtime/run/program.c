/* Programs: the way of a component from bytes to something that can be instantiated. */
#include "runtime/run/program_types.h"

#include <stdio.h>

#include "base/buf.h"
#include "berth/code_cache.h"
#include "runtime/check/check.h"
#include "runtime/link/link.h"
#include "runtime/host/host.h"
#include "runtime/run/trampoline.h"
#include "runtime/run/recycle.h"
#include "runtime/run/snapshot_file.h"

static void measure(struct program *p)
{
    struct program_needs *n = &p->needs;
    for (uint32_t i = 0; i < p->plan.steps.len; i++) {
        if (p->plan.steps.at[i].module == PLAN_NONE)
            continue;
        const struct core_module *m = &p->plan.modules.at[p->plan.steps.at[i].module].outside;
        n->core_instances++;
        n->memories += m->memory_count;
        n->tables += m->table_count;
        n->memory_min_bytes += m->memory_min_bytes;
        if (m->memory_min_bytes > n->memory_main_bytes)
            n->memory_main_bytes = m->memory_min_bytes;
        if (m->table_max_elements > n->table_elements)
            n->table_elements = m->table_max_elements;
    }
}

static bool read_component(struct program *p, bytes wasm, const struct component **ret, struct err *e)
{
    struct component *c = NULL;
    if (!component_read_with(&p->arena, wasm, p->options.features, &c, e) || !component_check(&p->arena, c, e))
        return false;
    *ret = c;
    return true;
}

/* The middleware and, behind it, the program's own component. */
static bool read_chain(struct program *p, bytes wasm, struct link_chain *ret, struct err *e)
{
    const struct program_options *o = &p->options;
    uint32_t len = (uint32_t)o->middleware_count + 1;
    const struct component **at = arena_new(&p->arena, const struct component *, len);
    str *names = arena_new(&p->arena, str, len);
    *ret = (struct link_chain){ at, names, len };
    for (uint32_t i = 0; i < len; i++) {
        bool own = i + 1 == len;
        names[i] = own ? o->name : o->middleware[i].name;
        if (!read_component(p, own ? wasm : o->middleware[i].wasm, &at[i], e))
            return len == 1 ? false : link_locate(e, names[i]);
    }
    return true;
}

static bool prepare(struct program *p, struct err *e)
{
    if (p->options.cache)
        cache_key_prepare(p);
    return !p->options.recycle || recycle_prepare(p, e);
}

bool program_open(bytes wasm, const struct program_options *o, struct program **ret, struct err *e)
{
    struct program *p = mem_new(struct program);
    arena_init(&p->arena);
    p->options = *o;
    p->wasm = wasm;
    struct link_chain chain;
    const struct link_host host = { o->wit, o->interfaces, o->interface_count };
    if (!read_chain(p, wasm, &chain, e) || !link_components(&p->arena, &chain, &host, &p->plan, e) || !prepare(p, e)) {
        program_free(p);
        return false;
    }
    measure(p);
    *ret = p;
    return true;
}

const struct program_needs *program_needs(const struct program *p)
{
    return &p->needs;
}

bool program_check_memory(const struct program *p, uint64_t limit, struct err *e)
{
    return !limit || p->needs.memory_min_bytes <= limit ||
           err_set(e, ERR_LIMIT, "the component starts with %llu KiB of memory, more than the limit of %llu bytes",
                   (unsigned long long)(p->needs.memory_min_bytes / 1024), (unsigned long long)limit);
}

static bool load_cached(struct program *p, str key, struct engine_module **ret)
{
    char path[4096];
    struct err ignored; /* code of another processor or a damaged file is compiled anew */
    return p->options.cache->find(p->options.cache, key, path, sizeof(path)) &&
           engine_module_load(p->engine, path, ret, &ignored);
}

static void keep_cached(struct program *p, str key, const struct engine_module *m)
{
    struct buf code;
    struct err ignored; /* a cache that cannot be filled costs time at the next start, nothing else */
    buf_init(&code, BUF_NO_LIMIT);
    if (engine_module_serialize(m, &code, &ignored))
        p->options.cache->store(p->options.cache, key, bytes_from(code.ptr, code.len));
    buf_fini(&code);
}

static bool compile_anew(struct program *p, uint32_t i, struct err *e)
{
    const struct plan_module *m = &p->plan.modules.at[i];
    struct buf rewritten;
    buf_init(&rewritten, BUF_NO_LIMIT);
    bool ok = recycle_rewrite(p, i, &rewritten, e);
    bytes wasm = rewritten.len ? bytes_from(rewritten.ptr, rewritten.len) : m->wasm;
    ok = ok && engine_compile(p->engine, wasm, &p->modules[i], e);
    buf_fini(&rewritten);
    if (ok)
        return true;
    e->offset = m->offset;
    return err_wrap(e, "core module %u", i);
}

static bool compile_module(struct program *p, uint32_t i, struct err *e)
{
    char key[CACHE_KEY_BYTES];
    if (!p->options.cache)
        return compile_anew(p, i, e);
    cache_key_of_code(p, i, key);
    if (load_cached(p, str_of(key), &p->modules[i]))
        return true;
    if (!compile_anew(p, i, e))
        return false;
    keep_cached(p, str_of(key), p->modules[i]);
    return true;
}

static bool compile_modules(struct program *p, struct err *e)
{
    size_t total = 0, done = 0;
    for (uint32_t i = 0; i < p->plan.modules.len; i++)
        total += plan_uses_module(&p->plan, i) ? p->plan.modules.at[i].wasm.len : 0;
    p->modules = mem_new_n(struct engine_module *, p->plan.modules.len);
    for (uint32_t i = 0; i < p->plan.modules.len; i++) {
        if (!plan_uses_module(&p->plan, i))
            continue;
        if (p->options.progress)
            p->options.progress(p->options.progress_ctx, done, total);
        if (!compile_module(p, i, e))
            return false;
        done += p->plan.modules.at[i].wasm.len;
    }
    if (p->options.progress)
        p->options.progress(p->options.progress_ctx, total, total);
    return true;
}

/* Defines the trampolines among a step's imports. */
static bool define_trampolines(const struct program *p, const struct plan_step *step, struct engine_linker *l,
                               struct err *e)
{
    for (uint32_t i = 0; i < step->import_count; i++) {
        const struct plan_import *x = &step->imports[i];
        if (x->ref.kind != PLAN_TRAMPOLINE)
            continue;
        struct plan_trampoline *t = &p->plan.trampolines.at[x->ref.index];
        if (!engine_linker_host(l, x->module, x->name, &t->signature, trampoline_call, t, e))
            return err_wrap(e, "import '%.*s' '%.*s'", STR_ARG(x->module), STR_ARG(x->name));
    }
    return true;
}

bool program_make_linkers(const struct program *p, struct engine_linker ***ret, struct err *e)
{
    struct engine_linker **linkers = mem_new_n(struct engine_linker *, p->plan.steps.len);
    *ret = linkers;
    for (uint32_t i = 0; i < p->plan.steps.len; i++) {
        const struct plan_step *s = &p->plan.steps.at[i];
        if (s->module == PLAN_NONE || s->host_only)
            continue;
        if (!engine_linker_new(p->engine, &linkers[i], e) || !define_trampolines(p, s, linkers[i], e))
            return false;
    }
    return true;
}

void program_free_linkers(const struct program *p, struct engine_linker **linkers)
{
    for (uint32_t i = 0; i < p->plan.steps.len; i++)
        engine_linker_free(linkers[i]);
    mem_free(linkers);
}

/* Steps whose imports are all the host's are resolved here, once for every store. */
static bool resolve_steps(struct program *p, struct err *e)
{
    p->linkers = mem_new_n(struct engine_linker *, p->plan.steps.len);
    p->pres = mem_new_n(struct engine_pre *, p->plan.steps.len);
    for (uint32_t i = 0; i < p->plan.steps.len; i++) {
        const struct plan_step *step = &p->plan.steps.at[i];
        if (step->module == PLAN_NONE || !step->host_only)
            continue;
        if (!engine_linker_new(p->engine, &p->linkers[i], e) || !define_trampolines(p, step, p->linkers[i], e) ||
            !engine_pre_new(p->linkers[i], p->modules[step->module], &p->pres[i], e))
            return err_wrap(e, "core module %u", step->module);
    }
    return true;
}

bool program_compile(struct program *p, struct engine *engine, struct err *e)
{
    p->engine = engine;
    bool ok = compile_modules(p, e) && resolve_steps(p, e);
    if (ok)
        snapshot_load(p);
    return ok;
}

void program_free(struct program *p)
{
    if (!p)
        return;
    for (struct program_func *f = p->funcs, *next; f; f = next) {
        next = f->next;
        mem_free(f);
    }
    for (uint32_t i = 0; p->pres && i < p->plan.steps.len; i++) {
        engine_pre_free(p->pres[i]);
        engine_linker_free(p->linkers[i]);
    }
    for (uint32_t i = 0; p->modules && i < p->plan.modules.len; i++)
        engine_module_free(p->modules[i]);
    mem_free(p->pres);
    mem_free(p->linkers);
    mem_free(p->modules);
    recycle_fini(p);
    plan_fini(&p->plan);
    arena_fini(&p->arena);
    mem_free(p);
}

/* --- Exported functions --- */

static const struct wit_func *find_wit_func(const struct program *p, str interface, str name)
{
    for (uint32_t i = 0; i < wit_interface_count(p->options.wit); i++) {
        const struct wit_interface *x = wit_interface_at(p->options.wit, i);
        for (uint32_t k = 0; link_names_match(interface, x->name) && k < x->func_count; k++)
            if (str_eq(x->funcs[k].name, name))
                return &x->funcs[k];
    }
    return NULL;
}

static const struct plan_func *find_plan_func(const struct program *p, str interface, str name)
{
    for (uint32_t i = 0; i < p->plan.funcs.len; i++) {
        const struct plan_func *f = &p->plan.funcs.at[i];
        if (link_names_match(interface, f->interface) && str_eq(f->name, name))
            return f;
    }
    return NULL;
}

static bool same_resource(void *ctx, const struct resource_type *want, const struct resource_type *got)
{
    const struct plan_func *f = ctx;
    return f->resources[got->index] == want;
}

static void func_measure(struct program_func *f, const struct func_type *type)
{
    f->type = type;
    f->params_size = abi_params_size(f->abi);
    f->result_size = abi_result_size(f->abi);
    func_type_flatten(type, false, &f->signature);
}

static bool func_init(struct program_func *f, const struct wit_func *wit, struct err *e)
{
    struct plan_func plan = *f->plan;
    if (!func_type_expect(wit->type, plan.type, same_resource, &plan, "the host calls", e))
        return false;
    if (!abi_compile(&f->program->arena, wit->type, NULL, &f->abi, e))
        return false;
    func_measure(f, wit->type);
    return true;
}

static struct program_func *func_new(struct program *p, const struct plan_func *plan)
{
    struct program_func *f = mem_new(struct program_func);
    f->program = p;
    f->plan = plan;
    f->next = p->funcs;
    p->funcs = f;
    return f;
}

const struct func_type *program_func_type(const struct program_func *f)
{
    return f->type;
}

size_t program_func_params_size(const struct program_func *f)
{
    return f->params_size;
}

bool program_func_resource_is_host(const struct program_func *f, const struct resource_type *r)
{
    return plan_resource_of(&f->program->plan, f->type == f->plan->type ? f->plan->resources[r->index] : r)->host;
}

size_t program_func_result_size(const struct program_func *f)
{
    return f->result_size;
}

const struct program_func *program_export(struct program *p, str interface, str name, struct err *e)
{
    const struct plan_func *plan = find_plan_func(p, interface, name);
    struct abi_func *abi = NULL;
    if (!plan) {
        err_set(e, ERR_LINK, "the component does not export a function '%.*s'", STR_ARG(name));
        if (interface.len)
            err_set(e, ERR_LINK, "the component does not export a function '%.*s' in '%.*s'", STR_ARG(name),
                    STR_ARG(interface));
        return NULL;
    }
    if (!abi_compile(&p->arena, plan->type, plan->resources, &abi, e))
        return NULL;
    struct program_func *f = func_new(p, plan);
    f->abi = abi;
    func_measure(f, plan->type);
    return f;
}

const struct program_func *program_func(struct program *p, str interface, str name, struct err *e)
{
    const struct plan_func *plan = find_plan_func(p, interface, name);
    const struct wit_func *wit = find_wit_func(p, interface, name);
    if (!plan || !wit) {
        err_set(e, ERR_LINK, "the component does not export %.*s", STR_ARG(interface));
        return NULL;
    }
    struct program_func *f = func_new(p, plan);
    if (func_init(f, wit, e))
        return f;
    err_wrap(e, "export '%.*s' '%.*s'", STR_ARG(plan->interface), STR_ARG(name));
    return NULL;
}
