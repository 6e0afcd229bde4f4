/* Value, function, table, memory, global and composite types of core wasm. What nothing here can use (typed references,
 * struct and array types) is parsed and remembered as "other". */
#include "runtime/binary/core_types.h"

#include <inttypes.h>

enum { MAX_PARAMS = 1000, MAX_RESULTS = 1000, MAX_FIELDS = 10000, MAX_SUPERTYPES = 100, MAX_GROUP = 100000 };
enum { MAX_DECLS = 1000000 };
enum { REF_NULL = 0x63, REF = 0x64 };

static const uint64_t max_memory_pages = 1u << 16;

/* Abstract heap types, which have a one-byte form when they are nullable. */
static bool is_abstract_heap_type(uint8_t b)
{
    return b >= 0x69 && b <= 0x74;
}

/* The reference type whose first byte was `lead`. */
static bool read_ref_type(struct reader *r, uint8_t lead, uint8_t *ret, struct err *e)
{
    if (is_abstract_heap_type(lead)) {
        *ret = lead;
        return true;
    }
    if (lead != REF && lead != REF_NULL)
        return reader_bad_byte(r, lead, "value type", e);
    int64_t heap = 0;
    if (!read_leb_s33(r, &heap, e))
        return false;
    uint8_t byte = (uint8_t)(heap & 0x7f);
    if (heap < -0x40 || (heap < 0 && !is_abstract_heap_type(byte)))
        return err_at(e, ERR_PARSE, reader_pos(r), "invalid heap type");
    *ret = heap < 0 && lead == REF_NULL ? byte : 0;
    return true;
}

bool read_core_valtype(struct reader *r, uint8_t *ret, struct err *e)
{
    uint8_t lead = 0;
    if (!read_u8(r, &lead, e))
        return false;
    if (lead >= 0x7b && lead <= 0x7f) {
        *ret = lead;
        return true;
    }
    return read_ref_type(r, lead, ret, e);
}

static bool read_limits(struct reader *r, struct core_limits *ret, struct err *e)
{
    uint8_t flags = 0;
    if (!read_u8(r, &flags, e))
        return false;
    if (flags > 7)
        return reader_bad_byte(r, flags, "limits flags", e);
    ret->has_max = flags & 1;
    ret->shared = flags & 2;
    ret->is64 = flags & 4;
    if (!read_leb_u64(r, &ret->min, e) || (ret->has_max && !read_leb_u64(r, &ret->max, e)))
        return false;
    if (ret->has_max && ret->min > ret->max)
        return err_at(e, ERR_INVALID, reader_pos(r), "size minimum must not be greater than maximum");
    return true;
}

bool read_core_table_type(struct reader *r, struct core_extern_type *ret, struct err *e)
{
    uint8_t lead = 0;
    ret->kind = CORE_EXTERN_TABLE;
    return read_u8(r, &lead, e) && read_ref_type(r, lead, &ret->value_type, e) && read_limits(r, &ret->limits, e);
}

bool read_core_memory_type(struct reader *r, struct core_extern_type *ret, struct err *e)
{
    uint64_t start = reader_pos(r);
    ret->kind = CORE_EXTERN_MEMORY;
    if (!read_limits(r, &ret->limits, e))
        return false;
    uint64_t limit = ret->limits.is64 ? max_memory_pages << 32 : max_memory_pages;
    if (ret->limits.min > limit || (ret->limits.has_max && ret->limits.max > limit))
        return err_at(e, ERR_INVALID, start, "memory size must be at most %" PRIu64 " pages", limit);
    if (ret->limits.shared && !ret->limits.has_max)
        return err_at(e, ERR_INVALID, start, "shared memory must have maximum size");
    return true;
}

bool read_core_global_type(struct reader *r, struct core_extern_type *ret, struct err *e)
{
    uint8_t flags = 0;
    ret->kind = CORE_EXTERN_GLOBAL;
    if (!read_core_valtype(r, &ret->value_type, e) || !read_u8(r, &flags, e))
        return false;
    if (flags > 3)
        return reader_bad_byte(r, flags, "mutability", e);
    ret->is_mutable = flags & 1;
    ret->limits.shared = flags & 2;
    return true;
}

bool read_core_extern_type(struct reader *r, struct core_extern_type *ret, uint32_t *ret_index, struct err *e)
{
    uint8_t kind = 0, attribute = 0;
    if (!read_u8(r, &kind, e))
        return false;
    *ret = (struct core_extern_type){ .kind = CORE_EXTERN_FUNC };
    switch (kind) {
    case 0x00: return read_leb_u32(r, ret_index, e);
    case 0x01: return read_core_table_type(r, ret, e);
    case 0x02: return read_core_memory_type(r, ret, e);
    case 0x03: return read_core_global_type(r, ret, e);
    case 0x04:
        ret->kind = CORE_EXTERN_TAG;
        if (!read_u8(r, &attribute, e))
            return false;
        if (attribute != 0)
            return reader_bad_byte(r, attribute, "tag attribute", e);
        return read_leb_u32(r, ret_index, e);
    }
    return reader_bad_byte(r, kind, "external kind", e);
}

