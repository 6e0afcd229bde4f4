/* Core instances, instances and aliases: entries that take from what is there already. Spec: Binary.md "Instance
 * Definitions", "Alias Definitions". */
#include "runtime/binary/sections.h"

static bool core_sort_of(uint8_t byte, enum sort *ret)
{
    switch (byte) {
    case 0x00: *ret = SORT_CORE_FUNC; return true;
    case 0x01: *ret = SORT_CORE_TABLE; return true;
    case 0x02: *ret = SORT_CORE_MEMORY; return true;
    case 0x03: *ret = SORT_CORE_GLOBAL; return true;
    case 0x04: *ret = SORT_CORE_TAG; return true;
    case 0x10: *ret = SORT_CORE_TYPE; return true;
    case 0x11: *ret = SORT_CORE_MODULE; return true;
    case 0x12: *ret = SORT_CORE_INSTANCE; return true;
    }
    return false;
}

bool read_sort(struct reader *r, const char *what, enum sort *ret, struct err *e)
{
    uint8_t byte = 0;
    if (!read_u8(r, &byte, e))
        return false;
    switch (byte) {
    case 0x00:
        if (!read_u8(r, &byte, e))
            return false;
        return core_sort_of(byte, ret) || reader_bad_byte(r, byte, what, e);
    case 0x01: *ret = SORT_FUNC; return true;
    case 0x02: return reader_gated(r, "values", "values", e);
    case 0x03: *ret = SORT_TYPE; return true;
    case 0x04: *ret = SORT_COMPONENT; return true;
    case 0x05: *ret = SORT_INSTANCE; return true;
    }
    return reader_bad_byte(r, byte, what, e);
}

bool read_sort_idx(struct reader *r, struct sort_idx *ret, struct err *e)
{
    if (!read_sort(r, "component external kind", &ret->sort, e))
        return false;
    if (ret->sort < SORT_FUNC && ret->sort != SORT_CORE_MODULE)
        return reader_bad_byte(r, r->at[-1], "component external kind: of the core sorts only modules", e);
    return read_leb_u32(r, &ret->index, e);
}

static bool read_core_arg(struct reader *r, struct named_sort_idx *ret, struct err *e)
{
    uint8_t sort = 0;
    if (!read_name(r, &ret->name, e) || !read_u8(r, &sort, e))
        return false;
    if (sort != 0x12)
        return reader_bad_byte(r, sort, "instantiation arg kind", e);
    ret->item.sort = SORT_CORE_INSTANCE;
    return read_leb_u32(r, &ret->item.index, e);
}

static bool read_core_export(struct reader *r, struct named_sort_idx *ret, struct err *e)
{
    uint8_t sort = 0;
    if (!read_name(r, &ret->name, e) || !read_u8(r, &sort, e))
        return false;
    if (!core_sort_of(sort, &ret->item.sort) || ret->item.sort > SORT_CORE_TAG)
        return reader_bad_byte(r, sort, "external kind", e);
    return read_leb_u32(r, &ret->item.index, e);
}

static bool read_arg(struct reader *r, struct named_sort_idx *ret, struct err *e)
{
    return read_name(r, &ret->name, e) && read_sort_idx(r, &ret->item, e);
}

static bool read_inline_export(struct reader *r, struct named_sort_idx *ret, struct err *e)
{
    struct extern_name name = { 0 };
    if (!read_extern_name(r, &name, e) || !read_sort_idx(r, &ret->item, e))
        return false;
    ret->name = name.name;
    ret->implements = name.implements;
    return true;
}

typedef bool read_item_fn(struct reader *r, struct named_sort_idx *ret, struct err *e);

/* 00 index args | 01 exports: the same for both sorts of instances but for what their items look like. */
static bool read_instance_expr(struct component_reading *c, const char *what, enum def_kind kind,
                               read_item_fn *read_arg_item, read_item_fn *read_export_item, struct err *e)
{
    struct def d = { .kind = kind, .offset = reader_pos(&c->r) };
    uint8_t form = 0;
    if (!read_u8(&c->r, &form, e))
        return false;
    if (form > 1)
        return reader_bad_byte(&c->r, form, what, e);
    d.of.instance.instantiates = form == 0;
    uint32_t count = 0;
    if ((form == 0 && !read_leb_u32(&c->r, &d.of.instance.index, e)) ||
        !read_count(&c->r, form == 0 ? "instantiation arguments" : "inline exports", MAX_ARGS, &count, e))
        return false;
    struct named_sort_idx *items = arena_new(c->arena, struct named_sort_idx, count);
    read_item_fn *read_item = form == 0 ? read_arg_item : read_export_item;
    for (uint32_t i = 0; i < count; i++)
        if (!read_item(&c->r, &items[i], e))
            return false;
    d.of.instance.args = items;
    d.of.instance.arg_count = count;
    vec_push(&c->defs, d);
    return true;
}

bool read_core_instance(struct component_reading *c, struct err *e)
{
    return read_instance_expr(c, "core instance", DEF_CORE_INSTANCE, read_core_arg, read_core_export, e);
}

bool read_instance(struct component_reading *c, struct err *e)
{
    return read_instance_expr(c, "instance", DEF_INSTANCE, read_arg, read_inline_export, e);
}

/* --- Aliases --- */

static bool outer_sort_allowed(enum sort sort)
{
    return sort == SORT_CORE_MODULE || sort == SORT_CORE_TYPE || sort == SORT_TYPE || sort == SORT_COMPONENT;
}

bool read_alias_def(struct reader *r, struct alias_def *ret, struct err *e)
{
    static const char what[] = "component outer alias kind";
    *ret = (struct alias_def){ 0 };
    if (!read_sort(r, what, &ret->sort, e))
        return false;
    uint8_t sort_byte = r->at[-1], target = 0;
    bool core = ret->sort <= SORT_CORE_TAG;
    if (!read_u8(r, &target, e))
        return false;
    switch (target) {
    case 0x00:
        ret->target = ALIAS_EXPORT;
        if (ret->sort < SORT_FUNC && ret->sort != SORT_CORE_MODULE)
            return reader_bad_byte(r, sort_byte, "component export alias kind", e);
        return read_leb_u32(r, &ret->instance, e) && read_name(r, &ret->name, e);
    case 0x01:
        ret->target = ALIAS_CORE_EXPORT;
        if (!core)
            return reader_bad_byte(r, sort_byte, "core export alias kind", e);
        return read_leb_u32(r, &ret->instance, e) && read_name(r, &ret->name, e);
    case 0x02:
        ret->target = ALIAS_OUTER;
        if (!outer_sort_allowed(ret->sort))
            return reader_bad_byte(r, sort_byte, what, e);
        return read_leb_u32(r, &ret->outer_count, e) && read_leb_u32(r, &ret->outer_index, e);
    }
    return reader_bad_byte(r, target, "alias", e);
}

bool read_alias(struct component_reading *c, struct err *e)
{
    struct def d = { .kind = DEF_ALIAS, .offset = reader_pos(&c->r) };
    if (!read_alias_def(&c->r, &d.of.alias, e))
        return false;
    vec_push(&c->defs, d);
    return true;
}
