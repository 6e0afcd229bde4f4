/* Targets of requests: see uri.h. */
#include "io/http/uri.h"

#include "base/num.h"

/* Whether a path is what it says: nothing to decode, to resolve or to drop. */
static bool is_plain(str path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == '%' || c == '#')
            return false;
        if (c == '/' && i + 1 < path.len && (path.ptr[i + 1] == '/' || path.ptr[i + 1] == '.'))
            return false;
    }
    return true;
}

bool uri_decode(struct arena *a, str text, bool plus, str *ret)
{
    if (str_find_char(text, '%') == SIZE_MAX && !(plus && str_find_char(text, '+') != SIZE_MAX)) {
        *ret = text;
        return true;
    }
    char *out = arena_alloc(a, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t v = (unsigned char)text.ptr[i];
        if (v == '%') {
            if (text.len - i < 3 || !num_parse_hex_u64(str_slice(text, i + 1, i + 3), &v))
                return false;
            i += 2;
        } else if (plus && v == '+') {
            v = ' ';
        }
        out[n++] = (char)v;
    }
    *ret = str_from(out, n);
    return true;
}

/* Back to the slash that begins the segment before; SIZE_MAX above the root. */
static size_t drop_segment(const char *out, size_t n)
{
    if (n <= 1)
        return SIZE_MAX;
    for (n--; out[n - 1] != '/';)
        n--;
    return n;
}

/* Resolves dots and doubled slashes of a decoded path. */
static bool normalise(struct arena *a, str path, str *ret)
{
    char *out = arena_alloc(a, path.len + 1);
    size_t n = 0;
    str rest = str_slice(path, 1, path.len);
    out[n++] = '/';
    while (rest.ptr) {
        str segment = str_split(rest, '/', &rest);
        bool last = !rest.ptr;
        if (segment.len == 0 || str_eq(segment, STR(".")))
            continue;
        if (str_eq(segment, STR(".."))) {
            n = drop_segment(out, n);
            if (n == SIZE_MAX)
                return false;
            continue;
        }
        memcpy(out + n, segment.ptr, segment.len);
        n += segment.len;
        if (!last)
            out[n++] = '/';
    }
    *ret = str_from(out, n);
    return true;
}

bool uri_parse(struct arena *a, str target, struct uri *ret)
{
    *ret = (struct uri){ .query = STR_NONE };
    size_t hash = str_find_char(target, '#');
    if (hash != SIZE_MAX)
        target = str_slice(target, 0, hash);
    str path = str_split(target, '?', &ret->query);
    if (path.len == 0 || path.ptr[0] != '/' || is_plain(path)) {
        ret->path = path;
        return path.len > 0;
    }
    str decoded;
    if (!uri_decode(a, path, false, &decoded) || str_find_char(decoded, '\0') != SIZE_MAX)
        return false;
    return normalise(a, decoded, &ret->path);
}

static bool is_one_of(unsigned char c, const char *marks)
{
    bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return alnum || (c && strchr(marks, c));
}

/* Encodes all but letters, digits and these. */
static str encode(struct arena *a, str text, const char *marks)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, text.len * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (is_one_of(c, marks)) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return str_from(out, n);
}

str uri_encode_path(struct arena *a, str path)
{
    return encode(a, path, "-._~!$&'()*+,;=:@/");
}

static const char reference_marks[] = "-._~!$&'()*+,;=:@/?#[]";

static bool is_reference(str text)
{
    uint64_t ignored;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%') {
            if (text.len - i < 3 || !num_parse_hex_u64(str_slice(text, i + 1, i + 3), &ignored))
                return false;
        } else if (!is_one_of((unsigned char)text.ptr[i], reference_marks)) {
            return false;
        }
    }
    return true;
}

str uri_encode_reference(struct arena *a, str text)
{
    return is_reference(text) ? text : encode(a, text, reference_marks);
}

static str decode_or_keep(struct arena *a, str text)
{
    str decoded;
    return uri_decode(a, text, true, &decoded) ? decoded : text;
}

bool uri_next_argument(struct arena *a, str *rest, str *ret_name, str *ret_value)
{
    while (rest->ptr) {
        str part = str_split(*rest, '&', rest), value;
        if (part.len == 0)
            continue;
        str name = str_split(part, '=', &value);
        *ret_name = decode_or_keep(a, name);
        *ret_value = value.ptr ? decode_or_keep(a, value) : STR("");
        return true;
    }
    return false;
}
