#include "runtime/binary/snapshot_record.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"

/* The beginning, as it stands in the file. */
struct head {
    char magic[sizeof(SNAPSHOT_MAGIC) - 1];
    uint64_t memory_limit;
    uint32_t memory_count, global_count;
};

static_assert(sizeof(struct head) == 32, "no padding in the file");

static uint64_t round_up(uint64_t n, uint64_t to)
{
    return (n + to - 1) / to * to;
}

/* Globals stand where they can be read in place. */
static uint64_t globals_offset(uint32_t memory_count)
{
    return round_up(sizeof(struct head) + memory_count * sizeof(uint64_t), sizeof(union core_value));
}

static uint64_t memories_offset(uint32_t memory_count, uint32_t global_count)
{
    return round_up(globals_offset(memory_count) + global_count * sizeof(union core_value), SNAPSHOT_PAGE_BYTES);
}

static void pad(struct buf *out, size_t start, uint64_t offset)
{
    while (out->len - start < offset)
        buf_put_u8(out, 0);
}

void snapshot_record_put(const struct snapshot_record *r, struct buf *out)
{
    struct head h = { .memory_limit = r->memory_limit,
                      .memory_count = r->memory_count,
                      .global_count = r->global_count };
    size_t start = out->len;
    memcpy(h.magic, SNAPSHOT_MAGIC, sizeof(h.magic));
    buf_put(out, &h, sizeof(h));
    buf_put(out, r->memory_bytes, r->memory_count * sizeof(*r->memory_bytes));
    pad(out, start, globals_offset(r->memory_count));
    buf_put(out, r->globals, r->global_count * sizeof(*r->globals));
    pad(out, start, memories_offset(r->memory_count, r->global_count));
}

static bool fits(const struct snapshot_record *r, bytes file)
{
    uint64_t left = file.len;
    if (r->memory_offset > left)
        return false;
    left -= r->memory_offset;
    for (uint32_t i = 0; i < r->memory_count; i++) {
        if (r->memory_bytes[i] > left || r->memory_bytes[i] % SNAPSHOT_PAGE_BYTES)
            return false;
        left -= r->memory_bytes[i];
    }
    return true;
}

bool snapshot_record_read(bytes file, struct snapshot_record *ret, struct err *e)
{
    struct head h;
    if (file.len < sizeof(h))
        return err_at(e, ERR_PARSE, file.len, "a snapshot is cut short");
    memcpy(&h, file.ptr, sizeof(h));
    if (memcmp(h.magic, SNAPSHOT_MAGIC, sizeof(h.magic)) != 0)
        return err_at(e, ERR_PARSE, 0, "not a snapshot");
    if (h.memory_count > SNAPSHOT_MEMORIES_MAX || h.global_count > SNAPSHOT_GLOBALS_MAX ||
        memories_offset(h.memory_count, h.global_count) > file.len)
        return err_at(e, ERR_PARSE, sizeof(h), "a snapshot of more memories or globals than it has room for");
    *ret = (struct snapshot_record){
        .memory_limit = h.memory_limit,
        .memory_count = h.memory_count,
        .global_count = h.global_count,
        .globals = (const void *)(file.ptr + globals_offset(h.memory_count)),
        .memory_offset = memories_offset(h.memory_count, h.global_count),
    };
    memcpy(ret->memory_bytes, file.ptr + sizeof(h), h.memory_count * sizeof(*ret->memory_bytes));
    return fits(ret, file) || err_at(e, ERR_PARSE, sizeof(h), "a snapshot's memories are not in the file");
}
