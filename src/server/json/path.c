/* Places in a configuration: see path.h. */
#include "server/json/path.h"

#include "base/buf.h"
#include "base/num.h"

static bool decode(struct arena *a, str s, str *ret, struct err *e)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint64_t v = (unsigned char)s.ptr[i];
        if (s.ptr[i] == '%') {
            if (s.len - i < 3 || !num_parse_hex_u64(str_slice(s, i + 1, i + 3), &v))
                return err_set(e, ERR_PARSE, "path segment '%.*s' is badly percent-encoded", STR_ARG(s));
            i += 2;
        }
        out[n++] = (char)v;
    }
    *ret = str_from(out, n);
    return true;
}

bool path_parse(struct arena *a, str text, struct path *ret, struct err *e)
{
    str *segments = arena_new(a, str, PATH_DEPTH_MAX);
    *ret = (struct path){ .at = segments };
    str rest = str_starts(text, STR("/")) ? str_slice(text, 1, text.len) : text;
    if (rest.len && rest.ptr[rest.len - 1] == '/')
        rest.len--;
    if (!rest.len)
        return true;
    while (rest.ptr) {
        str segment = str_split(rest, '/', &rest);
        if (segment.len > PATH_SEGMENT_MAX || ret->len == PATH_DEPTH_MAX)
            return err_set(e, ERR_LIMIT, "the path is too long");
        if (!decode(a, segment, &segments[ret->len++], e))
            return false;
    }
    return true;
}

struct path path_rest(struct path p)
{
    return (struct path){ p.at + 1, p.len - 1 };
}

bool path_index(str segment, uint32_t *ret)
{
    return num_parse_u32(segment, ret);
}

const struct json *path_find(const struct json *root, struct path p)
{
    const struct json *v = root;
    for (uint32_t i = 0; v && i < p.len; i++) {
        uint32_t index;
        if (v->kind == JSON_ARRAY)
            v = path_index(p.at[i], &index) && index < v->count ? v->items[index] : NULL;
        else
            v = json_get(v, p.at[i]);
    }
    return v;
}

void path_print_pointer(struct buf *out, struct path p)
{
    for (uint32_t i = 0; i < p.len; i++) {
        buf_put_u8(out, '/');
        for (size_t k = 0; k < p.at[i].len; k++) {
            char c = p.at[i].ptr[k];
            if (c == '~' || c == '/')
                buf_put_str(out, c == '~' ? STR("~0") : STR("~1"));
            else
                buf_put_u8(out, (uint8_t)c);
        }
    }
}
