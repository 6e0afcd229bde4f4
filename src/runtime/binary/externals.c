/* Imports and exports: names with attributes, and descriptions. Spec: Binary.md "Import and Export Definitions". */
#include "runtime/binary/sections.h"

enum { MAX_ATTRIBUTES = 3 };

static bool read_attribute(struct reader *r, struct extern_name *name, struct err *e)
{
    static const char *const words[] = { "implements", "versionsuffix", "external-id" };
    uint64_t start = reader_pos(r);
    uint8_t kind = 0;
    str value = STR_NONE;
    if (!read_u8(r, &kind, e))
        return false;
    if (kind >= ARRAY_LEN(words))
        return reader_bad_byte(r, kind, "name option", e);
    if (kind == 1)
        return reader_gated(r, "version suffixes of names", "canonical names", e);
    if (!read_name(r, &value, e))
        return false;
    str *to = kind == 0 ? &name->implements : &name->external_id;
    if (to->ptr)
        return err_at(e, ERR_INVALID, start, "duplicate '%s' option in name", words[kind]);
    *to = value;
    return true;
}

bool read_extern_name(struct reader *r, struct extern_name *ret, struct err *e)
{
    uint8_t form = 0;
    uint32_t count = 0;
    *ret = (struct extern_name){ 0 };
    if (!read_u8(r, &form, e))
        return false;
    if (form > 2)
        return reader_bad_byte(r, form, "component name", e);
    if (!read_name(r, &ret->name, e))
        return false;
    if (form < 2)
        return true;
    if (!read_count(r, "name options", MAX_ATTRIBUTES, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_attribute(r, ret, e))
            return false;
    return true;
}

static bool read_type_bound(struct reader *r, struct extern_desc *ret, struct err *e)
{
    uint8_t bound = 0;
    if (!read_u8(r, &bound, e))
        return false;
    switch (bound) {
    case 0x00: ret->kind = EXTERN_TYPE_EQ; return read_leb_u32(r, &ret->index, e);
    case 0x01: ret->kind = EXTERN_TYPE_SUB_RESOURCE; return true;
    }
    return reader_bad_byte(r, bound, "type bound", e);
}

bool read_extern_desc(struct reader *r, struct extern_desc *ret, struct err *e)
{
    uint8_t kind = 0, sort = 0;
    *ret = (struct extern_desc){ 0 };
    if (!read_u8(r, &kind, e))
        return false;
    switch (kind) {
    case 0x00:
        ret->kind = EXTERN_CORE_MODULE;
        if (!read_u8(r, &sort, e))
            return false;
        if (sort != 0x11)
            return reader_bad_byte(r, sort, "component external kind", e);
        return read_leb_u32(r, &ret->index, e);
    case 0x01: ret->kind = EXTERN_FUNC; return read_leb_u32(r, &ret->index, e);
    case 0x02: return reader_gated(r, "values", "values", e);
    case 0x03: return read_type_bound(r, ret, e);
    case 0x04: ret->kind = EXTERN_COMPONENT; return read_leb_u32(r, &ret->index, e);
    case 0x05: ret->kind = EXTERN_INSTANCE; return read_leb_u32(r, &ret->index, e);
    }
    return reader_bad_byte(r, kind, "component external kind", e);
}

bool read_import(struct component_reading *c, struct err *e)
{
    struct def d = { .kind = DEF_IMPORT, .offset = reader_pos(&c->r) };
    if (!read_extern_name(&c->r, &d.of.import.name, e) || !read_extern_desc(&c->r, &d.of.import.desc, e))
        return false;
    vec_push(&c->defs, d);
    return true;
}

bool read_export(struct component_reading *c, struct err *e)
{
    struct def d = { .kind = DEF_EXPORT, .offset = reader_pos(&c->r) };
    uint8_t form = 0;
    if (!read_extern_name(&c->r, &d.of.export.name, e) || !read_sort_idx(&c->r, &d.of.export.item, e) ||
        !read_u8(&c->r, &form, e))
        return false;
    if (form > 1)
        return reader_bad_byte(&c->r, form, "optional component export type", e);
    d.of.export.has_desc = form == 1;
    if (form == 1 && !read_extern_desc(&c->r, &d.of.export.desc, e))
        return false;
    vec_push(&c->defs, d);
    return true;
}
