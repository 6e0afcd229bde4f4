#include "runtime/binary/core_code.h"

enum { MAX_BODIES = 1000000, MAX_LOCALS = 100000, MAX_LABELS = 10000000, MAX_CATCHES = 1000000 };

/* What follows an opcode. */
enum immediates { UNKNOWN, NONE, LEB, LEB_LEB, BLOCK_TYPE, MEMARG, BYTES_4, BYTES_8, OTHER };

enum {
    OP_BR_TABLE = 0x0e,
    OP_SELECT_TYPED = 0x1c,
    OP_TRY_TABLE = 0x1f,
    OP_TABLE_SET = 0x26,
    PREFIX_GC = 0xfb,
    PREFIX_MISC = 0xfc,
    PREFIX_SIMD = 0xfd,
    PREFIX_ATOMIC = 0xfe,
};

/* By opcode; a table, since all code is read at each start. */
static const uint8_t immediates[256] = {
    [0x00 ... 0x01] = NONE,       /* unreachable, nop */
    [0x02 ... 0x04] = BLOCK_TYPE, /* block, loop, if */
    [0x05] = NONE,                /* else */
    [0x06] = BLOCK_TYPE,          /* try */
    [0x07 ... 0x09] = LEB,        /* catch, throw, rethrow */
    [0x0a ... 0x0b] = NONE,       /* throw_ref, end */
    [0x0c ... 0x0d] = LEB,        /* br, br_if */
    [OP_BR_TABLE] = OTHER,
    [0x0f] = NONE,          /* return */
    [0x10] = LEB,           /* call */
    [0x11] = LEB_LEB,       /* call_indirect */
    [0x12] = LEB,           /* return_call */
    [0x13] = LEB_LEB,       /* return_call_indirect */
    [0x14 ... 0x15] = LEB,  /* call_ref, return_call_ref */
    [0x18] = LEB,           /* delegate */
    [0x19 ... 0x1b] = NONE, /* catch_all, drop, select */
    [OP_SELECT_TYPED] = OTHER,
    [OP_TRY_TABLE] = OTHER,
    [0x20 ... 0x26] = LEB,    /* locals, globals, table.get, table.set */
    [0x28 ... 0x3e] = MEMARG, /* loads and stores */
    [0x3f ... 0x42] = LEB,    /* memory.size, memory.grow, i32.const, i64.const */
    [0x43] = BYTES_4,         /* f32.const */
    [0x44] = BYTES_8,         /* f64.const */
    [0x45 ... 0xc4] = NONE,   /* numeric */
    [0xd0] = LEB,             /* ref.null */
    [0xd1] = NONE,            /* ref.is_null */
    [0xd2] = LEB,             /* ref.func */
    [0xd3 ... 0xd4] = NONE,   /* ref.eq, ref.as_non_null */
    [0xd5 ... 0xd6] = LEB,    /* br_on_null, br_on_non_null */
    [0xfb ... 0xfe] = OTHER,
};

static bool skip(struct reader *r, size_t bytes_, struct err *e)
{
    bytes ignored;
    return read_slice(r, bytes_, &ignored, e);
}

/* Alignment (with a bit that says whether an index follows) and offset. */
static bool skip_memarg(struct reader *r, struct err *e)
{
    uint32_t flags = 0;
    return read_leb_u32(r, &flags, e) && (!(flags & 0x40) || skip_leb(r, e)) && skip_leb(r, e);
}

/* A value type, or 0x40 for none, or a type index: a reference type has a heap type behind it. */
static bool skip_block_type(struct reader *r, struct err *e)
{
    uint8_t first = r->at < r->end ? *r->at : 0;
    if (first == 0x63 || first == 0x64)
        return skip(r, 1, e) && skip_leb(r, e);
    return skip_leb(r, e);
}

static bool skip_lebs(struct reader *r, uint32_t count, struct err *e)
{
    for (uint32_t i = 0; i < count; i++)
        if (!skip_leb(r, e))
            return false;
    return true;
}

static bool skip_br_table(struct reader *r, struct err *e)
{
    uint32_t count = 0;
    return read_count(r, "labels", MAX_LABELS, &count, e) && skip_lebs(r, count, e) && skip_leb(r, e);
}

