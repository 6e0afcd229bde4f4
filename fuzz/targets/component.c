/* Components from anywhere: reading, checking and linking must end, in bounded memory, with the same answer
 * twice; what is accepted must number its resources as the linker expects, and a plan must refer to what it has. */
#include <assert.h>

#include "runtime/binary/instrument.h"
#include "runtime/link/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_INPUT = 1 << 16 };

static void check_resource(const struct component_info *info, const struct resource_type *r)
{
    assert(r->index < info->resource_count);
}

static void check_value(const struct component_info *info, const struct type *t)
{
    if (t && (t->kind == TYPE_OWN || t->kind == TYPE_BORROW))
        check_resource(info, t->of.resource);
}

static void check_instance(const struct component_info *info, const struct instance_type *t)
{
    assert(t->resource_count == 0);
    for (uint32_t i = 0; i < t->export_count; i++) {
        const struct named_item *x = &t->exports[i];
        assert(instance_type_export(t, x->name) == x);
        if (x->type.kind == ITEM_RESOURCE)
            check_resource(info, x->type.of.resource);
        if (x->type.kind == ITEM_INSTANCE)
            check_instance(info, x->type.of.instance);
    }
}

static void check_info(const struct component *c)
{
    const struct component_info *info = c->info;
    for (uint32_t i = 0; i < info->types.len; i++) {
        if (info->types.at[i].kind == DEFTYPE_RESOURCE)
            check_resource(info, info->types.at[i].of.resource);
        if (info->types.at[i].kind == DEFTYPE_VALUE)
            check_value(info, info->types.at[i].of.value);
    }
    for (uint32_t i = 0; i < info->funcs.len; i++) {
        check_value(info, info->funcs.at[i]->result);
        for (uint32_t k = 0; k < info->funcs.at[i]->param_count; k++)
            check_value(info, info->funcs.at[i]->params[k].type);
    }
    for (uint32_t i = 0; i < info->instances.len; i++)
        check_instance(info, info->instances.at[i]);
    for (uint32_t i = 0; i < c->def_count; i++)
        if (c->defs[i].kind == DEF_COMPONENT)
            check_info(c->defs[i].of.component);
}

/* `steps`: those that exist when it is used. */
static void check_ref(const struct plan *p, const struct plan_ref *ref, uint32_t steps)
{
    assert(ref->index < (ref->kind == PLAN_EXPORT ? steps : p->trampolines.len));
}

static void check_options(const struct plan *p, const struct plan_options *o)
{
    assert(o->memory == PLAN_NONE || o->memory < p->memories.len);
    assert(o->realloc == PLAN_NONE || o->realloc < p->core_funcs.len);
    assert(o->post_return == PLAN_NONE || o->post_return < p->core_funcs.len);
}

static void check_trampoline(const struct plan *p, const struct plan_trampoline *t)
{
    assert(t->component_instance < p->containers.len);
    check_options(p, &t->options);
    if (t->callee) {
        assert(t->callee->core < p->core_funcs.len && t->callee->component_instance < p->containers.len);
        check_options(p, &t->callee->options);
    }
    for (uint32_t i = 0; i < t->entered.count; i++)
        assert(t->entered.at[i] < p->containers.len);
}

/* One that the linker has made: well formed and restorable. */
static void check_made_module(bytes wasm)
{
    struct instrument_facts facts = { 0 };
    struct err e;
    assert(instrument_scan(wasm, &facts, &e) && !instrument_obstacle(&facts).ptr);
}

static void check_plan(const struct plan *p)
{
    for (uint32_t i = 0; i < p->modules.len; i++)
        if (!p->modules.at[i].offset)
            check_made_module(p->modules.at[i].wasm);
    for (uint32_t i = 0; i < p->steps.len; i++) {
        const struct plan_step *s = &p->steps.at[i];
        assert(s->module == PLAN_NONE || s->module < p->modules.len);
        if (s->module == PLAN_NONE)
            check_ref(p, &s->call, i);
        for (uint32_t k = 0; k < s->import_count; k++)
            check_ref(p, &s->imports[k].ref, i);
    }
    for (uint32_t i = 0; i < p->trampolines.len; i++)
        check_trampoline(p, &p->trampolines.at[i]);
    for (uint32_t i = 0; i < p->core_funcs.len; i++)
        check_ref(p, &p->core_funcs.at[i], p->steps.len);
    for (uint32_t i = 0; i < p->memories.len; i++)
        check_ref(p, &p->memories.at[i], p->steps.len);
    for (uint32_t i = 0; i < p->funcs.len; i++)
        check_options(p, &p->funcs.at[i].options);
}

/* With a host that offers nothing; what needs one is refused. */
static void link_alone(struct arena *a, const struct component *c)
{
    const struct link_host host = { 0 };
    const str name = STR_NONE;
    const struct link_chain chain = { &c, &name, 1 };
    struct plan plan;
    struct err e = ERR_INIT;
    if (link_components(a, &chain, &host, &plan, &e)) {
        check_plan(&plan);
        plan_fini(&plan);
    } else {
        assert(e.kind != ERR_NONE && e.text[0]);
    }
}

static bool check_bytes(bytes wasm, struct err *e)
{
    struct arena arena;
    struct component *c = NULL;
    arena_init(&arena);
    bool ok =
        component_read_with(&arena, wasm, FEATURE_MAP | FEATURE_FIXED_LIST, &c, e) && component_check(&arena, c, e);
    if (ok) {
        check_info(c);
        link_alone(&arena, c);
    }
    arena_fini(&arena);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err first = ERR_INIT, second = ERR_INIT;
    if (size > MAX_INPUT)
        return 0;
    bool ok = check_bytes(bytes_from(data, size), &first);
    assert(check_bytes(bytes_from(data, size), &second) == ok);
    if (!ok) {
        assert(first.kind != ERR_NONE && first.text[0]);
        assert(first.offset != ERR_NO_OFFSET && first.offset <= size);
        assert(first.offset == second.offset && strcmp(first.text, second.text) == 0);
    }
    return 0;
}
