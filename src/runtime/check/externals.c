/* Imports, exports, and inline exports: their names, attributes and what they add to index spaces. Spec: Explainer.md
 * "Import and Export Definitions"; Binary.md, the validation notes there. */
#include "runtime/check/checker.h"

static bool check_implements(const struct extern_name *name, const struct parsed_name *parsed,
                             const struct item_type *item, struct err *e)
{
    struct parsed_name value;
    if (!name->implements.ptr)
        return true;
    if (item->kind != ITEM_INSTANCE)
        return err_set(e, ERR_INVALID, "only instances can have an `implements` attribute: found %s",
                       item_kind_name(item));
    if (parsed->kind != NAME_LABEL)
        return err_set(e, ERR_INVALID, "name `%.*s` is not valid with `implements`: expected a plain name",
                       STR_ARG(name->name));
    if (name->implements.len == 0)
        return err_set(e, ERR_INVALID, "`` is not a valid name for `implements`");
    if (!name_parse(name->implements, &value, e))
        return err_wrap(e, "`implements` is not a valid name");
    if (value.kind != NAME_INTERFACE)
        return err_set(e, ERR_INVALID, "`implements` name `%.*s` must be an interface", STR_ARG(name->implements));
    return true;
}

/* Notes under which name a resource goes here, for the functions named after it. */
static void note_resource(struct checker *c, struct namespace *n, const struct parsed_name *name,
                          const struct item_type *item)
{
    if (item->kind != ITEM_RESOURCE || name->kind != NAME_LABEL)
        return;
    str *kept = arena_new(c->arena, str, 1);
    *kept = name->whole;
    ptr_map_set(&n->resource_names, item->entry, kept);
    map_add(&n->resources, name->whole, kept);
}

bool namespace_add(struct checker *c, struct namespace *n, const struct extern_name *name, const struct item_type *item,
                   bool is_export, uint64_t offset, struct err *e)
{
    struct parsed_name parsed;
    str previous = STR_NONE;
    const char *what = is_export ? "export" : "import";
    if (!name_parse(name->name, &parsed, e))
        return located(e, offset);
    if (!name_set_add(c->arena, &n->names, &parsed, &previous))
        return err_at(e, ERR_INVALID, offset, "%s name `%.*s` conflicts with previous name `%.*s`", what,
                      STR_ARG(name->name), STR_ARG(previous));
    if (!check_implements(name, &parsed, item, e))
        return located(e, offset);
    note_resource(c, n, &parsed, item);
    if (!check_annotated_name(n, &parsed, item, e)) {
        err_wrap(e, "%s `%.*s`", what, STR_ARG(name->name));
        return located(e, offset);
    }
    vec_push(&n->items, (struct named_item){
                            .name = name->name, .implements = name->implements, .type = *item, .offset = offset });
    return true;
}

/* What imports and exports have in common: rules, then the index space. */
static bool add_external(struct check_scope *s, const struct extern_name *name, const struct item_type *item,
                         bool is_export, uint64_t offset, struct err *e)
{
    if (!namespace_add(s->checker, is_export ? &s->exports : &s->imports, name, item, is_export, offset, e))
        return false;
    /* Instance types are looked through when they are given to an import or export. */
    if (s->kind != SCOPE_INSTANCE_TYPE && !check_visible(s, item, is_export, e)) {
        err_wrap(e, "%s `%.*s`", is_export ? "export" : "import", STR_ARG(name->name));
        return located(e, offset);
    }
    return scope_push(s, item, offset, e);
}

bool check_import(struct check_scope *s, const struct extern_name *name, const struct extern_desc *d, uint64_t offset,
                  struct err *e)
{
    struct item_type item;
    return check_extern_desc(s, d, name->name, true, offset, &item, e) &&
           add_external(s, name, &item, false, offset, e);
}

bool check_export_decl(struct check_scope *s, const struct extern_name *name, const struct extern_desc *d,
                       uint64_t offset, struct err *e)
{
    struct item_type item;
    return check_extern_desc(s, d, name->name, false, offset, &item, e) &&
           add_external(s, name, &item, true, offset, e);
}

/* The item as it is seen from the export on: as the description has it, of which it must be a subtype. Resources of the
 * description are new ones, behind which the item's own are hidden. */
static bool ascribe(struct check_scope *s, const struct def *d, struct item_type *item, struct err *e)
{
    uint32_t first = s->resources.len;
    struct item_type ascribed;
    if (!check_extern_desc(s, &d->of.export.desc, d->of.export.name.name, false, d->offset, &ascribed, e))
        return false;
    struct match m;
    match_init(&m, s->checker);
    for (uint32_t i = first; i < s->resources.len; i++)
        match_bindable(&m, &s->resources.at[i]->type);
    bool ok = match_item(&m, &ascribed, item, e);
    match_fini(&m);
    if (!ok) {
        err_wrap(e, "ascribed type of export is not compatible with its item");
        return located(e, d->offset);
    }
    *item = ascribed;
    return true;
}

/* A resource of this component goes by its first name from outside, which it may have within an exported instance. */
static void name_resource(struct check_scope *s, const struct item_type *item, str name)
{
    if (item->kind == ITEM_RESOURCE) {
        const struct resource *r = resource_of(item->of.resource);
        if (r->owner == s->id && r->type.name.len == 0)
            s->resources.at[r->type.index]->type.name = name;
    } else if (item->kind == ITEM_INSTANCE) {
        const struct instance_type *i = item->of.instance;
        for (uint32_t k = 0; k < i->export_count; k++)
            if (i->exports[k].type.kind == ITEM_RESOURCE)
                name_resource(s, &i->exports[k].type, i->exports[k].name);
    }
}

bool check_export(struct check_scope *s, const struct def *d, struct err *e)
{
    struct item_type item;
    if (!scope_item(s, &d->of.export.item, d->offset, &item, e))
        return false;
    name_resource(s, &item, d->of.export.name.name);
    if (d->of.export.has_desc) {
        if (!ascribe(s, d, &item, e))
            return false;
    } else if (item.kind == ITEM_TYPE || item.kind == ITEM_RESOURCE) {
        item = item_renamed(s->checker->arena, &item);
    }
    return add_external(s, &d->of.export.name, &item, true, d->offset, e);
}
