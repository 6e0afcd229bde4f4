#include "runtime/link/module_writer.h"

enum {
    ID_TYPE = 1,
    ID_IMPORT = 2,
    ID_FUNCTION = 3,
    ID_TABLE = 4,
    ID_GLOBAL = 6,
    ID_EXPORT = 7,
    ID_ELEMENT = 9,
    ID_CODE = 10
};
enum { TYPE_FUNC = 0x60, TYPE_FUNCREF = 0x70, MUTABLE = 1, NO_MAXIMUM = 0, HAS_MAXIMUM = 1 };

static const str table_name = STR_INIT("table");

void module_init(struct module_writer *m)
{
    *m = (struct module_writer){ 0 };
    struct module_section *all[] = { &m->types,   &m->imports, &m->funcs,    &m->tables,
                                     &m->globals, &m->exports, &m->elements, &m->code };
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        buf_init(&all[i]->items, BUF_NO_LIMIT);
}

static void put_section(struct buf *out, uint8_t id, struct module_section *s)
{
    struct buf content;
    buf_init(&content, BUF_NO_LIMIT);
    put_leb(&content, s->count);
    buf_put(&content, s->items.ptr, s->items.len);
    if (s->count) {
        buf_put_u8(out, id);
        put_sized(out, &content);
    }
    buf_fini(&content);
    buf_fini(&s->items);
}

bytes module_end(struct module_writer *m, struct arena *a)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    PUT(&out, 0, 'a', 's', 'm', 1, 0, 0, 0);
    put_section(&out, ID_TYPE, &m->types);
    put_section(&out, ID_IMPORT, &m->imports);
    put_section(&out, ID_FUNCTION, &m->funcs);
    put_section(&out, ID_TABLE, &m->tables);
    put_section(&out, ID_GLOBAL, &m->globals);
    put_section(&out, ID_EXPORT, &m->exports);
    put_section(&out, ID_ELEMENT, &m->elements);
    put_section(&out, ID_CODE, &m->code);
    bytes r = bytes_dup(a, bytes_from(out.ptr, out.len));
    buf_fini(&out);
    return r;
}

static void put_types(struct buf *b, const enum core_type *types, uint32_t count)
{
    put_leb(b, count);
    for (uint32_t i = 0; i < count; i++)
        buf_put_u8(b, core_type_byte(types[i]));
}

uint32_t module_type(struct module_writer *m, const struct core_signature *sig)
{
    PUT(&m->types.items, TYPE_FUNC);
    put_types(&m->types.items, sig->params, sig->param_count);
    put_types(&m->types.items, sig->results, sig->result_count);
    return m->types.count++;
}

/* Names are numbers. */
static void put_number(struct buf *b, uint32_t n)
{
    struct buf name;
    buf_init(&name, BUF_NO_LIMIT);
    buf_printf(&name, "%u", n);
    put_name(b, buf_str(&name));
    buf_fini(&name);
}

static void begin_import(struct module_writer *m, str module, uint32_t number)
{
    put_name(&m->imports.items, module);
    put_number(&m->imports.items, number);
    m->imports.count++;
}

uint32_t module_import_func(struct module_writer *m, str module, uint32_t number, const struct core_signature *sig)
{
    begin_import(m, module, number);
    put_op(&m->imports.items, MODULE_FUNC, module_type(m, sig));
    return m->imported_funcs++;
}

uint32_t module_import_flag(struct module_writer *m, str module, uint32_t number)
{
    begin_import(m, module, number);
    PUT(&m->imports.items, MODULE_GLOBAL, core_type_byte(CORE_I32), MUTABLE);
    return m->imported_globals++;
}

void module_import_memory(struct module_writer *m, uint32_t number)
{
    begin_import(m, STR("memory"), number);
    PUT(&m->imports.items, MODULE_MEMORY, NO_MAXIMUM, 0);
}

void module_import_table(struct module_writer *m)
{
    begin_import(m, table_name, 0);
    PUT(&m->imports.items, MODULE_TABLE, TYPE_FUNCREF, NO_MAXIMUM, 0);
}

uint32_t module_func(struct module_writer *m, const struct core_signature *sig, struct adapter_body *b)
{
    put_leb(&m->funcs.items, module_type(m, sig));
    body_end(b, &m->code.items);
    m->code.count++;
    return m->imported_funcs + m->funcs.count++;
}

void module_export(struct module_writer *m, uint32_t number, enum module_kind kind, uint32_t index)
{
    put_number(&m->exports.items, number);
    put_op(&m->exports.items, (uint8_t)kind, index);
    m->exports.count++;
}

void module_table(struct module_writer *m, uint32_t len)
{
    PUT(&m->tables.items, TYPE_FUNCREF, HAS_MAXIMUM);
    put_leb(&m->tables.items, len);
    put_leb(&m->tables.items, len);
    put_name(&m->exports.items, table_name);
    put_op(&m->exports.items, MODULE_TABLE, m->tables.count++);
    m->exports.count++;
}

void module_elements(struct module_writer *m, uint32_t at, const uint32_t *funcs, uint32_t count)
{
    struct buf *b = &m->elements.items;
    PUT(b, 0); /* active, of table 0 */
    put_i32(b, at);
    PUT(b, OP_END);
    put_leb(b, count);
    for (uint32_t i = 0; i < count; i++)
        put_leb(b, funcs[i]);
    m->elements.count++;
}

uint32_t module_flag(struct module_writer *m)
{
    PUT(&m->globals.items, core_type_byte(CORE_I32), MUTABLE, OP_I32_CONST, 1, OP_END);
    return m->globals.count++;
}
