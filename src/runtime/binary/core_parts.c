#include "runtime/binary/core_parts.h"

#include "runtime/binary/core_types.h"

enum { MAX_ITEMS = 1000000 };

void core_parts_fini(struct core_parts *p)
{
    vec_fini(&p->customs);
    vec_fini(&p->mutable_globals);
    vec_fini(&p->defined_tables);
    vec_fini(&p->data);
}

static bool split(bytes module, struct core_parts *p, struct err *e)
{
    struct reader r = reader_over(module, 0);
    bytes preamble = { 0 };
    if (!read_slice(&r, PREAMBLE_BYTES, &preamble, e))
        return false;
    while (r.at < r.end) {
        const uint8_t *start = r.at;
        uint8_t id = 0;
        uint32_t size = 0;
        bytes body = { 0 };
        if (!read_u8(&r, &id, e) || !read_leb_u32(&r, &size, e) || !read_slice(&r, size, &body, e))
            return false;
        if (id > ID_MAX || (id != ID_CUSTOM && p->sections[id].ptr))
            return err_at(e, ERR_PARSE, reader_pos(&r), "malformed section");
        if (id == ID_CUSTOM)
            vec_push(&p->customs, bytes_from(start, (size_t)(r.at - start)));
        else
            p->sections[id] = body;
    }
    return true;
}

bool core_parts_open(const struct core_parts *p, uint8_t id, struct reader *r, uint32_t *ret_count, struct err *e)
{
    *ret_count = 0;
    *r = reader_over(p->sections[id], 0);
    return !p->sections[id].ptr || read_count(r, "items", MAX_ITEMS, ret_count, e);
}

static bool count_types(struct core_parts *p, struct err *e)
{
    struct reader r;
    uint32_t count = 0;
    struct arena scratch;
    core_type_list list = { 0 };
    arena_init(&scratch);
    bool ok = core_parts_open(p, ID_TYPE, &r, &count, e);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = read_core_rectype(&r, &scratch, &list, e);
    p->types = list.len;
    for (uint32_t i = 0; i < list.len; i++)
        p->facts.has_gc_types = p->facts.has_gc_types || list.at[i].kind != CORE_TYPE_FUNC;
    vec_fini(&list);
    arena_fini(&scratch);
    return ok;
}

static bool count_imports(struct core_parts *p, struct err *e)
{
    struct reader r;
    uint32_t count = 0;
    if (!core_parts_open(p, ID_IMPORT, &r, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        str module, name;
        struct core_extern_type t = { 0 };
        uint32_t index = 0;
        if (!read_name(&r, &module, e) || !read_name(&r, &name, e) || !read_core_extern_type(&r, &t, &index, e))
            return false;
        switch (t.kind) {
        case CORE_EXTERN_FUNC: p->imported_funcs++; break;
        case CORE_EXTERN_TABLE: p->imported_tables++; break;
        case CORE_EXTERN_MEMORY: p->imported_memories++; break;
        case CORE_EXTERN_GLOBAL: p->imported_globals++; break;
        case CORE_EXTERN_TAG: break;
        }
    }
    return true;
}

/* i32 to f64 and v128. */
static bool is_number(uint8_t type)
{
    return type >= 0x7b && type <= 0x7f;
}

/* Types of one byte, all of which have a default value: numbers, and references that may be null. */
static bool has_default(uint8_t type)
{
    return is_number(type) || (type >= 0x69 && type <= 0x74);
}

static bool list_globals(struct core_parts *p, struct err *e)
{
    struct reader r;
    if (!core_parts_open(p, ID_GLOBAL, &r, &p->globals, e))
        return false;
    for (uint32_t i = 0; i < p->globals; i++) {
        struct core_extern_type t = { 0 };
        if (!read_core_global_type(&r, &t, e) || !skip_core_const_expr(&r, e))
            return false;
        if (!t.is_mutable)
            continue;
        p->facts.has_other_state = p->facts.has_other_state || !has_default(t.value_type);
        p->facts.has_reference_globals = p->facts.has_reference_globals || !is_number(t.value_type);
        vec_push(&p->mutable_globals, (struct core_parts_global){ p->imported_globals + i, t.value_type });
    }
    return true;
}

static bool list_tables(struct core_parts *p, struct err *e)
{
    struct reader r;
    if (!core_parts_open(p, ID_TABLE, &r, &p->tables, e))
        return false;
    for (uint32_t i = 0; i < p->tables; i++) {
        struct core_extern_type t = { 0 };
        bool with_value = false;
        if (!read_core_table(&r, &t, &with_value, e))
            return false;
        p->facts.has_other_state =
            p->facts.has_other_state || with_value || t.limits.is64 || !has_default(t.value_type);
        vec_push(&p->defined_tables, (struct core_parts_table){ p->imported_tables + i, t.value_type, t.limits.min });
    }
    return true;
}

static bool count_memories(struct core_parts *p, struct err *e)
{
    struct reader r;
    if (!core_parts_open(p, ID_MEMORY, &r, &p->memories, e))
        return false;
    for (uint32_t i = 0; i < p->memories; i++) {
        struct core_extern_type t = { 0 };
        if (!read_core_memory_type(&r, &t, e))
            return false;
        p->facts.has_shared_memory = p->facts.has_shared_memory || t.limits.shared;
    }
    return true;
}

static bool look_at_exports(struct core_parts *p, struct err *e)
{
    struct reader r;
    uint32_t count = 0;
    if (!core_parts_open(p, ID_EXPORT, &r, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        str name = STR_NONE;
        uint8_t kind = 0;
        if (!read_name(&r, &name, e) || !read_u8(&r, &kind, e) || !skip_leb(&r, e))
            return false;
        p->facts.has_our_names = p->facts.has_our_names || str_starts(name, STR("berth:"));
    }
    return true;
}

static bool read_start(struct core_parts *p, struct err *e)
{
    struct reader r = reader_over(p->sections[ID_START], 0);
    p->has_start = p->sections[ID_START].ptr != NULL;
    return !p->has_start || read_leb_u32(&r, &p->start, e);
}

bool core_parts_read(bytes module, struct core_parts *p, struct err *e)
{
    struct reader r;
    return split(module, p, e) && count_types(p, e) && count_imports(p, e) && list_globals(p, e) && list_tables(p, e) &&
           count_memories(p, e) && look_at_exports(p, e) && core_parts_open(p, ID_FUNCTION, &r, &p->funcs, e) &&
           read_start(p, e) && (!p->sections[ID_DATA].ptr || core_data_read(p->sections[ID_DATA], &p->data, e));
}
