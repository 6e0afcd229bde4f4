/* Slices: text (`str`) and data (`bytes`) as pointer and length, passed by value, never owning.
 * Text is not NUL-terminated; NUL appears only at the libc edge (`str_to_path`). */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "berth/string.h"

/* The same types as those of the library's users, so that nothing is converted on the way between them. */
typedef berth_string str;
typedef berth_bytes bytes;

/* STR for expressions, STR_INIT for static tables; both take a string literal. */
#define STR(lit) ((str){ (lit), sizeof(lit) - 1 })
#define STR_INIT(lit)          \
    {                          \
        (lit), sizeof(lit) - 1 \
    }
#define STR_NONE ((str){ NULL, 0 })

/* For "%.*s". Lengths above INT_MAX are cut: such text is never printed whole. */
#define STR_ARG(s) (int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len), ((s).ptr ? (s).ptr : "")

static inline str str_of(const char *z)
{
    return (str){ z, z ? strlen(z) : 0 };
}

static inline str str_from(const char *ptr, size_t len)
{
    return (str){ ptr, len };
}

static inline bytes bytes_from(const void *ptr, size_t len)
{
    return (bytes){ (const uint8_t *)ptr, len };
}

static inline str str_of_bytes(bytes b)
{
    return (str){ (const char *)b.ptr, b.len };
}

static inline bytes bytes_of_str(str s)
{
    return (bytes){ (const uint8_t *)s.ptr, s.len };
}

static inline bool str_eq(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Cuts at byte offsets; `from` and `to` are clamped to the length. */
str str_slice(str s, size_t from, size_t to);

/* ASCII case is ignored; other bytes compare exactly. */
bool str_eq_nocase(str a, str b);

/* Byte order; shorter first when one begins the other. */
int str_cmp(str a, str b);

bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);

/* First or last position of a byte or text; SIZE_MAX when absent. */
size_t str_find_char(str s, char c);
size_t str_rfind_char(str s, char c);
size_t str_find(str s, str needle);

/* Splits at the first `c`: the part before it is returned, `*rest` gets what follows. Without `c` the whole
 * is returned and `*rest` becomes STR_NONE (ptr NULL), so that a loop over parts ends. */
str str_split(str s, char c, str *rest);

/* Without leading and trailing spaces, tabs, CR and LF. */
str str_trim(str s);

/* A NUL-terminated heap copy, NULL when `s` contains NUL. The caller frees it with mem_free. */
char *str_to_path(str s) MUST_USE;

/* The closest of `names` to `s` for "did you mean" hints; STR_NONE when none is near. */
str str_nearest(str s, const str *names, size_t count);

#endif
