#include "runtime/run/cache_key.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/tls/digest.h"
#include "runtime/binary/instrument.h"
#include "runtime/binary/snapshot_record.h"
#include "runtime/run/memory_limit.h"
#include "runtime/run/program_types.h"

void cache_key_prepare(struct program *p)
{
    p->digests = arena_new(&p->arena, struct program_digest, p->plan.modules.len);
    for (uint32_t i = 0; i < p->plan.modules.len; i++)
        if (plan_uses_module(&p->plan, i))
            digest_hex(p->plan.modules.at[i].wasm, p->digests[i].hex);
}

/* "wasmtime-48.0.8-epochs-exceptions-nounwind-<SHA-256 of the module>", or
 * "wasmtime-48.0.8-epochs-exceptions-nounwind-rewritten-1-tables-start-<SHA-256 of the module before>" */
void cache_key_of_code(const struct program *p, uint32_t module, char ret[CACHE_KEY_BYTES])
{
    const struct program_recycle *r = &p->recycle;
    char rewritten[48] = "";
    if (r->possible)
        snprintf(rewritten, sizeof(rewritten), "-rewritten-%d%s%s", INSTRUMENT_VERSION,
                 r->options.tables ? "-tables" : "", r->options.start_apart ? "-start" : "");
    snprintf(ret, CACHE_KEY_BYTES, "%.*s%s-%.*s", STR_ARG(engine_version()), rewritten, DIGEST_HEX_LEN,
             p->digests[module].hex);
}

/* "<prefix>-<SHA-256 of the text>"; ends `text`. */
static void put_key(const char *prefix, struct buf *text, char ret[CACHE_KEY_BYTES])
{
    char hex[DIGEST_HEX_LEN];
    digest_hex(bytes_from(text->ptr, text->len), hex);
    buf_fini(text);
    snprintf(ret, CACHE_KEY_BYTES, "%s-%.*s", prefix, DIGEST_HEX_LEN, hex);
}

void cache_key_of_scan(const struct program *p, char ret[CACHE_KEY_BYTES])
{
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    buf_printf(&text, "%d ", INSTRUMENT_VERSION);
    for (uint32_t i = 0; i < p->plan.modules.len; i++)
        if (plan_uses_module(&p->plan, i))
            buf_put(&text, p->digests[i].hex, DIGEST_HEX_LEN);
    put_key("scan", &text, ret);
}

/* --- Snapshots --- */

/* Bytes of a component, by their digest. */
struct piece {
    bytes at;
    const char *hex;
};

typedef VEC(struct piece) pieces;

static int by_address(const void *a, const void *b)
{
    const uint8_t *x = ((const struct piece *)a)->at.ptr, *y = ((const struct piece *)b)->at.ptr;
    return (x > y) - (x < y);
}

static void list_modules(const struct program *p, bytes component, pieces *ret)
{
    uintptr_t start = (uintptr_t)component.ptr;
    for (uint32_t i = 0; i < p->plan.modules.len; i++) {
        bytes wasm = p->plan.modules.at[i].wasm;
        bool inside = (uintptr_t)wasm.ptr >= start && (uintptr_t)wasm.ptr < start + component.len;
        if (inside && plan_uses_module(&p->plan, i))
            vec_push(ret, (struct piece){ wasm, p->digests[i].hex });
    }
    if (ret->len)
        qsort(ret->at, ret->len, sizeof(*ret->at), by_address);
}

static void put_rest(struct buf *text, const uint8_t *at, const uint8_t *end)
{
    char hex[DIGEST_HEX_LEN];
    digest_hex(bytes_from(at, (size_t)(end - at)), hex);
    buf_printf(text, "%td ", end - at);
    buf_put(text, hex, sizeof(hex));
}

/* The component as lengths and digests of its pieces: by turns what is not a used module, and one that is. */
static void put_component(struct buf *text, const struct program *p, bytes component)
{
    pieces modules = { 0 };
    const uint8_t *at = component.ptr;
    list_modules(p, component, &modules);
    for (uint32_t i = 0; i < modules.len; i++) {
        const struct piece *m = &modules.at[i];
        if (m->at.ptr < at)
            continue; /* the one before, used by two instances of its component */
        put_rest(text, at, m->at.ptr);
        buf_printf(text, " %zu %.*s ", m->at.len, DIGEST_HEX_LEN, m->hex);
        at = m->at.ptr + m->at.len;
    }
    put_rest(text, at, component.ptr + component.len);
    vec_fini(&modules);
}

void cache_key_of_snapshot(const struct program *p, char ret[CACHE_KEY_BYTES])
{
    struct buf text;
    const struct program_options *o = &p->options;
    buf_init(&text, BUF_NO_LIMIT);
    buf_printf(&text, SNAPSHOT_MAGIC " " BERTH_VERSION " %.*s %d %x %" PRIu64 " ", STR_ARG(engine_version()),
               INSTRUMENT_VERSION, o->features, memory_limit_each(p, o->memory_bytes));
    put_rest(&text, (const uint8_t *)o->told.ptr, (const uint8_t *)o->told.ptr + o->told.len);
    for (size_t i = 0; i < o->middleware_count; i++)
        put_component(&text, p, o->middleware[i].wasm);
    put_component(&text, p, p->wasm);
    put_key("snapshot", &text, ret);
}
