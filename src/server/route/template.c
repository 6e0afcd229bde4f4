/* Templates: see template.h. */
#include "server/route/template.h"

#include "base/buf.h"
#include "server/route/request.h"
#include "server/route/variable.h"

struct template_part {
    str text; /* literal, when `variable` has no function */
    struct variable variable;
};

/* --- Compiling --- */

static bool is_name_char(char c)
{
    return c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The name after the '$' at `*at`, which moves behind it. */
static bool read_name(str text, size_t *at, str *ret)
{
    size_t i = *at + 1;
    bool braces = i < text.len && text.ptr[i] == '{';
    size_t from = i += braces;
    while (i < text.len && is_name_char(text.ptr[i]))
        i++;
    *ret = str_slice(text, from, i);
    if (!ret->len || (braces && (i == text.len || text.ptr[i] != '}')))
        return false;
    *at = i + braces;
    return true;
}

static bool unknown(str name, str option, struct err *e)
{
    str near = variable_nearest(name);
    err_set(e, ERR_INVALID, "Unknown variable \"%.*s\" in the \"%.*s\" value.", STR_ARG(name), STR_ARG(option));
    return near.len ? err_help(e, "Did you mean \"$%.*s\"?", STR_ARG(near))
                    : err_help(e, "No variable is called like that; \"$dollar\" writes a dollar sign.");
}

bool template_compile(struct arena *a, str text, str option, struct template *ret, struct err *e)
{
    text = str_dup(a, text);
    *ret = (struct template){ .text = text, .constant = str_find_char(text, '$') == SIZE_MAX };
    if (str_starts(text, STR("`")))
        return err_set(e, ERR_UNSUPPORTED,
                       "Unit is built without support of njs: \"--njs\" ./configure option is missing. in the \"%.*s\" "
                       "value.",
                       STR_ARG(option)) ||
               err_help(e, "Write variables, as in \"/www/$host$uri\", in place of a JavaScript template.");
    if (ret->constant)
        return true;
    struct template_part *parts = arena_new(a, struct template_part, text.len); /* each has a byte at least */
    size_t at = 0;
    while (at < text.len) {
        size_t dollar = str_find_char(str_slice(text, at, text.len), '$');
        size_t end = dollar == SIZE_MAX ? text.len : at + dollar;
        str name;
        if (end > at)
            parts[ret->len++] = (struct template_part){ .text = str_slice(text, at, end) };
        at = end;
        if (at == text.len)
            break;
        if (!read_name(text, &at, &name))
            return err_set(e, ERR_INVALID, "Invalid variable at position %zu in the \"%.*s\" value.", end,
                           STR_ARG(option)) ||
                   err_help(e, "Write $name or ${name}, with letters and \"_\" alone; \"$dollar\" writes a dollar "
                               "sign.");
        struct template_part *part = &parts[ret->len++];
        if (!variable_find(a, name, &part->variable))
            return unknown(name, option, e);
        ret->of_response = ret->of_response || part->variable.of_response;
    }
    ret->parts = parts;
    return true;
}

/* STR_NONE: a variable without a value. */
static str part_value(const struct template_part *p, struct request *r)
{
    return p->variable.value ? p->variable.value(r, p->variable.argument) : p->text;
}

str template_fill(const struct template *t, struct request *r)
{
    if (t->constant)
        return t->text;
    str *values = arena_new(r->x->arena, str, t->len);
    size_t len = 0;
    for (uint32_t i = 0; i < t->len; i++) {
        values[i] = part_value(&t->parts[i], r);
        len += values[i].len;
    }
    char *out = arena_alloc(r->x->arena, len);
    size_t n = 0;
    for (uint32_t i = 0; i < t->len; i++) {
        if (values[i].len)
            memcpy(out + n, values[i].ptr, values[i].len);
        n += values[i].len;
    }
    return str_from(out, n);
}

void template_print(const struct template *t, struct request *r, template_put_fn *put, struct buf *out)
{
    if (t->constant) {
        buf_put_str(out, t->text);
        return;
    }
    for (uint32_t i = 0; i < t->len; i++) {
        str value = part_value(&t->parts[i], r);
        if (!t->parts[i].variable.value)
            buf_put_str(out, value);
        else
            put(out, value.ptr ? value : STR("-"));
    }
}

bool condition_compile(struct arena *a, str text, str option, struct condition *ret, struct err *e)
{
    ret->inverted = str_starts(text, STR("!"));
    return template_compile(a, str_slice(text, ret->inverted, text.len), option, &ret->value, e);
}

bool condition_holds(const struct condition *c, struct request *r)
{
    static const str lies[] = { STR_INIT(""), STR_INIT("0"), STR_INIT("false"), STR_INIT("null"),
                                STR_INIT("undefined") };
    str value = template_fill(&c->value, r);
    for (size_t i = 0; i < ARRAY_LEN(lies); i++)
        if (str_eq(value, lies[i]))
            return c->inverted;
    return !c->inverted;
}
