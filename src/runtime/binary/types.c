/* Type sections: value, function, resource, component and instance types. Spec: Binary.md "Type Definitions". */
#include "runtime/binary/sections.h"

enum { MAX_ITEMS = 10000, MAX_PARAMS = 1000, MAX_DECLS = 1000000 };

/* The types count down from bool, 0x7f, to string, 0x73. */
static const enum type_kind primitives[] = {
    TYPE_BOOL, TYPE_S8,  TYPE_U8,  TYPE_S16, TYPE_U16,  TYPE_S32,    TYPE_U32,
    TYPE_S64,  TYPE_U64, TYPE_F32, TYPE_F64, TYPE_CHAR, TYPE_STRING,
};

static bool primitive_of(uint8_t byte, enum type_kind *ret)
{
    if (byte > 0x7f || 0x7fu - byte >= ARRAY_LEN(primitives))
        return false;
    *ret = primitives[0x7f - byte];
    return true;
}

static bool read_valtype(struct reader *r, struct valtype_ref *ret, struct err *e)
{
    *ret = (struct valtype_ref){ 0 };
    if (r->at < r->end && *r->at >= 0x40 && *r->at < 0x80) {
        uint8_t byte = *r->at++;
        if (primitive_of(byte, &ret->primitive))
            return true;
        if (byte == 0x64)
            return reader_gated(r, "error-context types", "error-context", e);
        return reader_bad_byte(r, byte, "component value type", e);
    }
    uint64_t start = reader_pos(r);
    int64_t index = 0;
    if (!read_leb_s33(r, &index, e))
        return false;
    if (index < 0)
        return err_at(e, ERR_PARSE, start, "invalid leading byte (0x%x) for component value type",
                      (unsigned)(index & 0x7f));
    ret->is_index = true;
    ret->index = (uint32_t)index;
    return true;
}

/* 00 | 01 valtype */
static bool read_optional_valtype(struct reader *r, bool *ret_has, struct valtype_ref *ret, struct err *e)
{
    uint8_t form = 0;
    if (!read_u8(r, &form, e))
        return false;
    if (form > 1)
        return reader_bad_byte(r, form, "optional component value type", e);
    *ret_has = form == 1;
    return form == 0 || read_valtype(r, ret, e);
}

static bool read_case(struct reader *r, struct named_valtype *ret, struct err *e)
{
    uint8_t zero = 0;
    if (!read_name(r, &ret->name, e) || !read_optional_valtype(r, &ret->has_type, &ret->type, e) ||
        !read_u8(r, &zero, e))
        return false;
    return zero == 0 || reader_bad_byte(r, zero, "zero byte required", e);
}

static bool read_item(struct reader *r, enum type_kind kind, struct named_valtype *ret, struct err *e)
{
    if (kind == TYPE_VARIANT)
        return read_case(r, ret, e);
    if (kind != TYPE_TUPLE && !read_name(r, &ret->name, e))
        return false;
    ret->has_type = kind == TYPE_RECORD || kind == TYPE_TUPLE;
    return !ret->has_type || read_valtype(r, &ret->type, e);
}

static bool read_items(struct component_reading *c, const char *what, enum type_kind kind, uint32_t limit,
                       const struct named_valtype **ret, uint32_t *ret_count, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&c->r, what, limit, &count, e))
        return false;
    struct named_valtype *items = arena_new(c->arena, struct named_valtype, count);
    for (uint32_t i = 0; i < count; i++)
        if (!read_item(&c->r, kind, &items[i], e))
            return false;
    *ret = items;
    *ret_count = count;
    return true;
}

static bool read_value_items(struct component_reading *c, const char *what, enum type_kind kind, struct deftype *t,
                             struct err *e)
{
    t->of.value.kind = kind;
    return read_items(c, what, kind, MAX_ITEMS, &t->of.value.items, &t->of.value.item_count, e);
}

static bool read_handle(struct component_reading *c, enum type_kind kind, struct deftype *t, struct err *e)
{
    t->of.value.kind = kind;
    t->of.value.elem.is_index = true;
    return read_leb_u32(&c->r, &t->of.value.elem.index, e);
}

