#include "runtime/binary/core_data.h"

#include "base/buf.h"
#include "runtime/binary/core_types.h"
#include "runtime/binary/writer.h"

enum { MAX_SEGMENTS = 100000 };

enum { DATA_ACTIVE, DATA_PASSIVE, DATA_ACTIVE_IN };

static bool read_offset(struct reader *r, bytes *ret, struct err *e)
{
    const uint8_t *start = r->at;
    if (!skip_core_const_expr(r, e))
        return false;
    *ret = bytes_from(start, (size_t)(r->at - start) - 1);
    return true;
}

static bool read_segment(struct reader *r, struct core_data *d, struct err *e)
{
    uint32_t kind = 0, len = 0;
    if (!read_leb_u32(r, &kind, e))
        return false;
    if (kind > DATA_ACTIVE_IN)
        return err_at(e, ERR_PARSE, reader_pos(r), "malformed data segment flag");
    d->active = kind != DATA_PASSIVE;
    return (kind != DATA_ACTIVE_IN || read_leb_u32(r, &d->memory, e)) &&
           (!d->active || read_offset(r, &d->offset, e)) && read_leb_u32(r, &len, e) &&
           read_slice(r, len, &d->content, e);
}

bool core_data_read(bytes section, core_data_list *ret, struct err *e)
{
    struct reader r = reader_over(section, 0);
    uint32_t count = 0;
    if (!read_count(&r, "data segments", MAX_SEGMENTS, &count, e))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct core_data d = { 0 };
        if (!read_segment(&r, &d, e))
            return false;
        vec_push(ret, d);
    }
    return reader_expect_end(&r, e);
}

void core_data_put_passive(struct buf *out, const core_data_list *l)
{
    put_leb(out, l->len);
    for (uint32_t i = 0; i < l->len; i++) {
        buf_put_u8(out, DATA_PASSIVE);
        put_leb(out, l->at[i].content.len);
        buf_put(out, l->at[i].content.ptr, l->at[i].content.len);
    }
}

void core_data_put_copies(struct buf *code, const core_data_list *l)
{
    static const uint8_t i32_const = 0x41, memory_init[] = { 0xfc, 8 };
    for (uint32_t i = 0; i < l->len; i++) {
        const struct core_data *d = &l->at[i];
        if (!d->active)
            continue;
        buf_put(code, d->offset.ptr, d->offset.len);
        buf_put_u8(code, i32_const);
        put_leb(code, 0);
        buf_put_u8(code, i32_const);
        put_leb_signed(code, (int32_t)(uint32_t)d->content.len);
        buf_put(code, memory_init, sizeof(memory_init));
        put_leb(code, i);
        put_leb(code, d->memory);
    }
}
