#include "runtime/binary/instrument.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/vec.h"
#include "runtime/binary/core_types.h"
#include "runtime/binary/writer.h"

enum {
    ID_CUSTOM,
    ID_TYPE,
    ID_IMPORT,
    ID_FUNCTION,
    ID_TABLE,
    ID_MEMORY,
    ID_GLOBAL,
    ID_EXPORT,
    ID_CODE = 10,
    ID_MAX = 13
};

enum { PREAMBLE_BYTES = 8, MAX_ITEMS = 1000000 };

/* The order that sections have in a module. */
static const uint8_t section_order[] = { 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11 };

struct table {
    uint32_t index;
    uint8_t element; /* type */
    uint64_t min;
};

struct global {
    uint32_t index;
    uint8_t type;
};

/* A module taken apart. */
struct parts {
    bytes sections[ID_MAX + 1]; /* by id, without id and size; custom ones are apart */
    VEC(bytes) customs;         /* with id and size */
    uint32_t types, imported_funcs, funcs, imported_globals, globals, imported_tables, tables;
    uint32_t imported_memories, memories;
    VEC(struct global) mutable_globals; /* defined here */
    VEC(struct table) defined_tables;
    struct instrument_facts facts;
};

static void parts_fini(struct parts *p)
{
    vec_fini(&p->customs);
    vec_fini(&p->mutable_globals);
    vec_fini(&p->defined_tables);
}

/* --- Taking apart --- */

static bool split(bytes module, struct parts *p, struct err *e)
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

static bool open_section(const struct parts *p, uint8_t id, struct reader *r, uint32_t *ret_count, struct err *e)
{
    *ret_count = 0;
    *r = reader_over(p->sections[id], 0);
    return !p->sections[id].ptr || read_count(r, "items", MAX_ITEMS, ret_count, e);
}

static bool count_types(struct parts *p, struct err *e)
{
    struct reader r;
    uint32_t count = 0;
    struct arena scratch;
    core_type_list list = { 0 };
    arena_init(&scratch);
    bool ok = open_section(p, ID_TYPE, &r, &count, e);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = read_core_rectype(&r, &scratch, &list, e);
    p->types = list.len;
    for (uint32_t i = 0; i < list.len; i++)
        p->facts.has_gc_types = p->facts.has_gc_types || list.at[i].kind != CORE_TYPE_FUNC;
    vec_fini(&list);
    arena_fini(&scratch);
    return ok;
}