static bool read_value_type(struct component_reading *c, uint8_t opcode, struct deftype *t, struct err *e)
{
    struct reader *r = &c->r;
    t->kind = DEFTYPE_VALUE;
    if (primitive_of(opcode, &t->of.value.kind))
        return true;
    switch (opcode) {
    case 0x72: return read_value_items(c, "fields", TYPE_RECORD, t, e);
    case 0x71: return read_value_items(c, "cases", TYPE_VARIANT, t, e);
    case 0x70: t->of.value.kind = TYPE_LIST; return read_valtype(r, &t->of.value.elem, e);
    case 0x6f: return read_value_items(c, "tuple elements", TYPE_TUPLE, t, e);
    case 0x6e: return read_value_items(c, "flags", TYPE_FLAGS, t, e);
    case 0x6d: return read_value_items(c, "enum cases", TYPE_ENUM, t, e);
    case 0x6b: t->of.value.kind = TYPE_OPTION; return read_valtype(r, &t->of.value.elem, e);
    case 0x6a:
        t->of.value.kind = TYPE_RESULT;
        return read_optional_valtype(r, &t->of.value.has_ok, &t->of.value.ok, e) &&
               read_optional_valtype(r, &t->of.value.has_err, &t->of.value.err, e);
    case 0x69: return read_handle(c, TYPE_OWN, t, e);
    case 0x68: return read_handle(c, TYPE_BORROW, t, e);
    case 0x67:
        if (!(c->features & FEATURE_FIXED_LIST))
            return reader_gated(r, "lists of fixed length", "fixed-length lists", e);
        t->of.value.kind = TYPE_FIXED_LIST;
        return read_valtype(r, &t->of.value.elem, e) && read_leb_u32(r, &t->of.value.len, e);
    case 0x66: return reader_gated(r, "stream types", "async", e);
    case 0x65: return reader_gated(r, "future types", "async", e);
    case 0x64: return reader_gated(r, "error-context types", "error-context", e);
    case 0x63:
        if (!(c->features & FEATURE_MAP))
            return reader_gated(r, "map types", "map", e);
        t->of.value.kind = TYPE_MAP;
        return read_valtype(r, &t->of.value.key, e) && read_valtype(r, &t->of.value.elem, e);
    }
    return reader_bad_byte(r, opcode, "component defined type", e);
}

static bool read_func_type(struct component_reading *c, struct deftype *t, struct err *e)
{
    t->kind = DEFTYPE_FUNC;
    if (!read_items(c, "parameters", TYPE_RECORD, MAX_PARAMS, &t->of.func.params, &t->of.func.param_count, e))
        return false;
    uint8_t form = 0, zero = 0;
    if (!read_u8(&c->r, &form, e))
        return false;
    switch (form) {
    case 0x00: t->of.func.has_result = true; return read_valtype(&c->r, &t->of.func.result, e);
    case 0x01:
        if (!read_u8(&c->r, &zero, e))
            return false;
        return zero == 0 || reader_bad_byte(&c->r, zero, "number of results", e);
    }
    return reader_bad_byte(&c->r, form, "component function results", e);
}

static bool read_resource_type(struct component_reading *c, struct deftype *t, struct err *e)
{
    uint8_t rep = 0, form = 0;
    t->kind = DEFTYPE_RESOURCE;
    if (!read_u8(&c->r, &rep, e))
        return false;
    if (rep == 0x7e)
        return reader_gated(&c->r, "resources represented by i64", "memory64", e);
    if (rep != 0x7f)
        return reader_bad_byte(&c->r, rep, "resource representation: expected i32 (0x7f)", e);
    if (!read_u8(&c->r, &form, e))
        return false;
    if (form > 1)
        return reader_bad_byte(&c->r, form, "optional destructor", e);
    t->of.resource.has_dtor = form == 1;
    return form == 0 || read_leb_u32(&c->r, &t->of.resource.dtor, e);
}

static bool read_deftype(struct component_reading *c, struct deftype *ret, struct err *e);

/* --- Component and instance types --- */

typedef VEC(struct type_decl) decl_list;

/* Reads one entry of a core type section or its like: a module type, or what a recursion group holds. */
static bool read_core_types(struct component_reading *c, core_type_list *types, struct err *e)
{
    uint8_t lead = 0;
    if (!read_u8(&c->r, &lead, e))
        return false;
    if (lead == 0x50) {
        struct core_type_def def = { 0 };
        if (!read_core_module_type(&c->r, c->arena, &def, e))
            return false;
        vec_push(types, def);
        return true;
    }
    /* 0x50 would be a non-final subtype in core wasm; here that needs 0x00 in front. */
    if (lead == 0x00) {
        if (!read_u8(&c->r, &lead, e))
            return false;
        if (lead != 0x50)
            return reader_bad_byte(&c->r, lead, "type: expected a non-final subtype (0x50) after 0x00", e);
    }
    return read_core_rectype_after(&c->r, c->arena, lead, types, e);
}

