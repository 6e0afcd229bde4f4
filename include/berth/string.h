/* Text and data as a pointer and a length, passed by value. They never own what they point to: each function says how
 * long that lives. Text is UTF-8 and not NUL-terminated. */
#ifndef BERTH_STRING_H
#define BERTH_STRING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A WIT `string`. `ptr` may be NULL when `len` is 0. */
typedef struct {
    const char *ptr;
    size_t len;
} berth_string;

/* A WIT `list<u8>`. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
} berth_bytes;

/* Of NUL-terminated text, which must outlive it. NULL gives an empty one. */
static inline berth_string berth_string_of(const char *text)
{
    berth_string s = { text, text ? strlen(text) : 0 };
    return s;
}

#endif
