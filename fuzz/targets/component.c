/* Components from anywhere: reading and checking must end, in bounded memory, with the same answer
 * twice; what is accepted must number its resources as the linker expects. */
#include <assert.h>

#include "runtime/check/check.h"

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

static bool check_bytes(bytes wasm, struct err *e)
{
    struct arena arena;
    struct component *c = NULL;
    arena_init(&arena);
    bool ok = component_read(&arena, wasm, &c, e) && component_check(&arena, c, e);
    if (ok)
        check_info(c);
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
