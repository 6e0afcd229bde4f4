/* Slices of text and data. */
#include "base/str.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

str str_slice(str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (str){ from ? s.ptr + from : s.ptr, to - from }; /* the pointer may be NULL */
}

bool str_eq_nocase(str a, str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c != 0)
        return c;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

size_t str_find_char(str s, char c)
{
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : SIZE_MAX;
}

size_t str_rfind_char(str s, char c)
{
    for (size_t i = s.len; i-- > 0;)
        if (s.ptr[i] == c)
            return i;
    return SIZE_MAX;
}

size_t str_find(str s, str needle)
{
    if (needle.len == 0)
        return 0;
    const char *p = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
    return p ? (size_t)(p - s.ptr) : SIZE_MAX;
}

str str_split(str s, char c, str *rest)
{
    size_t at = str_find_char(s, c);
    if (at == SIZE_MAX) {
        *rest = STR_NONE;
        return s;
    }
    *rest = str_slice(s, at + 1, s.len);
    return str_slice(s, 0, at);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str str_trim(str s)
{
    while (s.len && is_space(s.ptr[0]))
        s.ptr++, s.len--;
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

char *str_to_path(str s)
{
    if (str_find_char(s, '\0') != SIZE_MAX)
        return NULL;
    char *z = mem_alloc(s.len + 1, 1);
    if (s.len)
        memcpy(z, s.ptr, s.len);
    z[s.len] = '\0';
    return z;
}

/* Longest name that hints are computed for; longer input is no typing mistake. */
enum { NEAREST_MAX = 64 };

/* Levenshtein distance; both lengths are at most NEAREST_MAX. */
static size_t distance(str a, str b)
{
    size_t row[NEAREST_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replace = diagonal + (lower(a.ptr[i - 1]) != lower(b.ptr[j - 1]));
            size_t insert = row[j - 1] + 1, remove = row[j] + 1;
            diagonal = row[j];
            row[j] = insert < remove ? insert : remove;
            if (replace < row[j])
                row[j] = replace;
        }
    }
    return row[b.len];
}

str str_nearest(str s, const str *names, size_t count)
{
    str best = STR_NONE;
    size_t best_distance = SIZE_MAX;
    if (s.len > NEAREST_MAX)
        return best;
    for (size_t i = 0; i < count; i++) {
        if (names[i].len > NEAREST_MAX)
            continue;
        size_t d = distance(s, names[i]);
        if (d < best_distance && d <= 1 + names[i].len / 3)
            best = names[i], best_distance = d;
    }
    return best;
}
