/* What the access log says of a request: see format.h. */
#include "server/access_log/format.h"

#include "base/buf.h"
#include "base/utf8.h"

static const str default_format = STR_INIT("$remote_addr - - [$time_local] \"$request_line\" $status $body_bytes_sent "
                                           "\"$header_referer\" \"$header_user_agent\"");

/* --- Compiling --- */

static bool compile_object(struct arena *a, const struct json *format, struct access_format *ret, struct err *e)
{
    ret->len = format->count;
    ret->object = arena_new(a, struct access_member, ret->len ? ret->len : 1);
    for (uint32_t i = 0; i < ret->len; i++) {
        struct access_member *m = &ret->object[i];
        m->name = str_dup(a, format->members[i].name);
        if (!template_compile(a, format->members[i].value->text, STR("format"), &m->value, e))
            return false;
        ret->of_response = ret->of_response || m->value.of_response;
    }
    return true;
}

bool access_format_compile(struct arena *a, const struct json *access_log, struct access_format *ret, struct err *e)
{
    const struct json *format = json_get(access_log, STR("format")), *condition = json_get(access_log, STR("if"));
    *ret = (struct access_format){ 0 };
    if (condition) {
        struct condition *c = arena_new(a, struct condition, 1);
        ret->condition = c;
        if (!condition_compile(a, condition->text, STR("if"), c, e))
            return false;
        ret->of_response = c->value.of_response;
    }
    if (format && format->kind == JSON_OBJECT)
        return compile_object(a, format, ret, e);
    if (!template_compile(a, format ? format->text : default_format, STR("format"), &ret->line, e))
        return false;
    ret->of_response = ret->of_response || ret->line.of_response;
    return true;
}

/* --- Printing --- */

static void put_text(struct buf *out, str value)
{
    size_t from = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\')
            continue;
        buf_put_str(out, str_slice(value, from, i));
        buf_printf(out, "\\x%02X", c);
        from = i + 1;
    }
    buf_put_str(out, str_slice(value, from, value.len));
}

static void put_utf8(struct buf *out, str value)
{
    const uint8_t *at = (const uint8_t *)value.ptr, *end = at + value.len;
    if (utf8_valid(value)) {
        buf_put_str(out, value);
        return;
    }
    while (at < end) {
        const uint8_t *next = at;
        if (utf8_next(&next, end) == UTF8_BAD) {
            buf_put_str(out, STR("\xef\xbf\xbd"));
            at++;
        } else {
            buf_put(out, at, (size_t)(next - at));
            at = next;
        }
    }
}

static void print_object(const struct access_format *f, struct request *r, struct buf *out)
{
    struct buf value;
    buf_init(&value, BUF_NO_LIMIT);
    buf_put_u8(out, '{');
    for (uint32_t i = 0; i < f->len; i++) {
        if (i)
            buf_put_u8(out, ',');
        json_print_string(out, f->object[i].name);
        buf_put_u8(out, ':');
        buf_reset(&value);
        template_print(&f->object[i].value, r, put_utf8, &value);
        json_print_string(out, buf_str(&value));
    }
    buf_put_u8(out, '}');
    buf_fini(&value);
}

void access_format_print(const struct access_format *f, struct request *r, struct buf *out)
{
    if (f->condition && !condition_holds(f->condition, r))
        return;
    if (f->object)
        print_object(f, r, out);
    else
        template_print(&f->line, r, put_text, out);
    buf_put_u8(out, '\n');
}
