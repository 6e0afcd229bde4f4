/* What routes compare of a request: see request.h. */
#include "server/route/request.h"

bool request_begin(struct request *r, struct http_exchange *x)
{
    r->x = x;
    r->source = x->peer;
    str host = x->request.authority;
    return str_find(host, STR("..")) == SIZE_MAX && str_find_char(host, '/') == SIZE_MAX &&
           uri_parse(x->arena, x->request.target, &r->uri);
}

void request_begin_refused(struct request *r, struct http_exchange *x)
{
    *r = (struct request){ .x = x, .source = x->peer, .uri = { .query = STR_NONE } };
    if (x->request.target.len && !uri_parse(x->arena, x->request.target, &r->uri))
        r->uri = (struct uri){ .query = STR_NONE };
}

static bool is_safe(str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i], lower = (char)(c | 0x20);
        if (c != '-' && (c < '0' || c > '9') && (lower < 'a' || lower > 'z'))
            return false;
    }
    return true;
}

void request_discard_unsafe_fields(struct http_request *r)
{
    struct http_fields *f = &r->fields;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->len; i++)
        if (is_safe(f->at[i].name))
            f->at[kept++] = f->at[i];
    f->len = kept;
}

/* Where the port begins; brackets of an IPv6 address hold colons of their own. */
static size_t port_at(str authority)
{
    size_t colon = str_rfind_char(authority, ':');
    size_t bracket = str_rfind_char(authority, ']');
    return colon != SIZE_MAX && (bracket == SIZE_MAX || bracket < colon) ? colon : authority.len;
}

static str lower(struct arena *a, str text)
{
    char *out = arena_alloc(a, text.len);
    for (size_t i = 0; i < text.len; i++)
        out[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] | 0x20 : text.ptr[i]);
    return str_from(out, text.len);
}

str request_host(struct request *r)
{
    if (r->host.ptr)
        return r->host;
    str host = str_slice(r->x->request.authority, 0, port_at(r->x->request.authority));
    if (host.len && host.ptr[host.len - 1] == '.')
        host.len--;
    r->host = lower(r->x->arena, host);
    return r->host;
}

str request_argument(const struct request *r, str name)
{
    str rest = r->uri.query, found = STR_NONE, key, value;
    while (uri_next_argument(r->x->arena, &rest, &key, &value))
        if (str_eq(key, name))
            found = value;
    return found;
}

bool request_next_cookie(const struct request *r, uint32_t *field, str *rest, str *ret_name, str *ret_value)
{
    const struct http_fields *f = &r->x->request.fields;
    for (;;) {
        while (!rest->ptr) {
            while (*field < f->len && !str_eq_nocase(f->at[*field].name, STR("cookie")))
                (*field)++;
            if (*field == f->len)
                return false;
            *rest = f->at[(*field)++].value;
        }
        str value, part = str_trim(str_split(*rest, ';', rest));
        if (!part.len)
            continue;
        *ret_name = str_split(part, '=', &value);
        *ret_value = value.ptr ? value : STR("");
        return true;
    }
}
