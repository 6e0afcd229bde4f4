/* Imports that the next component of a chain serves. The two have been checked each by itself, so their types are
 * compared here, as those of the host's interfaces are. */
#include "runtime/link/scope.h"

/* What stands before a type of the importer in errors. */
static const char imports[] = "the middleware imports";

struct pairing {
    const struct scope *importer, *exporter;
};

/* Are both bound to one resource type? */
static bool same_resource(void *ctx, const struct resource_type *want, const struct resource_type *got)
{
    const struct pairing *p = ctx;
    return p->importer->resources[want->index] == p->exporter->resources[got->index];
}

static bool bind_resource(struct scope *s, const struct resource_type *want, const struct resource_type *got,
                          struct err *e)
{
    const struct resource_type **bound = &s->resources[want->index];
    const struct resource_type *concrete = s->behind->resources[got->index];
    if (*bound && *bound != concrete)
        return err_set(e, ERR_LINK, "it is another resource");
    *bound = concrete;
    return true;
}

static bool match_type(struct pairing *p, const struct type_entry *want, const struct type_entry *got, struct err *e)
{
    if (want->kind != DEFTYPE_VALUE || got->kind != DEFTYPE_VALUE)
        return err_set(e, ERR_LINK, "it is of another kind");
    return type_expect(want->of.value, got->of.value, same_resource, p, "it", imports, e);
}

static bool match_item(struct scope *s, const struct item_type *want, const struct item_type *got, struct err *e)
{
    struct pairing p = { s, s->behind };
    if (want->kind != got->kind)
        return err_set(e, ERR_LINK, "it is of another kind");
    switch (want->kind) {
    case ITEM_RESOURCE: return bind_resource(s, want->of.resource, got->of.resource, e);
    case ITEM_TYPE: return match_type(&p, want->of.type, got->of.type, e);
    case ITEM_FUNC: return func_type_expect(want->of.func, got->of.func, same_resource, &p, imports, e);
    case ITEM_CORE_MODULE:
    case ITEM_COMPONENT:
    case ITEM_INSTANCE: break;
    }
    return err_set(e, ERR_UNSUPPORTED, "only types and functions pass between the components of a chain");
}

static bool match_instance(struct scope *s, const struct instance_type *want, const struct instance_type *got,
                           struct err *e)
{
    for (uint32_t i = 0; i < want->export_count; i++) {
        const struct named_item *x = &want->exports[i], *have = instance_type_export(got, x->name);
        if (!have)
            return err_set(e, ERR_LINK, "'%.*s' is not among what the component behind it exports", STR_ARG(x->name));
        if (!match_item(s, &x->type, &have->type, e))
            return err_wrap(e, "'%.*s' as the component behind it exports it", STR_ARG(x->name));
    }
    return true;
}

/* The checker's type of an export, by its name. */
static const struct instance_type *export_type(const struct scope *s, str name)
{
    const struct component_type *t = &s->info->type;
    for (uint32_t i = 0; i < t->export_count; i++)
        if (t->exports[i].type.kind == ITEM_INSTANCE && str_eq(t->exports[i].name, name))
            return t->exports[i].type.of.instance;
    return NULL;
}

bool scope_import_from_behind(struct scope *s, str name, const struct instance_type *type, bool *ret_found,
                              struct link_item *ret, struct err *e)
{
    *ret_found = false;
    for (uint32_t i = 0; s->behind && i < s->behind->exports.len; i++) {
        const struct link_named_item *x = &s->behind->exports.at[i];
        if (x->item.kind != ITEM_INSTANCE || !link_names_match(name, x->name))
            continue;
        *ret_found = s->uses_behind = true;
        *ret = x->item;
        return match_instance(s, type, export_type(s->behind, x->name), e);
    }
    return true;
}
