/* Printing JSON, for people and for files. */
#include "base/buf.h"
#include "server/json/json.h"

struct printer {
    struct buf *out;
    bool pretty;
    unsigned level;
};

static void newline(struct printer *p)
{
    if (!p->pretty)
        return;
    buf_put(p->out, "\r\n", 2);
    for (unsigned i = 0; i < p->level; i++)
        buf_put_u8(p->out, '\t');
}

static void put_escape(struct buf *out, unsigned char c)
{
    static const char names[] = "btn?fr"; /* from \b = 8 on; \v has none */
    if (c == '"' || c == '\\')
        buf_printf(out, "\\%c", c);
    else if (c >= 8 && c <= 13 && c != 11)
        buf_printf(out, "\\%c", names[c - 8]);
    else
        buf_printf(out, "\\u%04X", c);
}

void json_print_string(struct buf *out, str text)
{
    size_t from = 0;
    buf_put_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put_str(out, str_slice(text, from, i));
        put_escape(out, c);
        from = i + 1;
    }
    buf_put_str(out, str_slice(text, from, text.len));
    buf_put_u8(out, '"');
}

static void print(struct printer *p, const struct json *v);

static void print_array(struct printer *p, const struct json *v)
{
    buf_put_u8(p->out, '[');
    p->level++;
    for (uint32_t i = 0; i < v->count; i++) {
        if (i)
            buf_put_u8(p->out, ',');
        newline(p);
        print(p, v->items[i]);
    }
    p->level--;
    if (v->count)
        newline(p);
    buf_put_u8(p->out, ']');
}

static bool is_filled(const struct json *v)
{
    return (v->kind == JSON_ARRAY || v->kind == JSON_OBJECT) && v->count;
}

static void print_object(struct printer *p, const struct json *v)
{
    buf_put_u8(p->out, '{');
    p->level++;
    for (uint32_t i = 0; i < v->count; i++) {
        if (i)
            buf_put_u8(p->out, ',');
        if (i && p->pretty && is_filled(v->members[i - 1].value))
            buf_put(p->out, "\r\n", 2);
        newline(p);
        json_print_string(p->out, v->members[i].name);
        buf_put_str(p->out, p->pretty ? STR(": ") : STR(":"));
        print(p, v->members[i].value);
    }
    p->level--;
    if (v->count)
        newline(p);
    buf_put_u8(p->out, '}');
}

static void print(struct printer *p, const struct json *v)
{
    switch (v->kind) {
    case JSON_NULL: buf_put_str(p->out, STR("null")); break;
    case JSON_BOOL: buf_put_str(p->out, v->truth ? STR("true") : STR("false")); break;
    case JSON_INTEGER:
    case JSON_FRACTION: buf_put_str(p->out, v->text); break;
    case JSON_STRING: json_print_string(p->out, v->text); break;
    case JSON_ARRAY: print_array(p, v); break;
    case JSON_OBJECT: print_object(p, v); break;
    }
}

void json_print(struct buf *out, const struct json *v)
{
    struct printer p = { .out = out, .pretty = true };
    print(&p, v);
    buf_put(out, "\r\n", 2);
}

void json_print_compact(struct buf *out, const struct json *v)
{
    struct printer p = { .out = out };
    print(&p, v);
}
