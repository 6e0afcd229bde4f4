/* Templates: see template.h. */
#include "server/route/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "io/net/address.h"
#include "server/route/request.h"

/* A variable's value; STR_NONE when it is absent. `argument`: what follows the prefix in its name. */
typedef str variable_fn(const struct request *r, str argument);

struct template_part {
    str text; /* literal, when `variable` is NULL */
    variable_fn *variable;
    str argument;
};

/* --- Variables --- */

static str var_method(const struct request *r, str argument)
{
    (void)argument;
    return r->x->request.method;
}

static str var_host(const struct request *r, str argument)
{
    (void)argument;
    return request_host(r);
}

static str var_uri(const struct request *r, str argument)
{
    (void)argument;
    return r->uri.path;
}

static str var_request_uri(const struct request *r, str argument)
{
    (void)argument;
    return r->x->request.target;
}

static str var_request_line(const struct request *r, str argument)
{
    (void)argument;
    const struct http_request *q = &r->x->request;
    static const char *const versions[] = { [HTTP_1_0] = "HTTP/1.0", [HTTP_1_1] = "HTTP/1.1", [HTTP_2] = "HTTP/2.0" };
    if (!q->method.len)
        return STR_NONE;
    return str_printf(r->x->arena, "%.*s %.*s %s", STR_ARG(q->method), STR_ARG(q->target), versions[q->version]);
}

static str var_remote_addr(const struct request *r, str argument)
{
    (void)argument;
    char text[ADDRESS_TEXT_MAX];
    address_print_host(r->source, text);
    return str_dup(r->x->arena, str_of(text));
}

static str var_request_id(const struct request *r, str argument)
{
    (void)argument;
    uint64_t id[2] = { 0 };
    if (getrandom(id, sizeof(id), 0) < 0)
        return STR_NONE;
    return str_printf(r->x->arena, "%016" PRIx64 "%016" PRIx64, id[0], id[1]);
}

static str var_request_time(const struct request *r, str argument)
{
    (void)argument;
    uint64_t ms = (uint64_t)instant_diff(instant_now(), r->x->started).ns / 1000000;
    return str_printf(r->x->arena, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

static str var_status(const struct request *r, str argument)
{
    (void)argument;
    return str_printf(r->x->arena, "%03u", r->x->status);
}

static str var_body_bytes_sent(const struct request *r, str argument)
{
    (void)argument;
    return str_printf(r->x->arena, "%" PRIu64, r->x->sent_body_bytes);
}

static str var_time_local(const struct request *r, str argument)
{
    (void)argument;
    char text[40];
    time_t now = (time_t)(wall_clock_ns() / 1000000000);
    struct tm tm;
    localtime_r(&now, &tm);
    size_t n = strftime(text, sizeof(text), "%d/%b/%Y:%H:%M:%S %z", &tm);
    return str_dup(r->x->arena, str_from(text, n));
}

static str var_dollar(const struct request *r, str argument)
{
    (void)r, (void)argument;
    return STR("$");
}

static str var_arg(const struct request *r, str argument)
{
    return request_argument(r, argument);
}

static str var_cookie(const struct request *r, str argument)
{
    uint32_t field = 0;
    str rest = STR_NONE, name, value;
    while (request_next_cookie(r, &field, &rest, &name, &value))
        if (str_eq(name, argument))
            return value;
    return STR_NONE;
}

/* `_` stands for `-`. */
static bool field_is(str name, str wanted)
{
    if (name.len != wanted.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = wanted.ptr[i] == '_' ? '-' : wanted.ptr[i], have = name.ptr[i] == '_' ? '-' : name.ptr[i];
        if (!str_eq_nocase(str_from(&c, 1), str_from(&have, 1)))
            return false;
    }
    return true;
}

static str var_header(const struct request *r, str argument)
{
    const struct http_fields *f = &r->x->request.fields;
    for (uint32_t i = 0; i < f->len; i++)
        if (field_is(f->at[i].name, argument))
            return f->at[i].value;
    return STR_NONE;
}

static const struct {
    str name;
    variable_fn *fn;
    bool prefix; /* an argument follows */
} variables[] = {
    { STR_INIT("method"), var_method, false },
    { STR_INIT("host"), var_host, false },
    { STR_INIT("uri"), var_uri, false },
    { STR_INIT("request_uri"), var_request_uri, false },
    { STR_INIT("request_line"), var_request_line, false },
    { STR_INIT("remote_addr"), var_remote_addr, false },
    { STR_INIT("request_id"), var_request_id, false },
    { STR_INIT("request_time"), var_request_time, false },
    { STR_INIT("status"), var_status, false },
    { STR_INIT("body_bytes_sent"), var_body_bytes_sent, false },
    { STR_INIT("time_local"), var_time_local, false },
    { STR_INIT("dollar"), var_dollar, false },
    { STR_INIT("arg_"), var_arg, true },
    { STR_INIT("cookie_"), var_cookie, true },
    { STR_INIT("header_"), var_header, true },
};

/* --- Compiling --- */

static bool find_variable(struct arena *a, str name, struct template_part *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        str v = variables[i].name;
        if (variables[i].prefix ? str_starts(name, v) && name.len > v.len : str_eq(name, v)) {
            *ret = (struct template_part){ .variable = variables[i].fn,
                                           .argument = str_dup(a, str_slice(name, v.len, name.len)) };
            return true;
        }
    }
    return false;
}

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

bool template_compile(struct arena *a, str text, str option, struct template *ret, struct err *e)
{
    text = str_dup(a, text);
    *ret = (struct template){ .text = text, .constant = str_find_char(text, '$') == SIZE_MAX };
    if (str_starts(text, STR("`")))
        return err_set(e, ERR_UNSUPPORTED, "JavaScript templates are not supported in the \"%.*s\" value.",
                       STR_ARG(option));
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
                           STR_ARG(option));
        if (!find_variable(a, name, &parts[ret->len++]))
            return err_set(e, ERR_INVALID, "Unknown variable \"%.*s\" in the \"%.*s\" value.", STR_ARG(name),
                           STR_ARG(option));
    }
    ret->parts = parts;
    return true;
}

str template_fill(const struct template *t, const struct request *r, bool dash)
{
    if (t->constant)
        return t->text;
    str *values = arena_new(r->x->arena, str, t->len);
    size_t len = 0;
    for (uint32_t i = 0; i < t->len; i++) {
        const struct template_part *p = &t->parts[i];
        values[i] = p->variable ? p->variable(r, p->argument) : p->text;
        if (!values[i].ptr)
            values[i] = dash ? STR("-") : STR("");
        len += values[i].len;
    }
    char *out = arena_alloc(r->x->arena, len);
    size_t n = 0;
    for (uint32_t i = 0; i < t->len; i++) {
        memcpy(out + n, values[i].ptr, values[i].len);
        n += values[i].len;
    }
    return str_from(out, n);
}

bool condition_compile(struct arena *a, str text, str option, struct condition *ret, struct err *e)
{
    ret->inverted = str_starts(text, STR("!"));
    return template_compile(a, str_slice(text, ret->inverted, text.len), option, &ret->value, e);
}

bool condition_holds(const struct condition *c, const struct request *r)
{
    static const str lies[] = { STR_INIT(""), STR_INIT("0"), STR_INIT("false"), STR_INIT("null"),
                                STR_INIT("undefined") };
    str value = template_fill(&c->value, r, false);
    for (size_t i = 0; i < ARRAY_LEN(lies); i++)
        if (str_eq(value, lies[i]))
            return c->inverted;
    return !c->inverted;
}