static bool count_imports(struct parts *p, struct err *e)
{
    struct reader r;
    uint32_t count = 0;
    if (!open_section(p, ID_IMPORT, &r, &count, e))
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

/* Types of one byte, all of which have a default value: numbers, and references that may be null. */
static bool has_default(uint8_t type)
{
    return (type >= 0x7b && type <= 0x7f) || (type >= 0x69 && type <= 0x74);
}

static bool list_globals(struct parts *p, struct err *e)
{
    struct reader r;
    if (!open_section(p, ID_GLOBAL, &r, &p->globals, e))
        return false;
    for (uint32_t i = 0; i < p->globals; i++) {
        struct core_extern_type t = { 0 };
        if (!read_core_global_type(&r, &t, e) || !skip_core_const_expr(&r, e))
            return false;
        if (!t.is_mutable)
            continue;
        p->facts.has_other_state = p->facts.has_other_state || !has_default(t.value_type);
        vec_push(&p->mutable_globals, (struct global){ p->imported_globals + i, t.value_type });
    }
    return true;
}

static bool list_tables(struct parts *p, struct err *e)
{
    struct reader r;
    if (!open_section(p, ID_TABLE, &r, &p->tables, e))
        return false;
    for (uint32_t i = 0; i < p->tables; i++) {
        struct core_extern_type t = { 0 };
        bool with_value = false;
        if (!read_core_table(&r, &t, &with_value, e))
            return false;
        p->facts.has_other_state =
            p->facts.has_other_state || with_value || t.limits.is64 || !has_default(t.value_type);
        vec_push(&p->defined_tables, (struct table){ p->imported_tables + i, t.value_type, t.limits.min });
    }
    return true;
}

static bool count_memories(struct parts *p, struct err *e)
{
    struct reader r;
    if (!open_section(p, ID_MEMORY, &r, &p->memories, e))
        return false;
    for (uint32_t i = 0; i < p->memories; i++) {
        struct core_extern_type t = { 0 };
        if (!read_core_memory_type(&r, &t, e))
            return false;
        p->facts.has_shared_memory = p->facts.has_shared_memory || t.limits.shared;
    }
    return true;
}

static bool look_at_exports(struct parts *p, struct err *e)
{
    struct reader r;
    uint32_t count = 0;
    if (!open_section(p, ID_EXPORT, &r, &count, e))
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

static bool take_apart(bytes module, struct parts *p, struct err *e)
{
    struct reader r;
    return split(module, p, e) && count_types(p, e) && count_imports(p, e) && list_globals(p, e) && list_tables(p, e) &&
           count_memories(p, e) && look_at_exports(p, e) && open_section(p, ID_FUNCTION, &r, &p->funcs, e);
}

bool instrument_scan(bytes module, struct instrument_facts *ret, struct err *e)
{
    struct parts p = { 0 };
    bool ok = take_apart(module, &p, e) &&
              (!p.sections[ID_CODE].ptr || core_code_scan(p.sections[ID_CODE], &p.facts.code, e));
    *ret = p.facts;
    parts_fini(&p);
    return ok;
}

str instrument_obstacle(const struct instrument_facts *f)
{
    if (f->code.drops_segments)
        return STR("drops data or element segments");
    if (f->code.uses_gc || f->has_gc_types)
        return STR("uses garbage-collected objects");
    if (f->has_shared_memory)
        return STR("has a shared memory");
    if (f->has_other_state)
        return STR("has globals or tables of types without a default value");
    if (f->code.has_unknown)
        return STR("has instructions that are not known here");
    if (f->has_our_names)
        return STR("has exports whose names are reserved");
    return STR_NONE;
}

/* --- Putting together --- */

enum { GLOBAL_GET = 0x23, GLOBAL_SET = 0x24, I32_CONST = 0x41, END = 0x0b };

/* table.size is 0xfc 16, grow 15, copy 14. */
static void put_table_op(struct buf *b, uint8_t op, uint32_t index)
{
    PUT(b, 0xfc, op);
    put_leb(b, index);
}

static void put_table_copy(struct buf *b, uint32_t to, uint32_t from)
{
    PUT(b, I32_CONST, 0, I32_CONST, 0);
    put_table_op(b, 16, from);
    put_table_op(b, 14, to);
    put_leb(b, from);
}

static uint32_t first_twin_global(const struct parts *p)
{
    return p->imported_globals + p->globals;
}

static uint32_t first_twin_table(const struct parts *p)
{
    return p->imported_tables + p->tables;
}

static void put_body(struct buf *out, const struct buf *code)
{
    put_leb(out, code->len + 1);
    buf_put_u8(out, 0); /* no locals */
    buf_put(out, code->ptr, code->len);
}

static void put_save(struct buf *out, const struct parts *p, bool tables)
{
    struct buf code;
    buf_init(&code, BUF_NO_LIMIT);
    for (uint32_t i = 0; i < p->mutable_globals.len; i++) {
        put_op(&code, GLOBAL_GET, p->mutable_globals.at[i].index);
        put_op(&code, GLOBAL_SET, first_twin_global(p) + i);
    }
    for (uint32_t i = 0; tables && i < p->tables; i++) {
        uint32_t table = p->defined_tables.at[i].index, twin = first_twin_table(p) + i;
        /* The start may have made the table larger: table.grow twin (null, size table - size twin). */
        PUT(&code, 0xd0, p->defined_tables.at[i].element);
        put_table_op(&code, 16, table);
        put_table_op(&code, 16, twin);
        PUT(&code, 0x6b);
        put_table_op(&code, 15, twin);
        PUT(&code, 0x1a);
        put_table_copy(&code, twin, table);
    }
    buf_put_u8(&code, END);
    put_body(out, &code);
    buf_fini(&code);
}

static void put_restore(struct buf *out, const struct parts *p, bool tables)
{
    struct buf code;
    buf_init(&code, BUF_NO_LIMIT);
    for (uint32_t i = 0; i < p->mutable_globals.len; i++) {
        put_op(&code, GLOBAL_GET, first_twin_global(p) + i);
        put_op(&code, GLOBAL_SET, p->mutable_globals.at[i].index);
    }
    for (uint32_t i = 0; tables && i < p->tables; i++) {
        uint32_t table = p->defined_tables.at[i].index, twin = first_twin_table(p) + i;
        /* if (size table != size twin) return 0: tables do not shrink */
        put_table_op(&code, 16, table);
        put_table_op(&code, 16, twin);
        PUT(&code, 0x47, 0x04, 0x40, I32_CONST, 0, 0x0f, END);
        put_table_copy(&code, table, twin);
    }
    PUT(&code, I32_CONST, 1, END);
    put_body(out, &code);
    buf_fini(&code);
}

/* The items that a section gets besides its own. Returns how many. */
static uint32_t put_items(struct buf *b, uint8_t id, const struct parts *p, bool tables, bool state)
{
    uint32_t func = p->imported_funcs + p->funcs, count = 0;
    switch (id) {
    case ID_TYPE:
        if (!state)
            return 0;
        PUT(b, 0x60, 0, 0, 0x60, 0, 1, 0x7f); /* func(), func() -> i32 */
        return 2;
    case ID_FUNCTION:
        if (!state)
            return 0;
        put_leb(b, p->types);
        put_leb(b, p->types + 1);
        return 2;
    case ID_TABLE:
        for (; tables && count < p->tables; count++) {
            PUT(b, p->defined_tables.at[count].element, 0);
            put_leb(b, p->defined_tables.at[count].min);
        }
        return count;
    case ID_GLOBAL:
        for (; count < p->mutable_globals.len; count++) {
            uint8_t type = p->mutable_globals.at[count].type;
            PUT(b, type, 1);
            switch (type) {
            case 0x7f: PUT(b, 0x41, 0, END); break;
            case 0x7e: PUT(b, 0x42, 0, END); break;
            case 0x7d: PUT(b, 0x43, 0, 0, 0, 0, END); break;
            case 0x7c: PUT(b, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, END); break;
            case 0x7b: PUT(b, 0xfd, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, END); break;
            default: PUT(b, 0xd0, type, END);
            }
        }
        return count;
    case ID_EXPORT:
        for (; count < p->memories; count++) {
            char name[32];
            snprintf(name, sizeof(name), INSTRUMENT_MEMORY "%u", count);
            put_name(b, str_of(name));
            put_op(b, 0x02, p->imported_memories + count);
        }
        if (!state)
            return count;
        put_name(b, STR(INSTRUMENT_SAVE));
        put_op(b, 0x00, func);
        put_name(b, STR(INSTRUMENT_RESTORE));
        put_op(b, 0x00, func + 1);
        return count + 2;
    case ID_CODE:
        if (!state)
            return 0;
        put_save(b, p, tables);
        put_restore(b, p, tables);
        return 2;
    }
    return 0;
}

static void put_section(struct buf *out, uint8_t id, bytes head, bytes old, const struct buf *more)
{
    buf_put_u8(out, id);
    put_leb(out, head.len + old.len + more->len);
    buf_put(out, head.ptr, head.len);
    buf_put(out, old.ptr, old.len);
    buf_put(out, more->ptr, more->len);
}

/* A section with the items added: a new count, the old items, the new ones. */
static bool put_extended(struct buf *out, uint8_t id, const struct parts *p, const struct buf *more, uint32_t count,
                         struct err *e)
{
    struct reader r;
    uint32_t had = 0;
    if (!open_section(p, id, &r, &had, e))
        return false;
    struct buf head;
    buf_init(&head, BUF_NO_LIMIT);
    put_leb(&head, (uint64_t)had + count);
    put_section(out, id, bytes_from(head.ptr, head.len), bytes_from(r.at, reader_left(&r)), more);
    buf_fini(&head);
    return true;
}

static bool put_module(bytes module, const struct parts *p, bool tables, bool state, struct buf *out, struct err *e)
{
    struct buf more;
    buf_init(&more, BUF_NO_LIMIT);
    buf_put(out, module.ptr, PREAMBLE_BYTES);
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(section_order); i++) {
        uint8_t id = section_order[i];
        buf_reset(&more);
        uint32_t count = put_items(&more, id, p, tables, state);
        if (count)
            ok = put_extended(out, id, p, &more, count, e);
        else if (p->sections[id].ptr)
            put_section(out, id, (bytes){ 0 }, p->sections[id], &more);
    }
    for (uint32_t i = 0; i < p->customs.len; i++)
        buf_put(out, p->customs.at[i].ptr, p->customs.at[i].len);
    buf_fini(&more);
    return ok;
}

bool instrument_module(bytes module, bool tables, struct buf *out, struct instrument_result *ret, struct err *e)
{
    struct parts p = { 0 };
    bool ok = take_apart(module, &p, e);
    if (ok) {
        ret->has_state = p.mutable_globals.len || (tables && p.tables);
        ret->memory_count = p.memories;
        ok = put_module(module, &p, tables, ret->has_state, out, e);
    }
    parts_fini(&p);
    return ok;
}
