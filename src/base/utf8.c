/* UTF-8 decoding and checking. Source: Unicode, table 3-7 "Well-Formed UTF-8 Byte Sequences". */
#include "base/utf8.h"

/* Continuation bytes after the first one of a sequence; false when one is missing. */
static bool take_tail(const uint8_t **at, const uint8_t *end, int count, uint32_t *c)
{
    for (; count > 0; count--) {
        if (*at == end || (**at & 0xc0) != 0x80)
            return false;
        *c = *c << 6 | (*(*at)++ & 0x3fu);
    }
    return true;
}

uint32_t utf8_next(const uint8_t **at, const uint8_t *end)
{
    uint8_t first = *(*at)++;
    if (first < 0x80)
        return first;
    int tail = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4)
        return UTF8_BAD;
    uint32_t c = first & (0x3fu >> tail);
    if (!take_tail(at, end, tail, &c))
        return UTF8_BAD;
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    if (c < least[tail] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return UTF8_BAD;
    return c;
}

enum { BLOCK_WORDS = 8, BLOCK_BYTES = BLOCK_WORDS * 8 };

/* One branch for all of it: long strings are mostly ASCII. */
static bool block_is_ascii(const char *at)
{
    uint64_t words[BLOCK_WORDS], all = 0;
    memcpy(words, at, sizeof(words));
    for (size_t i = 0; i < BLOCK_WORDS; i++)
        all |= words[i];
    return !(all & 0x8080808080808080u);
}

bool utf8_is_ascii(str s)
{
    size_t i = 0;
    for (; i + BLOCK_BYTES <= s.len; i += BLOCK_BYTES)
        if (!block_is_ascii(s.ptr + i))
            return false;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        if (word & 0x8080808080808080u)
            return false;
    }
    for (; i < s.len; i++)
        if ((uint8_t)s.ptr[i] & 0x80)
            return false;
    return true;
}

bool utf8_valid(str s)
{
    if (utf8_is_ascii(s))
        return true;
    const uint8_t *at = (const uint8_t *)s.ptr, *end = at + s.len;
    while (at < end)
        if (utf8_next(&at, end) == UTF8_BAD)
            return false;
    return true;
}

size_t utf8_encode(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = tail; i > 0; i--, c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)(lead[tail] | c);
    return tail + 1;
}
