/* Instances: of a component with its arguments, or made of items at hand. Spec: Explainer.md "Instance Definitions",
 * "Type Checking". */
#include <assert.h>
#include <inttypes.h>

#include "runtime/check/checker.h"

/* Arguments by name; the values point into `items`. */
struct args {
    struct map by_name;
    struct item_type *items;
};

static bool collect_args(const struct check_scope *s, const struct def *d, struct args *args, struct err *e)
{
    args->items = arena_new(s->checker->arena, struct item_type, d->of.instance.arg_count);
    for (uint32_t i = 0; i < d->of.instance.arg_count; i++) {
        const struct named_sort_idx *arg = &d->of.instance.args[i];
        if (!map_add(&args->by_name, arg->name, &args->items[i]))
            return err_at(e, ERR_INVALID, d->offset,
                          "instantiation argument `%.*s` conflicts with previous argument `%.*s`", STR_ARG(arg->name),
                          STR_ARG(arg->name));
        if (!scope_item(s, &arg->item, d->offset, &args->items[i], e))
            return err_wrap(e, "instantiation argument `%.*s`", STR_ARG(arg->name));
    }
    return true;
}

static bool match_args(struct match *m, const struct component_type *t, const struct args *args, struct err *e)
{
    for (uint32_t i = 0; i < t->imported_count; i++)
        match_bindable(m, t->imported[i]);
    for (uint32_t i = 0; i < t->import_count; i++) {
        const struct item_type *arg = map_get(&args->by_name, t->imports[i].name);
        if (!arg)
            return err_set(e, ERR_INVALID, "missing import named `%.*s`", STR_ARG(t->imports[i].name));
        if (!match_item(m, &t->imports[i].type, arg, e))
            return err_wrap(e, "type mismatch for import `%.*s`", STR_ARG(t->imports[i].name));
    }
    for (uint32_t i = 0; i < t->imported_count; i++)
        assert(match_is_bound(m, t->imported[i])); /* each is the item of an import, or is inside of one */
    return true;
}

/* The instance's exports: arguments in the place of imports, new resources in that of those which the component
 * defines. */
static bool instance_of(struct check_scope *s, const struct component_type *t, struct ptr_map *arguments,
                        struct instance_type **ret, struct err *e)
{
    struct subst subst = { .checker = s->checker, .map = *arguments };
    const struct named_item *exports = NULL;
    *arguments = (struct ptr_map){ 0 };
    bool ok = work_add(s->checker, t->defined_count, e);
    for (uint32_t i = 0; ok && i < t->defined_count; i++)
        ptr_map_set(&subst.map, t->defined[i], &scope_new_resource(s, t->defined[i]->name, false)->type);
    ok = ok && subst_items(&subst, t->exports, t->export_count, &exports, e) &&
         work_add(s->checker, t->export_count, e) &&
         instance_type_new(s->checker->arena, exports, t->export_count, ret, e);
    subst_fini(&subst);
    return ok;
}

static bool instantiate(struct check_scope *s, const struct def *d, struct instance_type **ret, struct err *e)
{
    if (d->of.instance.index >= s->components.len)
        return unknown_index(e, d->offset, "component", d->of.instance.index);
    const struct component_type *t = s->components.at[d->of.instance.index];
    struct args args = { 0 };
    struct match m;
    map_init(&args.by_name);
    match_init(&m, s->checker);
    bool ok = collect_args(s, d, &args, e) && match_args(&m, t, &args, e) && instance_of(s, t, &m.map, ret, e);
    match_fini(&m);
    map_fini(&args.by_name);
    return ok || located(e, d->offset);
}

static bool bag(struct check_scope *s, const struct def *d, struct instance_type **ret, struct err *e)
{
    struct namespace n;
    bool ok = true;
    namespace_init(&n);
    for (uint32_t i = 0; ok && i < d->of.instance.arg_count; i++) {
        const struct named_sort_idx *x = &d->of.instance.args[i];
        const struct extern_name name = { .name = x->name, .implements = x->implements };
        struct item_type item;
        ok = scope_item(s, &x->item, d->offset, &item, e);
        if (ok && (item.kind == ITEM_TYPE || item.kind == ITEM_RESOURCE))
            item = item_renamed(s->checker->arena, &item);
        ok = ok && namespace_add(s->checker, &n, &name, &item, true, d->offset, e);
    }
    ok = ok && (instance_type_new(s->checker->arena, n.items.at, n.items.len, ret, e) || located(e, d->offset));
    namespace_fini(&n);
    return ok;
}

bool check_instance(struct check_scope *s, const struct def *d, struct err *e)
{
    struct instance_type *t = NULL;
    if (!(d->of.instance.instantiates ? instantiate(s, d, &t, e) : bag(s, d, &t, e)))
        return err_wrap(e, "instance %" PRIu32 "%s", s->instances.len, NAMED(s, SORT_INSTANCE, s->instances.len));
    const struct item_type item = { .kind = ITEM_INSTANCE, .of.instance = t };
    return scope_push(s, &item, d->offset, e);
}
