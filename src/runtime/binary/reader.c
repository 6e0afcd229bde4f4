/* The cursor over wasm bytes: LEB128 numbers, names and counts. It knows nothing of sections. */
#include "runtime/binary/reader.h"

#include <inttypes.h>

#include "base/utf8.h"

enum { NAME_MAX_BYTES = 100000 };

bool reader_out_of_bytes(const struct reader *r, struct err *e)
{
    return err_at(e, ERR_PARSE, r->base + (uint64_t)(r->end - r->start), "unexpected end-of-file");
}

/* Reads up to `bits` bits, unsigned. */
static bool read_unsigned(struct reader *r, unsigned bits, uint64_t *ret, struct err *e)
{
    uint64_t start = reader_pos(r), v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t b = 0;
        if (!read_u8(r, &b, e))
            return false;
        if (shift + 7 > bits) {
            if (b & 0x80)
                return err_at(e, ERR_PARSE, start,
                              "integer representation too long: LEB128 number of more than %u bits", bits);
            if (b >> (bits - shift))
                return err_at(e, ERR_PARSE, start, "integer too large: LEB128 number of more than %u bits", bits);
        }
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            break;
    }
    *ret = v;
    return true;
}

bool read_leb_u32(struct reader *r, uint32_t *ret, struct err *e)
{
    uint64_t v = 0;
    if (r->at < r->end && *r->at < 0x80) {
        *ret = *r->at++;
        return true;
    }
    if (!read_unsigned(r, 32, &v, e))
        return false;
    *ret = (uint32_t)v;
    return true;
}

bool read_leb_u64(struct reader *r, uint64_t *ret, struct err *e)
{
    return read_unsigned(r, 64, ret, e);
}

bool read_leb_s33(struct reader *r, int64_t *ret, struct err *e)
{
    uint64_t start = reader_pos(r), v = 0;
    unsigned shift = 0;
    uint8_t b = 0;
    do {
        if (!read_u8(r, &b, e))
            return false;
        /* The fifth byte holds bits 28 to 32: the rest of it must repeat the sign. */
        if (shift == 28) {
            if (b & 0x80)
                return err_at(e, ERR_PARSE, start,
                              "integer representation too long: LEB128 number of more than 33 bits");
            uint8_t rest = b & 0x70;
            if (rest != 0 && rest != 0x70)
                return err_at(e, ERR_PARSE, start, "integer too large: LEB128 number of more than 33 bits");
        }
        v |= (uint64_t)(b & 0x7f) << shift;
        shift += 7;
    } while (b & 0x80);
    if (b & 0x40)
        v |= UINT64_MAX << shift;
    *ret = (int64_t)v;
    return true;
}

bool skip_long_leb(struct reader *r, struct err *e)
{
    uint64_t start = reader_pos(r);
    uint8_t b = 0;
    for (unsigned count = 0; count < 10; count++) {
        if (!read_u8(r, &b, e))
            return false;
        if (!(b & 0x80))
            return true;
    }
    return err_at(e, ERR_PARSE, start, "integer representation too long: LEB128 number of more than 64 bits");
}

bool read_slice(struct reader *r, size_t len, bytes *ret, struct err *e)
{
    if (len > reader_left(r))
        return err_at(e, ERR_PARSE, reader_pos(r), "unexpected end-of-file: expected %zu bytes, found %zu", len,
                      reader_left(r));
    *ret = bytes_from(r->at, len);
    r->at += len;
    return true;
}

bool read_name(struct reader *r, str *ret, struct err *e)
{
    uint64_t start = reader_pos(r);
    uint32_t len = 0;
    bytes b = { 0 };
    if (!read_leb_u32(r, &len, e) || !read_slice(r, len, &b, e))
        return false;
    if (len > NAME_MAX_BYTES)
        return err_at(e, ERR_LIMIT, start, "name of %" PRIu32 " bytes; at most %d are supported", len, NAME_MAX_BYTES);
    if (!utf8_valid(str_of_bytes(b)))
        return err_at(e, ERR_PARSE, start, "malformed UTF-8 encoding in a name");
    *ret = str_of_bytes(b);
    return true;
}

bool read_count(struct reader *r, const char *what, uint32_t limit, uint32_t *ret, struct err *e)
{
    uint64_t start = reader_pos(r);
    uint32_t count = 0;
    if (!read_leb_u32(r, &count, e))
        return false;
    if (count > limit)
        return err_at(e, ERR_LIMIT, start, "%" PRIu32 " %s; at most %" PRIu32 " are supported", count, what, limit);
    if (count > reader_left(r))
        return err_at(e, ERR_PARSE, start, "unexpected end-of-file: %" PRIu32 " %s announced, %zu bytes left", count,
                      what, reader_left(r));
    *ret = count;
    return true;
}

bool reader_bad_byte(const struct reader *r, uint8_t byte, const char *what, struct err *e)
{
    return err_at(e, ERR_PARSE, reader_pos(r) - 1, "invalid leading byte (0x%x) for %s", byte, what);
}

bool reader_gated(const struct reader *r, const char *what, const char *gate, struct err *e)
{
    return err_at(e, ERR_UNSUPPORTED, reader_pos(r) - 1, "%s (component-model %s) are not supported yet", what, gate);
}

bool reader_expect_end(const struct reader *r, struct err *e)
{
    if (r->at != r->end)
        return err_at(e, ERR_PARSE, reader_pos(r), "section size mismatch: %zu bytes left over at its end",
                      reader_left(r));
    return true;
}
