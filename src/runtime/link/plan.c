/* Plans as containers. */
#include "runtime/link/plan.h"

void plan_fini(struct plan *p)
{
    vec_fini(&p->modules);
    vec_fini(&p->steps);
    vec_fini(&p->trampolines);
    vec_fini(&p->funcs);
    vec_fini(&p->memories);
    vec_fini(&p->core_funcs);
    vec_fini(&p->resources);
    vec_fini(&p->containers);
}

uint32_t plan_resource_number(const struct plan *p, const struct resource_type *type)
{
    for (uint32_t i = 0; i < p->resources.len; i++)
        if (p->resources.at[i]->type == type)
            return i;
    return PLAN_NONE;
}

const struct plan_resource *plan_resource_of(const struct plan *p, const struct resource_type *type)
{
    uint32_t number = plan_resource_number(p, type);
    return number == PLAN_NONE ? NULL : p->resources.at[number];
}

bool plan_contains(const struct plan *p, uint32_t outer, uint32_t inner)
{
    for (uint32_t i = inner; i != PLAN_NONE; i = p->containers.at[i])
        if (i == outer)
            return true;
    return false;
}

bool plan_made_step(struct arena *a, struct plan *p, bytes wasm, const struct plan_ref *refs, struct plan_step *ret,
                    struct err *e)
{
    struct plan_module m = { .wasm = wasm };
    if (!core_module_read(a, wasm, 0, &m.outside, e))
        return false;
    const struct core_module_type *t = &m.outside.type;
    struct plan_import *imports = arena_new(a, struct plan_import, t->import_count);
    struct plan_step step = { p->modules.len, imports, t->import_count, .host_only = true };
    for (uint32_t i = 0; i < t->import_count; i++) {
        imports[i] = (struct plan_import){ t->imports[i].module, t->imports[i].name, t->imports[i].type.kind, refs[i] };
        step.host_only &= refs[i].kind == PLAN_TRAMPOLINE;
    }
    vec_push(&p->modules, m);
    *ret = step;
    return true;
}

bool plan_uses_module(const struct plan *p, uint32_t module)
{
    for (uint32_t i = 0; i < p->steps.len; i++)
        if (p->steps.at[i].module == module)
            return true;
    return false;
}
