/* Writing JSON: see json.h. */
#include "tool/json.h"

#include <inttypes.h>

#include "base/utf8.h"

static void put_text(struct buf *out, str s)
{
    const uint8_t *at = (const uint8_t *)s.ptr, *end = s.len ? at + s.len : at;
    buf_put_u8(out, '"');
    while (at < end) {
        const uint8_t *start = at;
        uint32_t c = utf8_next(&at, end);
        if (c == UTF8_BAD) {
            buf_put_str(out, STR("\xef\xbf\xbd"));
            at = start + 1;
        } else if (c < 0x20 || c == 0x7f) {
            buf_printf(out, "\\u%04x", c);
        } else {
            if (c == '"' || c == '\\')
                buf_put_u8(out, '\\');
            buf_put(out, start, (size_t)(at - start));
        }
    }
    buf_put_u8(out, '"');
}

static void begin_value(struct json *j, const char *key)
{
    if (j->needs_comma)
        buf_put_u8(j->out, ',');
    if (key) {
        put_text(j->out, str_of(key));
        buf_put_u8(j->out, ':');
    }
    j->needs_comma = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin_value(j, key);
    buf_put_u8(j->out, (uint8_t)bracket);
    j->needs_comma = false;
}

void json_close(struct json *j, char bracket)
{
    buf_put_u8(j->out, (uint8_t)bracket);
    j->needs_comma = true;
}

void json_str(struct json *j, const char *key, str value)
{
    begin_value(j, key);
    put_text(j->out, value);
}

void json_num(struct json *j, const char *key, uint64_t value)
{
    begin_value(j, key);
    buf_printf(j->out, "%" PRIu64, value);
}
