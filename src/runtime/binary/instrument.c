#include "runtime/binary/instrument.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "runtime/binary/core_parts.h"
#include "runtime/binary/writer.h"

/* The order that sections have in a module. */
static const uint8_t section_order[] = { 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11 };

bool instrument_scan(bytes module, struct instrument_facts *ret, struct err *e)
{
    struct core_parts p = { 0 };
    bool ok = core_parts_read(module, &p, e) &&
              (!p.sections[ID_CODE].ptr || core_code_scan(p.sections[ID_CODE], &p.facts.code, e));
    *ret = p.facts;
    core_parts_fini(&p);
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

bool instrument_start_can_stand_apart(const struct instrument_facts *f)
{
    return !f->code.changes_tables && !f->code.copies_segments && !f->has_reference_globals;
}

/* --- Putting together --- */

enum { END = 0x0b, CALL = 0x10, LOCAL_GET = 0x20, GLOBAL_GET = 0x23, GLOBAL_SET = 0x24, I32_CONST = 0x41 };

/* Of exports. */
enum { KIND_FUNC, KIND_MEMORY = 2 };

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

static uint32_t first_twin_global(const struct core_parts *p)
{
    return p->imported_globals + p->globals;
}

static uint32_t first_twin_table(const struct core_parts *p)
{
    return p->imported_tables + p->tables;
}

static void put_body(struct buf *out, const struct buf *code)
{
    put_leb(out, code->len + 1);
    buf_put_u8(out, 0); /* no locals */
    buf_put(out, code->ptr, code->len);
}

static void put_save(struct buf *out, const struct core_parts *p, bool tables)
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

static void put_restore(struct buf *out, const struct core_parts *p, bool tables)
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

static void put_start(struct buf *out, const struct core_parts *p)
{
    struct buf code;
    buf_init(&code, BUF_NO_LIMIT);
    core_data_put_copies(&code, &p->data);
    if (p->has_start)
        put_op(&code, CALL, p->start);
    buf_put_u8(&code, END);
    put_body(out, &code);
    buf_fini(&code);
}

/* Twins `first` to the one before the result. */
static uint32_t group_end(const struct instrument_result *adds, uint32_t first)
{
    uint32_t left = adds->global_count - first;
    return first + (left < INSTRUMENT_GLOBALS_AT_ONCE ? left : INSTRUMENT_GLOBALS_AT_ONCE);
}

static void put_types_of(struct buf *b, const struct core_parts *p, uint32_t first, uint32_t end)
{
    put_leb(b, end - first);
    for (uint32_t i = first; i < end; i++)
        buf_put_u8(b, p->mutable_globals.at[i].type);
}

static uint32_t put_types(struct buf *b, const struct core_parts *p, const struct instrument_result *adds)
{
    uint32_t count = 2;
    if (!adds->has_state && !adds->has_start)
        return 0;
    PUT(b, 0x60, 0, 0, 0x60, 0, 1, 0x7f); /* func(), func() -> i32 */
    for (uint32_t i = 0; i < adds->global_count; i = group_end(adds, i), count += 2) {
        PUT(b, 0x60, 0); /* func() -> the group */
        put_types_of(b, p, i, group_end(adds, i));
        PUT(b, 0x60); /* func(the group) */
        put_types_of(b, p, i, group_end(adds, i));
        PUT(b, 0);
    }
    return count;
}

static void put_get(struct buf *out, const struct core_parts *p, uint32_t first, uint32_t end)
{
    struct buf code;
    buf_init(&code, BUF_NO_LIMIT);
    for (uint32_t i = first; i < end; i++)
        put_op(&code, GLOBAL_GET, first_twin_global(p) + i);
    buf_put_u8(&code, END);
    put_body(out, &code);
    buf_fini(&code);
}

static void put_put(struct buf *out, const struct core_parts *p, uint32_t first, uint32_t end)
{
    struct buf code;
    buf_init(&code, BUF_NO_LIMIT);
    for (uint32_t i = first; i < end; i++) {
        put_op(&code, LOCAL_GET, i - first);
        put_op(&code, GLOBAL_SET, first_twin_global(p) + i);
    }
    buf_put_u8(&code, END);
    put_body(out, &code);
    buf_fini(&code);
}

/* The functions that are added, in this order: save, restore, start, and get and put of each group of globals. */
static uint32_t put_functions(struct buf *b, const struct core_parts *p, const struct instrument_result *adds)
{
    uint32_t count = 0, type = p->types;
    if (adds->has_state) {
        put_leb(b, type);
        put_leb(b, type + 1);
        count += 2;
    }
    if (adds->has_start) {
        put_leb(b, type);
        count++;
    }
    for (uint32_t i = 0; i < adds->global_count; i = group_end(adds, i), count += 2) {
        put_leb(b, type += 2);
        put_leb(b, type + 1);
    }
    return count;
}

static uint32_t put_bodies(struct buf *b, const struct core_parts *p, bool tables, const struct instrument_result *adds)
{
    uint32_t count = 0;
    if (adds->has_state) {
        put_save(b, p, tables);
        put_restore(b, p, tables);
        count += 2;
    }
    if (adds->has_start) {
        put_start(b, p);
        count++;
    }
    for (uint32_t i = 0; i < adds->global_count; i = group_end(adds, i), count += 2) {
        put_get(b, p, i, group_end(adds, i));
        put_put(b, p, i, group_end(adds, i));
    }
    return count;
}

static void put_numbered_export(struct buf *b, const char *prefix, uint32_t number, uint8_t kind, uint32_t index)
{
    char name[32];
    snprintf(name, sizeof(name), "%s%u", prefix, number);
    put_name(b, str_of(name));
    put_op(b, kind, index);
}

static uint32_t put_exports(struct buf *b, const struct core_parts *p, const struct instrument_result *adds)
{
    uint32_t func = p->imported_funcs + p->funcs, count = adds->memory_count;
    for (uint32_t i = 0; i < adds->memory_count; i++)
        put_numbered_export(b, INSTRUMENT_MEMORY, i, KIND_MEMORY, p->imported_memories + i);
    if (adds->has_state) {
        put_name(b, STR(INSTRUMENT_SAVE));
        put_op(b, KIND_FUNC, func++);
        put_name(b, STR(INSTRUMENT_RESTORE));
        put_op(b, KIND_FUNC, func++);
        count += 2;
    }
    if (adds->has_start) {
        put_name(b, STR(INSTRUMENT_START));
        put_op(b, KIND_FUNC, func++);
        count++;
    }
    for (uint32_t i = 0, n = 0; i < adds->global_count; i = group_end(adds, i), n++, count += 2) {
        put_numbered_export(b, INSTRUMENT_GET, n, KIND_FUNC, func++);
        put_numbered_export(b, INSTRUMENT_PUT, n, KIND_FUNC, func++);
    }
    return count;
}

/* The items that a section gets besides its own. Returns how many. */
static uint32_t put_items(struct buf *b, uint8_t id, const struct core_parts *p, bool tables,
                          const struct instrument_result *adds)
{
    uint32_t count = 0;
    switch (id) {
    case ID_TYPE: return put_types(b, p, adds);
    case ID_FUNCTION: return put_functions(b, p, adds);
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
    case ID_EXPORT: return put_exports(b, p, adds);
    case ID_CODE: return put_bodies(b, p, tables, adds);
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
static bool put_extended(struct buf *out, uint8_t id, const struct core_parts *p, const struct buf *more,
                         uint32_t count, struct err *e)
{
    struct reader r;
    uint32_t had = 0;
    if (!core_parts_open(p, id, &r, &had, e))
        return false;
    struct buf head;
    buf_init(&head, BUF_NO_LIMIT);
    put_leb(&head, (uint64_t)had + count);
    put_section(out, id, bytes_from(head.ptr, head.len), bytes_from(r.at, reader_left(&r)), more);
    buf_fini(&head);
    return true;
}

/* What the start does apart from instantiation is not to be done there as well. Whether the section is one of these. */
static bool put_without_start(struct buf *out, uint8_t id, const struct core_parts *p)
{
    struct buf body;
    if (id != ID_START && id != ID_DATA && id != ID_DATA_COUNT)
        return false;
    buf_init(&body, BUF_NO_LIMIT);
    if (id == ID_DATA_COUNT)
        put_leb(&body, p->data.len);
    else if (id == ID_DATA)
        core_data_put_passive(&body, &p->data);
    if (id != ID_START && p->data.len)
        put_section(out, id, (bytes){ 0 }, bytes_from(body.ptr, body.len), &(struct buf){ 0 });
    buf_fini(&body);
    return true;
}

static bool put_module(bytes module, const struct core_parts *p, bool tables, const struct instrument_result *adds,
                       struct buf *out, struct err *e)
{
    struct buf more;
    buf_init(&more, BUF_NO_LIMIT);
    buf_put(out, module.ptr, PREAMBLE_BYTES);
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(section_order); i++) {
        uint8_t id = section_order[i];
        if (adds->has_start && put_without_start(out, id, p))
            continue;
        buf_reset(&more);
        uint32_t count = put_items(&more, id, p, tables, adds);
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

static bool has_active_data(const struct core_parts *p)
{
    for (uint32_t i = 0; i < p->data.len; i++)
        if (p->data.at[i].active)
            return true;
    return false;
}

static struct instrument_result result_of(const struct core_parts *p, const struct instrument_options *o)
{
    return (struct instrument_result){
        .has_state = p->mutable_globals.len || (o->tables && p->tables),
        .has_start = o->start_apart && (p->has_start || has_active_data(p)),
        .memory_count = p->memories,
        .global_count = o->start_apart ? p->mutable_globals.len : 0,
    };
}

bool instrument_foresee(bytes module, const struct instrument_options *o, struct instrument_result *ret, struct err *e)
{
    struct core_parts p = { 0 };
    bool ok = core_parts_read(module, &p, e);
    if (ok)
        *ret = result_of(&p, o);
    core_parts_fini(&p);
    return ok;
}

bool instrument_module(bytes module, const struct instrument_options *o, struct buf *out, struct err *e)
{
    struct core_parts p = { 0 };
    bool ok = core_parts_read(module, &p, e);
    if (ok) {
        struct instrument_result adds = result_of(&p, o);
        ok = put_module(module, &p, o->tables, &adds, out, e);
    }
    core_parts_fini(&p);
    return ok;
}
