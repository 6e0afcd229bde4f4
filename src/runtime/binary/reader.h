/* The cursor through which foreign wasm bytes are read. Each function checks, advances and reports its own position;
 * none allocates. Errors are ERR_PARSE at the offset of what was wrong, ERR_LIMIT past a stated limit. */
#ifndef RUNTIME_BINARY_READER_H
#define RUNTIME_BINARY_READER_H

#include "base/err.h"
#include "base/str.h"

struct reader {
    const uint8_t *start, *at, *end;
    uint64_t base; /* offset of `start` in the file */
};

static inline struct reader reader_over(bytes b, uint64_t base)
{
    return (struct reader){ b.ptr, b.ptr, b.ptr + b.len, base };
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

/* Offset in the file of the next byte. */
static inline uint64_t reader_pos(const struct reader *r)
{
    return r->base + (uint64_t)(r->at - r->start);
}

/* False, with the error that more bytes were expected. */
bool reader_out_of_bytes(const struct reader *r, struct err *e);

static inline MUST_USE bool read_u8(struct reader *r, uint8_t *ret, struct err *e)
{
    if (r->at == r->end)
        return reader_out_of_bytes(r, e);
    *ret = *r->at++;
    return true;
}

MUST_USE bool read_leb_u32(struct reader *r, uint32_t *ret, struct err *e);
MUST_USE bool read_leb_u64(struct reader *r, uint64_t *ret, struct err *e);
MUST_USE bool read_leb_s33(struct reader *r, int64_t *ret, struct err *e);

/* For immediates whose value does not matter: any LEB128 of at most 64 bits. Most have one byte. */
MUST_USE bool skip_long_leb(struct reader *r, struct err *e);
static inline MUST_USE bool skip_leb(struct reader *r, struct err *e)
{
    if (r->at == r->end || *r->at & 0x80)
        return skip_long_leb(r, e);
    r->at++;
    return true;
}

/* The next `len` bytes as a slice of the input. */
MUST_USE bool read_slice(struct reader *r, size_t len, bytes *ret, struct err *e);

/* A length and that many bytes of UTF-8. */
MUST_USE bool read_name(struct reader *r, str *ret, struct err *e);

/* The count of a vector of `what` (plural), each at least one byte: at most what is left, and at most `limit`. */
MUST_USE bool read_count(struct reader *r, const char *what, uint32_t limit, uint32_t *ret, struct err *e);

/* The byte just read is none that may stand here: "invalid leading byte (0x5) for <what>". */
bool reader_bad_byte(const struct reader *r, uint8_t byte, const char *what, struct err *e);

/* The form just read belongs to a feature that is switched off: "<what> (component-model <gate>) are not supported
 * yet". */
bool reader_gated(const struct reader *r, const char *what, const char *gate, struct err *e);

/* All must have been read. */
MUST_USE bool reader_expect_end(const struct reader *r, struct err *e);

#endif
