/* Canon sections: lift, lower, the resource built-ins and their options; the rest belongs to features that are
 * switched off. Spec: Binary.md "Canonical Definitions". */
#include "runtime/binary/sections.h"

/* Built-ins of other features, by opcode. */
static const struct gated_builtin {
    uint8_t opcode;
    const char *name, *gate;
} gated_builtins[] = {
    { 0x05, "task.cancel", "async" },
    { 0x06, "subtask.cancel", "async" },
    { 0x08, "backpressure.set", "async" },
    { 0x09, "task.return", "async" },
    { 0x0a, "context.get", "async" },
    { 0x0b, "context.set", "async" },
    { 0x0c, "thread.yield", "async" },
    { 0x0d, "subtask.drop", "async" },
    { 0x0e, "stream.new", "async" },
    { 0x0f, "stream.read", "async" },
    { 0x10, "stream.write", "async" },
    { 0x11, "stream.cancel-read", "async" },
    { 0x12, "stream.cancel-write", "async" },
    { 0x13, "stream.drop-readable", "async" },
    { 0x14, "stream.drop-writable", "async" },
    { 0x15, "future.new", "async" },
    { 0x16, "future.read", "async" },
    { 0x17, "future.write", "async" },
    { 0x18, "future.cancel-read", "async" },
    { 0x19, "future.cancel-write", "async" },
    { 0x1a, "future.drop-readable", "async" },
    { 0x1b, "future.drop-writable", "async" },
    { 0x1c, "error-context.new", "error-context" },
    { 0x1d, "error-context.debug-message", "error-context" },
    { 0x1e, "error-context.drop", "error-context" },
    { 0x1f, "waitable-set.new", "async" },
    { 0x20, "waitable-set.wait", "async" },
    { 0x21, "waitable-set.poll", "async" },
    { 0x22, "waitable-set.drop", "async" },
    { 0x23, "waitable.join", "async" },
    { 0x24, "backpressure.inc", "async" },
    { 0x25, "backpressure.dec", "async" },
    { 0x26, "thread.index", "threading" },
    { 0x27, "thread.new-indirect", "threading" },
    { 0x28, "thread.resume-later", "threading" },
    { 0x29, "thread.suspend", "threading" },
    { 0x2a, "thread.suspend-then-resume", "threading" },
    { 0x2b, "thread.yield-then-resume", "threading" },
    { 0x2c, "thread.suspend-then-promote", "threading" },
    { 0x2d, "thread.yield-then-promote", "threading" },
    { 0x40, "thread.spawn-ref", "shared-everything threads" },
    { 0x41, "thread.spawn-indirect", "shared-everything threads" },
    { 0x42, "thread.available-parallelism", "shared-everything threads" },
};

static bool other_builtin(const struct reader *r, uint8_t opcode, struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(gated_builtins); i++) {
        const struct gated_builtin *b = &gated_builtins[i];
        if (b->opcode == opcode)
            return err_at(e, ERR_UNSUPPORTED, reader_pos(r) - 1,
                          "the built-in %s (component-model %s) is not supported yet", b->name, b->gate);
    }
    return reader_bad_byte(r, opcode, "canonical function", e);
}

static const char *encoding_name(enum string_encoding encoding)
{
    switch (encoding) {
    case ENCODING_UTF8: return "utf8";
    case ENCODING_UTF16: return "utf16";
    case ENCODING_LATIN1_UTF16: return "latin1-utf16";
    }
    __builtin_unreachable();
}

static bool set_encoding(struct canon_opts *o, uint64_t offset, enum string_encoding encoding, struct err *e)
{
    if (o->has_encoding)
        return err_at(e, ERR_INVALID, offset, "canonical encoding option `%s` conflicts with option `%s`",
                      encoding_name(o->encoding), encoding_name(encoding));
    o->has_encoding = true;
    o->encoding = encoding;
    return true;
}

static bool set_index(struct reader *r, const char *name, bool *has, uint32_t *index, struct err *e)
{
    uint64_t offset = reader_pos(r) - 1;
    if (*has)
        return err_at(e, ERR_INVALID, offset, "canonical option `%s` is specified more than once", name);
    *has = true;
    return read_leb_u32(r, index, e);
}

static bool read_option(struct reader *r, struct canon_opts *o, struct err *e)
{
    uint8_t opcode = 0;
    if (!read_u8(r, &opcode, e))
        return false;
    switch (opcode) {
    case 0x00: return set_encoding(o, reader_pos(r) - 1, ENCODING_UTF8, e);
    case 0x01: return set_encoding(o, reader_pos(r) - 1, ENCODING_UTF16, e);
    case 0x02: return set_encoding(o, reader_pos(r) - 1, ENCODING_LATIN1_UTF16, e);
    case 0x03: return set_index(r, "memory", &o->has_memory, &o->memory, e);
    case 0x04: return set_index(r, "realloc", &o->has_realloc, &o->realloc, e);
    case 0x05: return set_index(r, "post-return", &o->has_post_return, &o->post_return, e);
    case 0x06: return reader_gated(r, "async options of canonical functions", "async", e);
    case 0x07: return reader_gated(r, "callback options of canonical functions", "async", e);
    case 0x08: return reader_gated(r, "core types of canonical functions", "gc", e);
    case 0x09: return reader_gated(r, "gc options of canonical functions", "gc", e);
    }
    return reader_bad_byte(r, opcode, "canonical option", e);
}

static bool read_options(struct reader *r, struct canon_opts *o, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(r, "canonical options", MAX_CANON_OPTIONS, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_option(r, o, e))
            return false;
    return true;
}

/* The 0x00 after the opcodes of lift and lower: the sort of functions. */
static bool read_func_sort(struct reader *r, const char *what, struct err *e)
{
    uint8_t sort = 0;
    if (!read_u8(r, &sort, e))
        return false;
    return sort == 0 || reader_bad_byte(r, sort, what, e);
}

bool read_canon(struct component_reading *c, struct err *e)
{
    struct def d = { .kind = DEF_CANON, .offset = reader_pos(&c->r) };
    struct canon_def *canon = &d.of.canon;
    struct reader *r = &c->r;
    uint8_t opcode = 0;
    if (!read_u8(r, &opcode, e))
        return false;
    bool ok = false;
    switch (opcode) {
    case 0x00:
        canon->kind = CANON_LIFT;
        ok = read_func_sort(r, "canonical function lift", e) && read_leb_u32(r, &canon->core_func, e) &&
             read_options(r, &canon->opts, e) && read_leb_u32(r, &canon->type, e);
        break;
    case 0x01:
        canon->kind = CANON_LOWER;
        ok = read_func_sort(r, "canonical function lower", e) && read_leb_u32(r, &canon->func, e) &&
             read_options(r, &canon->opts, e);
        break;
    case 0x02:
        canon->kind = CANON_RESOURCE_NEW;
        ok = read_leb_u32(r, &canon->type, e);
        break;
    case 0x03:
        canon->kind = CANON_RESOURCE_DROP;
        ok = read_leb_u32(r, &canon->type, e);
        break;
    case 0x04:
        canon->kind = CANON_RESOURCE_REP;
        ok = read_leb_u32(r, &canon->type, e);
        break;
    default: return other_builtin(r, opcode, e);
    }
    if (ok)
        vec_push(&c->defs, d);
    return ok;
}