/* A vector of value types as bytes: the input's own when each takes one, else a copy. */
static bool read_valtypes(struct reader *r, struct arena *a, const char *what, uint32_t limit, const uint8_t **ret,
                          uint32_t *ret_count, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(r, what, limit, &count, e))
        return false;
    struct reader again = *r;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t type = 0;
        if (!read_core_valtype(r, &type, e))
            return false;
    }
    *ret = again.at;
    *ret_count = count;
    if ((size_t)(r->at - again.at) == count)
        return true;
    uint8_t *copy = arena_new(a, uint8_t, count);
    for (uint32_t i = 0; i < count; i++)
        if (!read_core_valtype(&again, &copy[i], e))
            return false;
    *ret = copy;
    return true;
}

static bool skip_field(struct reader *r, struct err *e)
{
    uint8_t type = 0, mutability = 0;
    if (r->at < r->end && (*r->at == 0x77 || *r->at == 0x78)) /* i16, i8 */
        r->at++;
    else if (!read_core_valtype(r, &type, e))
        return false;
    if (!read_u8(r, &mutability, e))
        return false;
    return mutability <= 1 || reader_bad_byte(r, mutability, "mutability", e);
}

static bool skip_fields(struct reader *r, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(r, "fields of a struct type", MAX_FIELDS, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!skip_field(r, e))
            return false;
    return true;
}

/* comptype, whose first byte was `lead`. */
static bool read_comptype(struct reader *r, struct arena *a, uint8_t lead, struct core_type_def *ret, struct err *e)
{
    *ret = (struct core_type_def){ .kind = CORE_TYPE_OTHER };
    switch (lead) {
    case 0x60:
        ret->kind = CORE_TYPE_FUNC;
        return read_valtypes(r, a, "parameters", MAX_PARAMS, &ret->func.params, &ret->func.param_count, e) &&
               read_valtypes(r, a, "results", MAX_RESULTS, &ret->func.results, &ret->func.result_count, e);
    case 0x5f: return skip_fields(r, e);
    case 0x5e: return skip_field(r, e);
    }
    return reader_bad_byte(r, lead, "type", e);
}

/* subtype, whose first byte was `lead`. */
static bool read_subtype(struct reader *r, struct arena *a, uint8_t lead, core_type_list *ret, struct err *e)
{
    if (lead == 0x50 || lead == 0x4f) {
        uint32_t count = 0, super = 0;
        if (!read_count(r, "supertypes", MAX_SUPERTYPES, &count, e))
            return false;
        for (uint32_t i = 0; i < count; i++)
            if (!read_leb_u32(r, &super, e))
                return false;
        if (!read_u8(r, &lead, e))
            return false;
    }
    struct core_type_def def;
    if (!read_comptype(r, a, lead, &def, e))
        return false;
    vec_push(ret, def);
    return true;
}

