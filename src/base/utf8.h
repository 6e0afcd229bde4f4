/* UTF-8 as Unicode defines it: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

#define UTF8_BAD UINT32_MAX

/* Decodes one scalar value at `*at` (before `end`) and moves `*at` past it; UTF8_BAD when malformed. */
uint32_t utf8_next(const uint8_t **at, const uint8_t *end);

bool utf8_valid(str s);

/* True when every byte is below 0x80. */
bool utf8_is_ascii(str s);

/* Writes a scalar value as 1 to 4 bytes and returns how many. */
size_t utf8_encode(uint32_t c, uint8_t out[4]);

#endif
