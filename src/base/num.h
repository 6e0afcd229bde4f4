/* Numbers: checked arithmetic for foreign values, and parsing of decimal text, sizes and times. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/str.h"
#include "base/clock.h"

/* False on overflow, leaving `*ret` unspecified. */
static inline MUST_USE bool add_u32(uint32_t a, uint32_t b, uint32_t *ret)
{
    return !__builtin_add_overflow(a, b, ret);
}

static inline MUST_USE bool mul_u32(uint32_t a, uint32_t b, uint32_t *ret)
{
    return !__builtin_mul_overflow(a, b, ret);
}

static inline uint32_t align_up_u32(uint32_t v, uint32_t align)
{
    return (v + align - 1) & ~(align - 1);
}

static inline size_t align_up(size_t v, size_t align)
{
    return (v + align - 1) & ~(align - 1);
}

/* The whole of `s` must be decimal digits (no sign, no space) and fit. */
MUST_USE bool num_parse_u64(str s, uint64_t *ret);
MUST_USE bool num_parse_u32(str s, uint32_t *ret);

/* The whole of `s` must be hexadecimal digits and fit. */
MUST_USE bool num_parse_hex_u64(str s, uint64_t *ret);

/* "64MiB", "64M", "64k", "1g", "1048576": binary multiples, case ignored. */
MUST_USE bool num_parse_bytes(str s, uint64_t *ret);

/* "500ms", "2s", "1.5s", "3m", "1h"; a bare number is seconds. */
MUST_USE bool num_parse_duration(str s, duration *ret);

/* Writes decimal digits into `out` (at least 20 bytes) and returns how many. */
size_t num_format_u64(uint64_t v, char *out);

/* The same with hexadecimal digits, lower case (at least 16 bytes). */
size_t num_format_hex_u64(uint64_t v, char *out);

#endif
