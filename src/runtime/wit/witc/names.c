/* C names for WIT names. */
#include "runtime/wit/witc/names.h"

void put_snake(struct buf *out, str kebab, bool upper)
{
    for (size_t i = 0; i < kebab.len; i++) {
        char c = kebab.ptr[i];
        if (c == '-' || c == ':' || c == '/' || c == '.')
            c = '_';
        else if (upper && c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        else if (!upper && c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        buf_put_u8(out, (uint8_t)c);
    }
}

void put_member(struct buf *out, str kebab)
{
    static const str keywords[] = {
        STR_INIT("alignas"),   STR_INIT("alignof"),  STR_INIT("and"),       STR_INIT("asm"),
        STR_INIT("auto"),      STR_INIT("bool"),     STR_INIT("break"),     STR_INIT("case"),
        STR_INIT("catch"),     STR_INIT("char"),     STR_INIT("class"),     STR_INIT("const"),
        STR_INIT("constexpr"), STR_INIT("continue"), STR_INIT("decltype"),  STR_INIT("default"),
        STR_INIT("delete"),    STR_INIT("do"),       STR_INIT("double"),    STR_INIT("else"),
        STR_INIT("enum"),      STR_INIT("explicit"), STR_INIT("export"),    STR_INIT("extern"),
        STR_INIT("false"),     STR_INIT("float"),    STR_INIT("for"),       STR_INIT("friend"),
        STR_INIT("goto"),      STR_INIT("if"),       STR_INIT("inline"),    STR_INIT("int"),
        STR_INIT("long"),      STR_INIT("mutable"),  STR_INIT("namespace"), STR_INIT("new"),
        STR_INIT("noexcept"),  STR_INIT("not"),      STR_INIT("nullptr"),   STR_INIT("operator"),
        STR_INIT("or"),        STR_INIT("private"),  STR_INIT("protected"), STR_INIT("public"),
        STR_INIT("register"),  STR_INIT("restrict"), STR_INIT("return"),    STR_INIT("short"),
        STR_INIT("signed"),    STR_INIT("sizeof"),   STR_INIT("static"),    STR_INIT("static_assert"),
        STR_INIT("struct"),    STR_INIT("switch"),   STR_INIT("template"),  STR_INIT("this"),
        STR_INIT("throw"),     STR_INIT("true"),     STR_INIT("try"),       STR_INIT("typedef"),
        STR_INIT("typeid"),    STR_INIT("typename"), STR_INIT("union"),     STR_INIT("unsigned"),
        STR_INIT("using"),     STR_INIT("virtual"),  STR_INIT("void"),      STR_INIT("volatile"),
        STR_INIT("while"),     STR_INIT("xor"),
    };
    put_snake(out, kebab, false);
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (str_eq(kebab, keywords[i]))
            buf_put_u8(out, '_');
}

void put_prefix(struct buf *out, str interface, bool upper)
{
    str version;
    put_snake(out, str_split(interface, '@', &version), upper);
}

/* One of the two is NULL. */
static const struct wit_type *definition_in(const struct wit_interface *x, const struct type *t,
                                            const struct resource_type *r)
{
    for (uint32_t k = 0; k < x->type_count; k++)
        if (x->types[k].type == t && x->types[k].resource == r && x->types[k].origin == x)
            return &x->types[k];
    return NULL;
}

static const struct wit_type *definition(const struct wit *w, const struct type *t, const struct resource_type *r)
{
    const struct wit_type *found = NULL;
    for (uint32_t i = 0; i < wit_interface_count(w) && !found; i++)
        found = definition_in(wit_interface_at(w, i), t, r);
    for (uint32_t i = 0; i < wit_world_count(w) && !found; i++)
        found = definition_in(wit_world_at(w, i)->scope, t, r);
    return found;
}

const struct wit_type *defining_type(const struct wit *w, const struct type *t)
{
    return definition(w, t, NULL);
}

const struct wit_type *defining_resource(const struct wit *w, const struct resource_type *r)
{
    return definition(w, NULL, r);
}

void put_tag(struct buf *out, const struct wit_type *t, bool upper)
{
    put_prefix(out, t->origin->name, upper);
    buf_put_u8(out, '_');
    put_snake(out, t->origin_name, upper);
}

static bool is_bytes(const struct type *t)
{
    return t->kind == TYPE_LIST && t->of.elem->kind == TYPE_U8;
}

void put_mangled(struct buf *out, const struct wit *w, const struct type *t)
{
    if (!t) {
        buf_put_str(out, STR("void"));
        return;
    }
    if (is_bytes(t)) {
        buf_put_str(out, STR("bytes"));
        return;
    }
    if (t->kind <= TYPE_STRING) {
        buf_put_str(out, str_of(type_kind_name(t->kind)));
        return;
    }
    if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW) {
        put_tag(out, defining_resource(w, t->of.resource), false);
        return;
    }
    if (t->kind == TYPE_RECORD || t->kind == TYPE_VARIANT || t->kind == TYPE_ENUM || t->kind == TYPE_FLAGS) {
        put_tag(out, defining_type(w, t), false);
        return;
    }
    if (t->kind == TYPE_FIXED_LIST) {
        buf_put_str(out, STR("list_"));
        put_mangled(out, w, t->of.array.elem);
        buf_printf(out, "_%u", t->of.array.len);
        return;
    }
    buf_put_str(out, str_of(type_kind_name(t->kind)));
    if (t->kind == TYPE_RESULT) {
        buf_put_u8(out, '_');
        put_mangled(out, w, t->of.result.ok);
        buf_put_u8(out, '_');
        put_mangled(out, w, t->of.result.err);
    } else if (t->kind == TYPE_TUPLE || t->kind == TYPE_MAP) {
        const struct type *tuple = t->kind == TYPE_MAP ? t->of.elem : t;
        for (uint32_t i = 0; i < tuple->of.items.len; i++) {
            buf_put_u8(out, '_');
            put_mangled(out, w, tuple->of.items.at[i].type);
        }
    } else {
        buf_put_u8(out, '_');
        put_mangled(out, w, t->of.elem);
    }
}

bool has_struct(const struct type *t)
{
    switch (t->kind) {
    case TYPE_LIST: return !is_bytes(t);
    case TYPE_FIXED_LIST:
    case TYPE_MAP:
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
    case TYPE_OPTION:
    case TYPE_RESULT: return true;
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_CHAR:
    case TYPE_STRING:
    case TYPE_ENUM:
    case TYPE_FLAGS:
    case TYPE_OWN:
    case TYPE_BORROW: return false;
    }
    __builtin_unreachable();
}

void put_c_type(struct buf *out, const struct wit *w, const struct type *t)
{
    static const char *const primitives[] = {
        [TYPE_BOOL] = "bool",           [TYPE_S8] = "int8_t",   [TYPE_U8] = "uint8_t",   [TYPE_S16] = "int16_t",
        [TYPE_U16] = "uint16_t",        [TYPE_S32] = "int32_t", [TYPE_U32] = "uint32_t", [TYPE_S64] = "int64_t",
        [TYPE_U64] = "uint64_t",        [TYPE_F32] = "float",   [TYPE_F64] = "double",   [TYPE_CHAR] = "uint32_t",
        [TYPE_STRING] = "berth_string",
    };
    if (t->kind <= TYPE_STRING) {
        buf_put_str(out, str_of(primitives[t->kind]));
    } else if (is_bytes(t)) {
        buf_put_str(out, STR("berth_bytes"));
    } else if (t->kind == TYPE_ENUM || t->kind == TYPE_FLAGS) {
        buf_put_str(out, STR("uint32_t"));
    } else {
        buf_put_str(out, STR("struct "));
        put_mangled(out, w, t);
        if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW)
            buf_put_str(out, STR(" *"));
    }
}

void put_func(struct buf *out, const struct wit_interface *i, const struct wit_func *f)
{
    str name = f->name;
    size_t close = str_find_char(name, ']');
    put_prefix(out, i->name, false);
    buf_put_u8(out, '_');
    if (close != SIZE_MAX)
        put_snake(out, str_slice(name, close + 1, name.len), false);
    else
        put_snake(out, name, false);
    if (str_starts(name, STR("[constructor]")))
        buf_put_str(out, STR("_constructor"));
}
