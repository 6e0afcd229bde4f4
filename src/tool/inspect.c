/* `berth inspect`: what a component imports and exports, as WIT, and what it is made of. Nothing is compiled or run. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "runtime/binary/component.h"
#include "runtime/binary/core_module.h"
#include "runtime/check/check.h"
#include "tool/command.h"
#include "tool/graph.h"
#include "tool/json.h"
#include "server/app/wasm_file.h"
#include "tool/world.h"

struct inspect_settings {
    bool json, graph;
    option_list with;
};

/* A core module of the component or of one nested in it. */
struct module_row {
    uint64_t offset, size;
    struct core_module module;
};

struct nested_row {
    uint64_t offset, size;
    str name;
    uint32_t depth;
};

/* What the component is made of, in the order of the file. */
struct parts {
    VEC(struct module_row) modules;
    VEC(struct nested_row) nested;
};

static bool collect(struct arena *a, const struct component *c, uint32_t depth, struct parts *parts, struct err *e)
{
    for (uint32_t i = 0; i < c->def_count; i++) {
        const struct def *d = &c->defs[i];
        if (d->kind == DEF_CORE_MODULE) {
            bytes wasm = d->of.core_module;
            struct module_row row = { .offset = c->offset + (uint64_t)(wasm.ptr - c->source.ptr), .size = wasm.len };
            if (!core_module_read(a, wasm, row.offset, &row.module, e))
                return false;
            vec_push(&parts->modules, row);
        } else if (d->kind == DEF_COMPONENT) {
            const struct component *inner = d->of.component;
            vec_push(&parts->nested, (struct nested_row){ .offset = inner->offset,
                                                          .size = inner->source.len,
                                                          .name = component_name(inner),
                                                          .depth = depth });
            if (!collect(a, inner, depth + 1, parts, e))
                return false;
        }
    }
    return true;
}

/* "62.1 KiB": for people; `--json` has the exact number. */
static const char *format_size(uint64_t size, char out[32])
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
    double v = (double)size;
    size_t u = 0;
    while (v >= 1024 && u + 1 < ARRAY_LEN(units))
        v /= 1024, u++;
    snprintf(out, 32, u ? "%.1f %s" : "%.0f %s", v, units[u]);
    return out;
}

static void print_parts(FILE *f, const struct parts *parts)
{
    char size[32], memory[32];
    fprintf(f, "\n%" PRIu32 " core module%s:\n", parts->modules.len, parts->modules.len == 1 ? "" : "s");
    if (parts->modules.len)
        fprintf(f, "  %-12s%-12s%10s%10s%8s  %s\n", "offset", "size", "functions", "memories", "tables",
                "memory at start");
    for (uint32_t i = 0; i < parts->modules.len; i++) {
        const struct module_row *m = &parts->modules.at[i];
        char offset[32];
        snprintf(offset, sizeof(offset), "0x%" PRIx64, m->offset);
        fprintf(f, "  %-12s%-12s%10" PRIu32 "%10" PRIu32 "%8" PRIu32 "  %s\n", offset, format_size(m->size, size),
                m->module.func_count, m->module.memory_count, m->module.table_count,
                m->module.memory_count ? format_size(m->module.memory_min_bytes, memory) : "-");
    }
    if (parts->nested.len)
        fprintf(f, "\n%" PRIu32 " nested component%s:\n", parts->nested.len, parts->nested.len == 1 ? "" : "s");
    for (uint32_t i = 0; i < parts->nested.len; i++) {
        const struct nested_row *n = &parts->nested.at[i];
        fprintf(f, "  %*s0x%" PRIx64 "  %s  %.*s\n", (int)(2 * n->depth), "", n->offset, format_size(n->size, size),
                STR_ARG(n->name));
    }
}

static const char *item_kind_name(enum item_kind kind)
{
    switch (kind) {
    case ITEM_CORE_MODULE: return "core module";
    case ITEM_FUNC: return "function";
    case ITEM_TYPE: return "type";
    case ITEM_RESOURCE: return "resource";
    case ITEM_COMPONENT: return "component";
    case ITEM_INSTANCE: return "interface";
    }
    __builtin_unreachable();
}

