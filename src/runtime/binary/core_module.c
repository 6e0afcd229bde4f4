/* Core modules seen from outside: all sections but those with code and data are read, and exports are resolved to their
 * types. What it lets through may still be invalid: the engine validates modules whole. */
#include "runtime/binary/core_module.h"

#include <inttypes.h>

#include "runtime/binary/core_types.h"

enum {
    MAX_TYPES = 1000000,
    MAX_FUNCS = 1000000,
    MAX_IMPORTS = 100000,
    MAX_EXPORTS = 1000000,
    MAX_GLOBALS = 1000000,
    MAX_TABLES = 100000,
    MAX_MEMORIES = 100,
    MAX_TAGS = 1000000,
};

static const uint64_t page_bytes = 65536;

typedef VEC(struct core_extern_type) extern_list;

/* A module while it is read: its index spaces, imports first. */
struct module_reading {
    struct arena *arena;
    struct reader r; /* of the current section */
    const struct core_type_def *types;
    uint32_t type_count;
    VEC(const struct core_func_type *) funcs, tags;
    extern_list tables, memories, globals;
    struct core_module *out;
};

/* Order in which sections must come, by id; 0 for custom ones, which come anywhere. */
static const uint8_t section_ranks[] = {
    [1] = 1, [2] = 2, [3] = 3,  [4] = 4,   [5] = 5,   [13] = 6,  [6] = 7,
    [7] = 8, [8] = 9, [9] = 10, [12] = 11, [10] = 12, [11] = 13,
};

static const char *const section_names[] = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag",
};

static bool read_types(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "types", MAX_TYPES, &count, e))
        return false;
    core_type_list list = { 0 };
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++)
        ok = read_core_rectype(&m->r, m->arena, &list, e);
    if (ok) {
        struct core_type_def *types = arena_new(m->arena, struct core_type_def, list.len);
        if (list.len)
            memcpy(types, list.at, list.len * sizeof(*types));
        m->types = types;
        m->type_count = list.len;
    }
    vec_fini(&list);
    return ok;
}

static bool func_type_at(const struct module_reading *m, uint32_t index, const struct core_func_type **ret,
                         struct err *e)
{
    if (index >= m->type_count)
        return err_at(e, ERR_INVALID, reader_pos(&m->r), "unknown type %" PRIu32 ": type index out of bounds", index);
    if (m->types[index].kind != CORE_TYPE_FUNC)
        return err_at(e, ERR_INVALID, reader_pos(&m->r), "type index %" PRIu32 " is not a function type", index);
    *ret = &m->types[index].func;
    return true;
}

static bool add_extern(struct module_reading *m, struct core_extern_type *t, uint32_t index, struct err *e)
{
    switch (t->kind) {
    case CORE_EXTERN_FUNC:
    case CORE_EXTERN_TAG:
        if (!func_type_at(m, index, &t->func, e))
            return false;
        if (t->kind == CORE_EXTERN_FUNC)
            vec_push(&m->funcs, t->func);
        else
            vec_push(&m->tags, t->func);
        return true;
    case CORE_EXTERN_TABLE: vec_push(&m->tables, *t); return true;
    case CORE_EXTERN_MEMORY: vec_push(&m->memories, *t); return true;
    case CORE_EXTERN_GLOBAL: vec_push(&m->globals, *t); return true;
    }
    __builtin_unreachable();
}

static bool read_imports(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "imports", MAX_IMPORTS, &count, e))
        return false;
    struct core_import *imports = arena_new(m->arena, struct core_import, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = 0;
        if (!read_name(&m->r, &imports[i].module, e) || !read_name(&m->r, &imports[i].name, e) ||
            !read_core_extern_type(&m->r, &imports[i].type, &index, e) || !add_extern(m, &imports[i].type, index, e))
            return false;
    }
    m->out->type.imports = imports;
    m->out->type.import_count = count;
    return true;
}

static bool read_funcs(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "functions", MAX_FUNCS, &count, e))
        return false;
    m->out->func_count = count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = 0;
        struct core_extern_type t = { .kind = CORE_EXTERN_FUNC };
        if (!read_leb_u32(&m->r, &index, e) || !add_extern(m, &t, index, e))
            return false;
    }
    return true;
}

static bool read_tags(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "tags", MAX_TAGS, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = 0;
        uint8_t attribute = 0;
        struct core_extern_type t = { .kind = CORE_EXTERN_TAG };
        if (!read_u8(&m->r, &attribute, e) || !read_leb_u32(&m->r, &index, e) || !add_extern(m, &t, index, e))
            return false;
    }
    return true;
}

static bool read_tables(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "tables", MAX_TABLES, &count, e))
        return false;
    m->out->table_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct core_extern_type t = { 0 };
        bool with_value = false;
        if (!read_core_table(&m->r, &t, &with_value, e))
            return false;
        if (t.limits.min > m->out->table_max_elements)
            m->out->table_max_elements = t.limits.min;
        vec_push(&m->tables, t);
    }
    return true;
}

static bool read_memories(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "memories", MAX_MEMORIES, &count, e))
        return false;
    m->out->memory_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct core_extern_type t = { 0 };
        uint64_t size = 0;
        if (!read_core_memory_type(&m->r, &t, e))
            return false;
        if (__builtin_mul_overflow(t.limits.min, page_bytes, &size) ||
            __builtin_add_overflow(m->out->memory_min_bytes, size, &m->out->memory_min_bytes))
            m->out->memory_min_bytes = UINT64_MAX;
        vec_push(&m->memories, t);
    }
    return true;
}

