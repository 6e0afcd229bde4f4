#include "runtime/binary/writer.h"

void put_leb(struct buf *b, uint64_t v)
{
    do {
        buf_put_u8(b, (uint8_t)((v & 0x7f) | (v > 0x7f ? 0x80 : 0)));
        v >>= 7;
    } while (v);
}

void put_leb_signed(struct buf *b, int64_t v)
{
    bool more = true;
    while (more) {
        uint8_t low = v & 0x7f;
        v >>= 7;
        more = v != (low & 0x40 ? -1 : 0);
        buf_put_u8(b, (uint8_t)(low | (more ? 0x80 : 0)));
    }
}

void put_name(struct buf *b, str name)
{
    put_leb(b, name.len);
    buf_put_str(b, name);
}

void put_op(struct buf *b, uint8_t op, uint32_t index)
{
    buf_put_u8(b, op);
    put_leb(b, index);
}

void put_sized(struct buf *b, const struct buf *content)
{
    put_leb(b, content->len);
    buf_put(b, content->ptr, content->len);
}