static const struct core_type_def *keep_core_type(struct arena *a, const struct core_type_def *def)
{
    struct core_type_def *copy = arena_new(a, struct core_type_def, 1);
    *copy = *def;
    return copy;
}

static bool read_core_type_decl(struct component_reading *c, uint64_t offset, decl_list *decls, struct err *e)
{
    core_type_list types = { 0 };
    bool ok = read_core_types(c, &types, e);
    for (uint32_t i = 0; ok && i < types.len; i++)
        vec_push(decls, (struct type_decl){ .kind = DECL_CORE_TYPE,
                                            .offset = offset,
                                            .of.core_type = keep_core_type(c->arena, &types.at[i]) });
    vec_fini(&types);
    return ok;
}

static bool read_external_decl(struct component_reading *c, struct type_decl *d, struct err *e)
{
    return read_extern_name(&c->r, &d->of.external.name, e) && read_extern_desc(&c->r, &d->of.external.desc, e);
}

static bool read_decl(struct component_reading *c, bool imports, decl_list *decls, struct err *e)
{
    struct type_decl d = { .offset = reader_pos(&c->r) };
    uint8_t kind = 0;
    if (!read_u8(&c->r, &kind, e))
        return false;
    if (kind > 4 || (kind == 3 && !imports))
        return reader_bad_byte(&c->r, kind, "component or instance type declaration", e);
    if (kind == 0)
        return read_core_type_decl(c, d.offset, decls, e);
    if (kind == 1) {
        struct deftype *t = arena_new(c->arena, struct deftype, 1);
        d.kind = DECL_TYPE;
        d.of.type = t;
        if (!read_deftype(c, t, e))
            return false;
    } else if (kind == 2) {
        d.kind = DECL_ALIAS;
        if (!read_alias_def(&c->r, &d.of.alias, e))
            return false;
    } else {
        d.kind = kind == 3 ? DECL_IMPORT : DECL_EXPORT;
        if (!read_external_decl(c, &d, e))
            return false;
    }
    vec_push(decls, d);
    return true;
}

static bool read_scope_type(struct component_reading *c, enum deftype_kind kind, struct deftype *ret, struct err *e)
{
    uint32_t count = 0;
    uint64_t start = reader_pos(&c->r);
    if (!read_count(&c->r, "declarations", MAX_DECLS, &count, e))
        return false;
    if (++c->nesting > MAX_NESTING)
        return err_at(e, ERR_LIMIT, start, "types nested deeper than %d", MAX_NESTING);
    decl_list decls = { 0 };
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++)
        ok = read_decl(c, kind == DEFTYPE_COMPONENT, &decls, e);
    c->nesting--;
    if (ok) {
        struct type_decl *copy = arena_new(c->arena, struct type_decl, decls.len);
        if (decls.len)
            memcpy(copy, decls.at, decls.len * sizeof(*copy));
        ret->kind = kind;
        ret->of.scope.decls = copy;
        ret->of.scope.decl_count = decls.len;
    }
    vec_fini(&decls);
    return ok;
}

static bool read_deftype(struct component_reading *c, struct deftype *ret, struct err *e)
{
    uint8_t opcode = 0;
    if (!read_u8(&c->r, &opcode, e))
        return false;
    switch (opcode) {
    case 0x3f: return read_resource_type(c, ret, e);
    case 0x40: return read_func_type(c, ret, e);
    case 0x41: return read_scope_type(c, DEFTYPE_COMPONENT, ret, e);
    case 0x42: return read_scope_type(c, DEFTYPE_INSTANCE, ret, e);
    case 0x43: return reader_gated(&c->r, "async function types", "async", e);
    }
    return read_value_type(c, opcode, ret, e);
}

/* --- Sections --- */

bool read_type(struct component_reading *c, struct err *e)
{
    struct def d = { .kind = DEF_TYPE, .offset = reader_pos(&c->r) };
    struct deftype *t = arena_new(c->arena, struct deftype, 1);
    if (!read_deftype(c, t, e))
        return false;
    d.of.type = t;
    vec_push(&c->defs, d);
    return true;
}

bool read_core_type(struct component_reading *c, struct err *e)
{
    uint64_t offset = reader_pos(&c->r);
    core_type_list types = { 0 };
    bool ok = read_core_types(c, &types, e);
    for (uint32_t i = 0; ok && i < types.len; i++)
        vec_push(&c->defs, (struct def){ .kind = DEF_CORE_TYPE,
                                         .offset = offset,
                                         .of.core_type = keep_core_type(c->arena, &types.at[i]) });
    vec_fini(&types);
    return ok;
}