static void put_items(struct json *j, const char *key, const struct named_item *items, uint32_t count)
{
    json_open(j, key, '[');
    for (uint32_t i = 0; i < count; i++) {
        json_open(j, NULL, '{');
        json_str(j, "name", items[i].name);
        json_str(j, "kind", str_of(item_kind_name(items[i].type.kind)));
        if (items[i].type.kind == ITEM_INSTANCE) {
            const struct instance_type *instance = items[i].type.of.instance;
            put_items(j, "items", instance->exports, instance->export_count);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_module(struct json *j, const struct module_row *m)
{
    json_open(j, NULL, '{');
    json_num(j, "offset", m->offset);
    json_num(j, "bytes", m->size);
    json_num(j, "functions", m->module.func_count);
    json_num(j, "memories", m->module.memory_count);
    json_num(j, "memory_bytes", m->module.memory_min_bytes);
    json_num(j, "tables", m->module.table_count);
    json_num(j, "globals", m->module.global_count);
    json_num(j, "imports", m->module.type.import_count);
    json_num(j, "exports", m->module.type.export_count);
    json_close(j, '}');
}

static void put_json(struct buf *out, str file, bytes wasm, const struct component *c, const struct parts *parts,
                     str wit)
{
    struct json j = { .out = out };
    json_open(&j, NULL, '{');
    json_str(&j, "file", file);
    json_num(&j, "bytes", wasm.len);
    put_items(&j, "imports", c->info->type.imports, c->info->type.import_count);
    put_items(&j, "exports", c->info->type.exports, c->info->type.export_count);
    json_open(&j, "core_modules", '[');
    for (uint32_t i = 0; i < parts->modules.len; i++)
        put_module(&j, &parts->modules.at[i]);
    json_close(&j, ']');
    json_open(&j, "components", '[');
    for (uint32_t i = 0; i < parts->nested.len; i++) {
        json_open(&j, NULL, '{');
        json_str(&j, "name", parts->nested.at[i].name);
        json_num(&j, "offset", parts->nested.at[i].offset);
        json_num(&j, "bytes", parts->nested.at[i].size);
        json_num(&j, "depth", parts->nested.at[i].depth);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_str(&j, "wit", wit);
    json_close(&j, '}');
    buf_put_u8(out, '\n');
}

/* Prints what is known of `c`; fails when a part cannot be read. */
static bool show(const struct console *con, const struct inspect_settings *s, str file, bytes wasm, struct arena *a,
                 const struct component *c, struct err *e)
{
    struct parts parts = { .modules = { NULL, 0, 0 } };
    struct buf wit, json;
    buf_init(&wit, BUF_NO_LIMIT);
    buf_init(&json, BUF_NO_LIMIT);
    bool ok = collect(a, c, 0, &parts, e);
    if (!ok)
        goto out;
    world_print(a, &c->info->type, &wit);
    if (s->json) {
        put_json(&json, file, wasm, c, &parts, buf_str(&wit));
        fwrite(json.ptr, 1, json.len, con->out);
    } else {
        char size[32];
        fprintf(con->out, "%.*s: a component of %s\n\n", STR_ARG(file), format_size(wasm.len, size));
        fwrite(wit.ptr, 1, wit.len, con->out);
        print_parts(con->out, &parts);
    }
out:
    vec_fini(&parts.modules);
    vec_fini(&parts.nested);
    buf_fini(&wit);
    buf_fini(&json);
    return ok;
}

static bool show_graph(const struct console *con, const struct link_chain *chain, struct arena *a, struct err *e)
{
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    bool ok = graph_print(a, chain, &text, e);
    if (ok)
        fwrite(text.ptr, 1, text.len, con->out);
    buf_fini(&text);
    return ok;
}

/* A file is read into `*ret_wasm` and checked. */
static bool read_checked(struct arena *a, str file, bytes *ret_wasm, const struct component **ret, struct err *e)
{
    struct component *c = NULL;
    if (!wasm_file_read(file, ret_wasm, e))
        return false;
    if (!component_read(a, *ret_wasm, &c, e) || !component_check(a, c, e)) {
        wasm_file_help(e, file);
        return false;
    }
    *ret = c;
    return true;
}

/* Reads all files, the inspected one last. `*ret_place` is the file that an error is in. */
static bool inspect(const struct console *con, const struct inspect_settings *s, struct arena *a, str *files,
                    bytes *wasm, uint32_t count, str *ret_place, struct err *e)
{
    const struct component **at = arena_new(a, const struct component *, count);
    for (uint32_t i = 0; i < count; i++) {
        *ret_place = files[i];
        if (!read_checked(a, files[i], &wasm[i], &at[i], e))
            return false;
    }
    const struct link_chain chain = { at, files, count };
    if (count > 1)
        *ret_place = STR_NONE; /* the text has it */
    if (s->graph)
        return show_graph(con, &chain, a, e);
    return show(con, s, files[0], wasm[0], a, at[0], e);
}

static enum exit_status inspect_run(const struct console *con, const void *settings, const struct arguments *args)
{
    const struct inspect_settings *s = settings;
    uint32_t count = s->with.len + 1;
    struct err e = ERR_INIT;
    if (s->with.len && !s->graph) {
        err_set(&e, ERR_USAGE, "option --with goes with --graph: a middleware changes nothing about FILE.wasm itself");
        report_error(con, &e, STR_NONE);
        return EXIT_USAGE;
    }
    struct arena a;
    str place = STR_NONE;
    arena_init(&a);
    str *files = arena_new(&a, str, count);
    bytes *wasm = arena_new(&a, bytes, count);
    for (uint32_t i = 0; i < s->with.len; i++)
        files[i] = s->with.at[i];
    files[count - 1] = args->words.at[0];
    bool ok = inspect(con, s, &a, files, wasm, count, &place, &e);
    if (!ok)
        report_error(con, &e, place);
    for (uint32_t i = 0; i < count; i++)
        wasm_file_free(wasm[i]);
    arena_fini(&a);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct option rows[] = {
    { "graph", 0, OPTION_FLAG, NULL, offsetof(struct inspect_settings, graph),
      "Print what is linked to what when it is served." },
    { "with", 0, OPTION_LIST, "FILE.wasm", offsetof(struct inspect_settings, with),
      "With --graph: put middleware before it; the first is the outermost." },
    { "json", 0, OPTION_FLAG, NULL, offsetof(struct inspect_settings, json), "Print JSON, for scripts." },
};

static const struct option_table options = { rows, ARRAY_LEN(rows) };

const struct command inspect_command = {
    .name = "inspect",
    .args = "FILE.wasm",
    .args_min = 1,
    .args_max = 1,
    .help = "Show what a component imports, exports and is made of.",
    .example = "berth inspect app.wasm",
    .options = &options,
    .settings_size = sizeof(struct inspect_settings),
    .run = inspect_run,
};
