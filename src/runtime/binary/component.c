/* Components: preamble, sections, nested modules and components. The entries of sections are read by the other files
 * of this folder. */
#include "runtime/binary/component.h"

#include <stdio.h>

#include "runtime/binary/sections.h"

enum { PREAMBLE_BYTES = 8, PREVIEW_BYTES = 16 };

static const uint8_t magic[] = { 0, 'a', 's', 'm' };
static const uint8_t component_version[] = { 0x0d, 0, 1, 0 };
static const uint8_t module_version[] = { 1, 0, 0, 0 };

enum section_id {
    SECTION_CUSTOM,
    SECTION_CORE_MODULE,
    SECTION_CORE_INSTANCE,
    SECTION_CORE_TYPE,
    SECTION_COMPONENT,
    SECTION_INSTANCE,
    SECTION_ALIAS,
    SECTION_TYPE,
    SECTION_CANON,
    SECTION_START,
    SECTION_IMPORT,
    SECTION_EXPORT,
    SECTION_VALUE,
};

static const char *const section_names[] = {
    "custom", "core module", "core instance", "core type", "component", "instance", "alias",
    "type",   "canon",       "start",         "import",    "export",    "value",
};

/* "'<!doctype html>'" or "7f 45 4c 46 ...": what a file that is no wasm begins with. */
static void preview(bytes b, char out[3 * PREVIEW_BYTES + 4])
{
    size_t len = b.len < PREVIEW_BYTES ? b.len : PREVIEW_BYTES, used = 0;
    bool printable = true;
    for (size_t i = 0; i < len; i++)
        printable &= b.ptr[i] >= 0x20 && b.ptr[i] < 0x7f;
    if (printable) {
        snprintf(out, 3 * PREVIEW_BYTES + 4, "'%.*s'", (int)len, (const char *)b.ptr);
        return;
    }
    for (size_t i = 0; i < len; i++)
        used += (size_t)snprintf(out + used, 3 * PREVIEW_BYTES + 4 - used, i ? " %02x" : "%02x", b.ptr[i]);
}

static bool no_wasm(bytes wasm, uint64_t offset, struct err *e)
{
    if (wasm.len == 0)
        return err_at(e, ERR_PARSE, offset, "not a WebAssembly file: it is empty");
    char begin[3 * PREVIEW_BYTES + 4];
    preview(wasm, begin);
    err_at(e, ERR_PARSE, offset, "not a WebAssembly file: it begins with %s", begin);
    if (str_starts(str_of_bytes(wasm), STR("(component")) || str_starts(str_of_bytes(wasm), STR("(module")))
        return err_help(e, "this is text; make it binary with 'wasm-tools parse FILE -o FILE.wasm'");
    return err_help(e, "give a component: a .wasm file built for wasm32-wasip2 or made by 'wasm-tools component new'");
}

/* Checks the first eight bytes and moves past them. */
static bool read_preamble(struct reader *r, bytes wasm, bool nested, struct err *e)
{
    size_t present = wasm.len < sizeof(magic) ? wasm.len : sizeof(magic);
    if (wasm.len == 0 || memcmp(wasm.ptr, magic, present) != 0)
        return no_wasm(wasm, r->base, e);
    if (wasm.len < PREAMBLE_BYTES)
        return err_at(e, ERR_PARSE, r->base + wasm.len,
                      "unexpected end-of-file in the preamble: expected %d bytes, found %zu", PREAMBLE_BYTES, wasm.len);
    const uint8_t *version = wasm.ptr + sizeof(magic);
    r->at += PREAMBLE_BYTES;
    if (memcmp(version, component_version, sizeof(component_version)) == 0)
        return true;
    uint64_t offset = r->base + sizeof(magic);
    if (memcmp(version, module_version, sizeof(module_version)) == 0) {
        if (nested)
            return err_at(e, ERR_PARSE, offset,
                          "expected a version header for a component, found that of a core module");
        err_at(e, ERR_PARSE, offset, "this is a core module, not a component");
        return err_help(e, "make a component of it: wasm-tools component new MODULE.wasm -o COMPONENT.wasm, with "
                           "--adapt ADAPTER.wasm when it was built for wasm32-wasip1");
    }
    err_at(e, ERR_PARSE, offset,
           "unknown binary version %02x %02x %02x %02x: expected 0d 00 01 00, that of a component", version[0],
           version[1], version[2], version[3]);
    return err_help(e, "build the component again with current tools: the format has changed since, or before");
}

static void add_def(struct component_reading *c, struct def d)
{
    vec_push(&c->defs, d);
}

static bool read_nested(struct component_reading *outer, bytes wasm, uint64_t base, struct component **ret,
                        struct err *e);

static bool read_component_section(struct component_reading *c, struct err *e)
{
    bytes wasm = bytes_from(c->r.start, (size_t)(c->r.end - c->r.start));
    struct component *inner = NULL;
    if (!read_nested(c, wasm, c->r.base, &inner, e))
        return false;
    add_def(c, (struct def){ .kind = DEF_COMPONENT, .offset = c->r.base, .of.component = inner });
    c->r.at = c->r.end;
    return true;
}