static bool skip_select_types(struct reader *r, struct err *e)
{
    uint32_t count = 0;
    if (!read_count(r, "types", MAX_LOCALS, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!skip_block_type(r, e))
            return false;
    return true;
}

static bool skip_try_table(struct reader *r, struct err *e)
{
    uint32_t count = 0;
    if (!skip_block_type(r, e) || !read_count(r, "catches", MAX_CATCHES, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t kind = 0; /* 0, 1: with a tag; 2, 3: of all */
        if (!read_u8(r, &kind, e) || (kind < 2 && !skip_leb(r, e)) || !skip_leb(r, e))
            return false;
    }
    return true;
}

static bool scan_misc(struct reader *r, struct core_code_facts *f, struct err *e)
{
    uint32_t op = 0;
    if (!read_leb_u32(r, &op, e))
        return false;
    switch (op) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7: return true; /* saturating conversions */
    case 19:
    case 20:
    case 21:
    case 22: return true;                                         /* wide arithmetic */
    case 8: f->copies_segments = true; return skip_lebs(r, 2, e); /* memory.init */
    case 10: return skip_lebs(r, 2, e);                           /* memory.copy */
    case 11:
    case 16: return skip_leb(r, e); /* memory.fill, table.size */
    case 9:
    case 13: f->drops_segments = true; return skip_leb(r, e); /* data.drop, elem.drop */
    case 12:
    case 14: f->changes_tables = true; return skip_lebs(r, 2, e); /* table.init, copy */
    case 15:
    case 17: f->changes_tables = true; return skip_leb(r, e); /* table.grow, fill */
    }
    f->has_unknown = true;
    return true;
}

static bool scan_simd(struct reader *r, struct core_code_facts *f, struct err *e)
{
    uint32_t op = 0;
    if (!read_leb_u32(r, &op, e))
        return false;
    if (op <= 11 || op == 92 || op == 93) /* loads and stores */
        return skip_memarg(r, e);
    if (op == 12 || op == 13) /* v128.const, i8x16.shuffle */
        return skip(r, 16, e);
    if (op >= 21 && op <= 34) /* lanes */
        return skip(r, 1, e);
    if (op >= 84 && op <= 91) /* loads and stores of lanes */
        return skip_memarg(r, e) && skip(r, 1, e);
    f->has_unknown = f->has_unknown || op > 0x113;
    return true;
}

static bool scan_atomic(struct reader *r, struct core_code_facts *f, struct err *e)
{
    uint32_t op = 0;
    if (!read_leb_u32(r, &op, e))
        return false;
    if (op == 3) /* atomic.fence */
        return skip(r, 1, e);
    if (op <= 2 || (op >= 0x10 && op <= 0x4e))
        return skip_memarg(r, e);
    f->has_unknown = true;
    return true;
}

static bool scan_other(uint8_t op, struct reader *r, struct core_code_facts *f, struct err *e)
{
    switch (op) {
    case OP_BR_TABLE: return skip_br_table(r, e);
    case OP_SELECT_TYPED: return skip_select_types(r, e);
    case OP_TRY_TABLE: return skip_try_table(r, e);
    case PREFIX_MISC: return scan_misc(r, f, e);
    case PREFIX_SIMD: return scan_simd(r, f, e);
    case PREFIX_ATOMIC: return scan_atomic(r, f, e);
    }
    f->uses_gc = true;
    return true;
}

static inline bool scan_instruction(struct reader *r, struct core_code_facts *f, struct err *e)
{
    uint8_t op = 0;
    if (!read_u8(r, &op, e))
        return false;
    switch ((enum immediates)immediates[op]) {
    case NONE: return true;
    case LEB: f->changes_tables |= op == OP_TABLE_SET; return skip_leb(r, e);
    case LEB_LEB: return skip_lebs(r, 2, e);
    case BLOCK_TYPE: return skip_block_type(r, e);
    case MEMARG: return skip_memarg(r, e);
    case BYTES_4: return skip(r, 4, e);
    case BYTES_8: return skip(r, 8, e);
    case OTHER: return scan_other(op, r, f, e);
    case UNKNOWN: f->has_unknown = true; return true;
    }
    __builtin_unreachable();
}

static bool scan_body(struct reader *r, struct core_code_facts *f, struct err *e)
{
    uint32_t groups = 0;
    if (!read_count(r, "groups of locals", MAX_LOCALS, &groups, e))
        return false;
    for (uint32_t i = 0; i < groups; i++)
        if (!skip_leb(r, e) || !skip_block_type(r, e))
            return false;
    /* Past what is not known the bytes mean nothing. */
    while (r->at < r->end && !f->uses_gc && !f->has_unknown)
        if (!scan_instruction(r, f, e))
            return false;
    return true;
}

bool core_code_scan(bytes section, struct core_code_facts *f, struct err *e)
{
    struct reader r = reader_over(section, 0);
    uint32_t count = 0;
    if (!read_count(&r, "function bodies", MAX_BODIES, &count, e))
        return false;
    for (uint32_t i = 0; i < count && !f->uses_gc && !f->has_unknown; i++) {
        uint32_t size = 0;
        bytes body = { 0 };
        if (!read_leb_u32(&r, &size, e) || !read_slice(&r, size, &body, e))
            return false;
        struct reader inside = reader_over(body, 0);
        if (!scan_body(&inside, f, e))
            return false;
    }
    return true;
}