bool read_core_rectype_after(struct reader *r, struct arena *a, uint8_t lead, core_type_list *ret, struct err *e)
{
    if (lead != 0x4e)
        return read_subtype(r, a, lead, ret, e);
    uint32_t count = 0;
    if (!read_count(r, "types in a recursion group", MAX_GROUP, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_u8(r, &lead, e) || !read_subtype(r, a, lead, ret, e))
            return false;
    return true;
}

bool read_core_rectype(struct reader *r, struct arena *a, core_type_list *ret, struct err *e)
{
    uint8_t lead = 0;
    return read_u8(r, &lead, e) && read_core_rectype_after(r, a, lead, ret, e);
}

/* --- Module types --- */

typedef VEC(struct core_module_decl) decl_list;

static bool read_decl_types(struct reader *r, struct arena *a, uint64_t offset, decl_list *decls, struct err *e)
{
    core_type_list types = { 0 };
    bool ok = read_core_rectype(r, a, &types, e);
    for (uint32_t i = 0; ok && i < types.len; i++) {
        struct core_type_def *def = arena_new(a, struct core_type_def, 1);
        *def = types.at[i];
        vec_push(decls, (struct core_module_decl){ .kind = CORE_DECL_TYPE, .offset = offset, .def = def });
    }
    vec_fini(&types);
    return ok;
}

static bool read_decl_alias(struct reader *r, struct core_module_decl *d, struct err *e)
{
    uint8_t sort = 0, target = 0;
    d->kind = CORE_DECL_OUTER_ALIAS;
    if (!read_u8(r, &sort, e))
        return false;
    if (sort != 0x10)
        return reader_bad_byte(r, sort, "outer alias kind", e);
    if (!read_u8(r, &target, e))
        return false;
    if (target != 0x01)
        return reader_bad_byte(r, target, "outer alias target", e);
    return read_leb_u32(r, &d->outer_count, e) && read_leb_u32(r, &d->type_index, e);
}

static bool read_module_decl(struct reader *r, struct arena *a, decl_list *decls, struct err *e)
{
    struct core_module_decl d = { .offset = reader_pos(r) };
    uint8_t kind = 0;
    if (!read_u8(r, &kind, e))
        return false;
    switch (kind) {
    case 0x00:
        d.kind = CORE_DECL_IMPORT;
        if (!read_name(r, &d.module, e) || !read_name(r, &d.name, e) ||
            !read_core_extern_type(r, &d.type, &d.type_index, e))
            return false;
        break;
    case 0x01: return read_decl_types(r, a, d.offset, decls, e);
    case 0x02:
        if (!read_decl_alias(r, &d, e))
            return false;
        break;
    case 0x03:
        d.kind = CORE_DECL_EXPORT;
        if (!read_name(r, &d.name, e) || !read_core_extern_type(r, &d.type, &d.type_index, e))
            return false;
        break;
    default: return reader_bad_byte(r, kind, "type definition", e);
    }
    vec_push(decls, d);
    return true;
}

bool read_core_module_type(struct reader *r, struct arena *a, struct core_type_def *ret, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(r, "declarations of a core module type", MAX_DECLS, &count, e))
        return false;
    decl_list decls = { 0 };
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++)
        ok = read_module_decl(r, a, &decls, e);
    if (ok) {
        struct core_module_decl *copy = arena_new(a, struct core_module_decl, decls.len);
        if (decls.len)
            memcpy(copy, decls.at, decls.len * sizeof(*copy));
        *ret = (struct core_type_def){ .kind = CORE_TYPE_MODULE, .decls = copy, .decl_count = decls.len };
    }
    vec_fini(&decls);
    return ok;
}

/* --- Constant expressions --- */

/* The immediates of a garbage-collection instruction (prefix 0xfb) that may stand in a constant. */
static bool skip_gc_immediates(struct reader *r, struct err *e)
{
    uint32_t code = 0;
    if (!read_leb_u32(r, &code, e))
        return false;
    switch (code) {
    case 0:
    case 1:
    case 6:
    case 7: return skip_leb(r, e);
    case 8: return skip_leb(r, e) && skip_leb(r, e);
    case 26:
    case 27:
    case 28: return true;
    }
    return err_at(e, ERR_PARSE, reader_pos(r), "instruction 0xfb %" PRIu32 " is not allowed in a constant expression",
                  code);
}

static bool skip_immediates(struct reader *r, uint8_t opcode, struct err *e)
{
    bytes skipped = { 0 };
    switch (opcode) {
    case 0x41:
    case 0x42:
    case 0x23:
    case 0xd0:
    case 0xd2: return skip_leb(r, e);
    case 0x43: return read_slice(r, 4, &skipped, e);
    case 0x44: return read_slice(r, 8, &skipped, e);
    case 0x6a:
    case 0x6b:
    case 0x6c:
    case 0x7c:
    case 0x7d:
    case 0x7e: return true;
    case 0xfb: return skip_gc_immediates(r, e);
    case 0xfd: /* v128.const is the only vector instruction allowed */
        return skip_leb(r, e) && read_slice(r, 16, &skipped, e);
    }
    return err_at(e, ERR_PARSE, reader_pos(r) - 1, "instruction 0x%x is not allowed in a constant expression", opcode);
}

bool skip_core_const_expr(struct reader *r, struct err *e)
{
    for (;;) {
        uint8_t opcode = 0;
        if (!read_u8(r, &opcode, e))
            return false;
        if (opcode == 0x0b)
            return true;
        if (!skip_immediates(r, opcode, e))
            return false;
    }
}

bool read_core_table(struct reader *r, struct core_extern_type *ret, bool *ret_with_value, struct err *e)
{
    /* 0x40 0x00 announces an initial value after the type. */
    *ret_with_value = reader_left(r) >= 2 && r->at[0] == 0x40 && r->at[1] == 0x00;
    if (*ret_with_value)
        r->at += 2;
    return read_core_table_type(r, ret, e) && (!*ret_with_value || skip_core_const_expr(r, e));
}