static bool read_core_module_section(struct component_reading *c, struct err *e)
{
    bytes wasm = bytes_from(c->r.start, (size_t)(c->r.end - c->r.start));
    c->r.at = c->r.end;
    if (wasm.len < PREAMBLE_BYTES)
        return err_at(e, ERR_PARSE, c->r.base + wasm.len, "unexpected end-of-file in the preamble of a core module");
    if (memcmp(wasm.ptr, magic, sizeof(magic)) != 0 ||
        memcmp(wasm.ptr + sizeof(magic), module_version, sizeof(module_version)) != 0)
        return err_at(e, ERR_PARSE, c->r.base, "expected a version header for a module (00 61 73 6d 01 00 00 00)");
    add_def(c, (struct def){ .kind = DEF_CORE_MODULE, .offset = c->r.base, .of.core_module = wasm });
    return true;
}

static bool read_custom_section(struct component_reading *c, struct component *out, struct err *e)
{
    str name = STR_NONE;
    if (!read_name(&c->r, &name, e))
        return false;
    if (str_eq(name, STR("component-name")) && !out->name_section.ptr)
        out->name_section = bytes_from(c->r.at, reader_left(&c->r));
    c->r.at = c->r.end;
    return true;
}

typedef bool read_entry_fn(struct component_reading *c, struct err *e);

static bool read_entries(struct component_reading *c, const char *what, read_entry_fn *read_entry, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(&c->r, what, MAX_DEFS, &count, e))
        return false;
    if (count > MAX_DEFS - c->defs.len)
        return err_at(e, ERR_LIMIT, reader_pos(&c->r), "more than %d definitions", MAX_DEFS);
    for (uint32_t i = 0; i < count; i++)
        if (!read_entry(c, e))
            return false;
    return true;
}

static bool read_section(struct component_reading *c, enum section_id id, struct component *out, struct err *e)
{
    switch (id) {
    case SECTION_CUSTOM: return read_custom_section(c, out, e);
    case SECTION_CORE_MODULE: return read_core_module_section(c, e);
    case SECTION_CORE_INSTANCE: return read_entries(c, "core instances", read_core_instance, e);
    case SECTION_CORE_TYPE: return read_entries(c, "core types", read_core_type, e);
    case SECTION_COMPONENT: return read_component_section(c, e);
    case SECTION_INSTANCE: return read_entries(c, "instances", read_instance, e);
    case SECTION_ALIAS: return read_entries(c, "aliases", read_alias, e);
    case SECTION_TYPE: return read_entries(c, "types", read_type, e);
    case SECTION_CANON: return read_entries(c, "canonical functions", read_canon, e);
    case SECTION_IMPORT: return read_entries(c, "imports", read_import, e);
    case SECTION_EXPORT: return read_entries(c, "exports", read_export, e);
    case SECTION_START: return reader_gated(&c->r, "start functions", "values", e);
    case SECTION_VALUE: return reader_gated(&c->r, "value definitions", "values", e);
    }
    __builtin_unreachable();
}

static bool read_sections(struct component_reading *c, struct reader *file, struct component *out, struct err *e)
{
    while (file->at < file->end) {
        uint64_t offset = reader_pos(file);
        uint8_t id = 0;
        uint32_t size = 0;
        bytes body = { 0 };
        if (!read_u8(file, &id, e))
            return false;
        if (id > SECTION_VALUE)
            return err_at(e, ERR_PARSE, offset, "malformed section id: %u in a component", id);
        if (!read_leb_u32(file, &size, e) || !read_slice(file, size, &body, e))
            return err_wrap(e, "%s section", section_names[id]);
        c->r = reader_over(body, reader_pos(file) - size);
        bool ok = read_section(c, (enum section_id)id, out, e) && reader_expect_end(&c->r, e);
        if (!ok) /* "component section: component section: …" would help nobody */
            return id == SECTION_COMPONENT ? false : err_wrap(e, "%s section", section_names[id]);
    }
    return true;
}

static bool read_all(struct component_reading *c, bytes wasm, uint64_t base, struct component **ret, struct err *e)
{
    struct reader file = reader_over(wasm, base);
    struct component *out = arena_new(c->arena, struct component, 1);
    out->source = wasm;
    out->offset = base;
    bool ok = read_preamble(&file, wasm, c->nesting > 0, e) && read_sections(c, &file, out, e);
    if (ok) {
        out->defs = arena_new(c->arena, struct def, c->defs.len);
        if (c->defs.len)
            memcpy(out->defs, c->defs.at, c->defs.len * sizeof(*out->defs));
        out->def_count = c->defs.len;
        *ret = out;
    }
    vec_fini(&c->defs);
    return ok;
}

static bool read_nested(struct component_reading *outer, bytes wasm, uint64_t base, struct component **ret,
                        struct err *e)
{
    struct component_reading c = { .arena = outer->arena, .features = outer->features, .nesting = outer->nesting + 1 };
    if (c.nesting > MAX_NESTING)
        return err_at(e, ERR_LIMIT, base, "components nested deeper than %d", MAX_NESTING);
    return read_all(&c, wasm, base, ret, e);
}

bool component_read_with(struct arena *a, bytes wasm, unsigned features, struct component **ret, struct err *e)
{
    struct component_reading c = { .arena = a, .features = features };
    return read_all(&c, wasm, 0, ret, e);
}

bool component_read(struct arena *a, bytes wasm, struct component **ret, struct err *e)
{
    return component_read_with(a, wasm, 0, ret, e);
}