static bool read_globals(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "globals", MAX_GLOBALS, &count, e))
        return false;
    m->out->global_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct core_extern_type t = { 0 };
        if (!read_core_global_type(&m->r, &t, e) || !skip_core_const_expr(&m->r, e))
            return false;
        vec_push(&m->globals, t);
    }
    return true;
}

static bool no_such(const struct module_reading *m, const char *what, uint32_t index, struct err *e)
{
    return err_at(e, ERR_INVALID, reader_pos(&m->r), "unknown %s %" PRIu32 ": %s index out of bounds", what, index,
                  what);
}

/* The item that an export names. */
static bool resolve_export(const struct module_reading *m, uint8_t kind, uint32_t index, struct core_extern_type *ret,
                           struct err *e)
{
    switch (kind) {
    case 0x00:
        if (index >= m->funcs.len)
            return no_such(m, "function", index, e);
        *ret = (struct core_extern_type){ .kind = CORE_EXTERN_FUNC, .func = m->funcs.at[index] };
        return true;
    case 0x01:
        if (index >= m->tables.len)
            return no_such(m, "table", index, e);
        *ret = m->tables.at[index];
        return true;
    case 0x02:
        if (index >= m->memories.len)
            return no_such(m, "memory", index, e);
        *ret = m->memories.at[index];
        return true;
    case 0x03:
        if (index >= m->globals.len)
            return no_such(m, "global", index, e);
        *ret = m->globals.at[index];
        return true;
    case 0x04:
        if (index >= m->tags.len)
            return no_such(m, "tag", index, e);
        *ret = (struct core_extern_type){ .kind = CORE_EXTERN_TAG, .func = m->tags.at[index] };
        return true;
    }
    return reader_bad_byte(&m->r, kind, "external kind", e);
}

static bool read_exports(struct module_reading *m, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&m->r, "exports", MAX_EXPORTS, &count, e))
        return false;
    struct core_export *exports = arena_new(m->arena, struct core_export, count);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t kind = 0;
        if (!read_name(&m->r, &exports[i].name, e) || !read_u8(&m->r, &kind, e) ||
            !read_leb_u32(&m->r, &exports[i].index, e) ||
            !resolve_export(m, kind, exports[i].index, &exports[i].type, e))
            return false;
    }
    m->out->type.exports = exports;
    m->out->type.export_count = count;
    return true;
}

static bool read_section(struct module_reading *m, uint8_t id, struct err *e)
{
    uint32_t index = 0;
    str name = STR_NONE;
    switch (id) {
    case 0: return read_name(&m->r, &name, e);
    case 1: return read_types(m, e) && reader_expect_end(&m->r, e);
    case 2: return read_imports(m, e) && reader_expect_end(&m->r, e);
    case 3: return read_funcs(m, e) && reader_expect_end(&m->r, e);
    case 4: return read_tables(m, e) && reader_expect_end(&m->r, e);
    case 5: return read_memories(m, e) && reader_expect_end(&m->r, e);
    case 6: return read_globals(m, e) && reader_expect_end(&m->r, e);
    case 7: return read_exports(m, e) && reader_expect_end(&m->r, e);
    case 8: m->out->has_start = true; return read_leb_u32(&m->r, &index, e) && reader_expect_end(&m->r, e);
    case 13: return read_tags(m, e) && reader_expect_end(&m->r, e);
    }
    return true; /* elements, code and data are the engine's */
}

static bool read_sections(struct module_reading *m, struct reader *file, struct err *e)
{
    uint8_t last = 0;
    while (file->at < file->end) {
        uint64_t offset = reader_pos(file);
        uint8_t id = 0;
        uint32_t size = 0;
        bytes body = { 0 };
        if (!read_u8(file, &id, e))
            return false;
        if (id >= ARRAY_LEN(section_names))
            return err_at(e, ERR_PARSE, offset, "malformed section id: %u in a core module", id);
        if (!read_leb_u32(file, &size, e) || !read_slice(file, size, &body, e))
            return err_wrap(e, "%s section of a core module", section_names[id]);
        if (id != 0 && section_ranks[id] <= last)
            return err_at(e, ERR_PARSE, offset, "section out of order: %s section", section_names[id]);
        if (id != 0)
            last = section_ranks[id];
        m->r = reader_over(body, reader_pos(file) - size);
        if (!read_section(m, id, e))
            return err_wrap(e, "%s section of a core module", section_names[id]);
    }
    return true;
}

bool core_module_read(struct arena *a, bytes wasm, uint64_t base, struct core_module *ret, struct err *e)
{
    static const uint8_t preamble[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
    if (wasm.len < sizeof(preamble))
        return err_at(e, ERR_PARSE, base + wasm.len, "unexpected end-of-file in the preamble of a core module");
    if (memcmp(wasm.ptr, preamble, sizeof(preamble)) != 0)
        return err_at(e, ERR_PARSE, base, "expected a version header for a module (00 61 73 6d 01 00 00 00)");
    *ret = (struct core_module){ 0 };
    struct module_reading m = { .arena = a, .out = ret };
    struct reader file = reader_over(wasm, base);
    file.at += sizeof(preamble);
    bool ok = read_sections(&m, &file, e);
    vec_fini(&m.funcs);
    vec_fini(&m.tags);
    vec_fini(&m.tables);
    vec_fini(&m.memories);
    vec_fini(&m.globals);
    return ok;
}
