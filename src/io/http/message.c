/* HTTP messages. */
#include "io/http/message.h"

void http_fields_add(struct http_fields *f, struct arena *a, str name, str value)
{
    if (f->len == f->cap) {
        uint32_t cap = f->cap ? f->cap * 2 : 16;
        struct http_field *grown = arena_new(a, struct http_field, cap);
        if (f->len)
            memcpy(grown, f->at, f->len * sizeof(*grown));
        f->at = grown;
        f->cap = cap;
    }
    f->at[f->len++] = (struct http_field){ name, value };
}

str http_fields_get(const struct http_fields *f, str name)
{
    for (uint32_t i = 0; i < f->len; i++)
        if (str_eq_nocase(f->at[i].name, name))
            return f->at[i].value;
    return STR_NONE;
}

uint32_t http_fields_count(const struct http_fields *f, str name)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < f->len; i++)
        count += str_eq_nocase(f->at[i].name, name);
    return count;
}

str http_trim(str s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s.ptr++, s.len--;
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

static bool list_has(str list, str word)
{
    while (list.ptr) {
        str element = http_trim(str_split(list, ',', &list));
        if (str_eq_nocase(element, word))
            return true;
    }
    return false;
}

bool http_fields_list_has(const struct http_fields *fields, str name, str word)
{
    for (uint32_t i = 0; i < fields->len; i++)
        if (str_eq_nocase(fields->at[i].name, name) && list_has(fields->at[i].value, word))
            return true;
    return false;
}

bool http_field_is_hop_by_hop(const struct http_fields *fields, str name)
{
    static const str names[] = {
        STR_INIT("connection"), STR_INIT("proxy-connection"),  STR_INIT("keep-alive"),
        STR_INIT("te"),         STR_INIT("transfer-encoding"), STR_INIT("upgrade"),
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_nocase(name, names[i]))
            return true;
    return http_fields_list_has(fields, STR("connection"), name);
}

/* tchar of RFC 9110, 5.6.2 */
static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

bool http_name_valid(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_token_char(name.ptr[i]))
            return false;
    return name.len > 0;
}

bool http_value_valid(str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

bool http_response_bodiless(str method, uint16_t status)
{
    return str_eq(method, STR("HEAD")) || status == 204 || status == 304;
}

str http_reason(uint16_t status)
{
    static const struct {
        uint16_t status;
        str reason;
    } reasons[] = {
        { 100, STR_INIT("Continue") },
        { 101, STR_INIT("Switching Protocols") },
        { 103, STR_INIT("Early Hints") },
        { 200, STR_INIT("OK") },
        { 201, STR_INIT("Created") },
        { 202, STR_INIT("Accepted") },
        { 203, STR_INIT("Non-Authoritative Information") },
        { 204, STR_INIT("No Content") },
        { 205, STR_INIT("Reset Content") },
        { 206, STR_INIT("Partial Content") },
        { 300, STR_INIT("Multiple Choices") },
        { 301, STR_INIT("Moved Permanently") },
        { 302, STR_INIT("Found") },
        { 303, STR_INIT("See Other") },
        { 304, STR_INIT("Not Modified") },
        { 307, STR_INIT("Temporary Redirect") },
        { 308, STR_INIT("Permanent Redirect") },
        { 400, STR_INIT("Bad Request") },
        { 401, STR_INIT("Unauthorized") },
        { 402, STR_INIT("Payment Required") },
        { 403, STR_INIT("Forbidden") },
        { 404, STR_INIT("Not Found") },
        { 405, STR_INIT("Method Not Allowed") },
        { 406, STR_INIT("Not Acceptable") },
        { 407, STR_INIT("Proxy Authentication Required") },
        { 408, STR_INIT("Request Timeout") },
        { 409, STR_INIT("Conflict") },
        { 410, STR_INIT("Gone") },
        { 411, STR_INIT("Length Required") },
        { 412, STR_INIT("Precondition Failed") },
        { 413, STR_INIT("Content Too Large") },
        { 414, STR_INIT("URI Too Long") },
        { 415, STR_INIT("Unsupported Media Type") },
        { 416, STR_INIT("Range Not Satisfiable") },
        { 417, STR_INIT("Expectation Failed") },
        { 418, STR_INIT("I'm a teapot") },
        { 421, STR_INIT("Misdirected Request") },
        { 422, STR_INIT("Unprocessable Content") },
        { 425, STR_INIT("Too Early") },
        { 426, STR_INIT("Upgrade Required") },
        { 428, STR_INIT("Precondition Required") },
        { 429, STR_INIT("Too Many Requests") },
        { 431, STR_INIT("Request Header Fields Too Large") },
        { 451, STR_INIT("Unavailable For Legal Reasons") },
        { 500, STR_INIT("Internal Server Error") },
        { 501, STR_INIT("Not Implemented") },
        { 502, STR_INIT("Bad Gateway") },
        { 503, STR_INIT("Service Unavailable") },
        { 504, STR_INIT("Gateway Timeout") },
        { 505, STR_INIT("HTTP Version Not Supported") },
        { 511, STR_INIT("Network Authentication Required") },
    };
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return STR("");
}

str http_request_line(const struct http_request *r, struct arena *a)
{
    if (r->line.len)
        return r->line;
    if (!r->method.len)
        return STR_NONE;
    return str_printf(a, "%.*s %.*s HTTP/2.0", STR_ARG(r->method), STR_ARG(r->target));
}
