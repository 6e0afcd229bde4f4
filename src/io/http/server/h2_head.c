/* Heads of HTTP/2 requests: see h2_head.h. */
#include "io/http/server/h2_head.h"

#include "base/num.h"

enum { LINE_BYTES = 32 }; /* RFC 9113, 10.5.1 */

void h2_head_refuse(struct h2_head *h, uint16_t status, const char *text)
{
    if (!h->failure.status)
        h->failure = (struct http_failure){ status, text };
}

void h2_head_init(struct h2_head *h)
{
    *h = (struct h2_head){ 0 };
}

/* The scheme that the client names is not kept: what the connection is counts. */
static void add_pseudo(struct h2_head *h, str name, str value, struct arena *a, struct http_request *r)
{
    if (str_eq(name, STR(":method")))
        r->method = str_dup(a, value);
    else if (str_eq(name, STR(":path")))
        r->target = str_dup(a, value);
    else if (str_eq(name, STR(":authority")))
        r->authority = str_dup(a, value);
    else if (str_eq(name, STR(":scheme")) && !str_eq_nocase(value, STR("http")) && !str_eq_nocase(value, STR("https")))
        h2_head_refuse(h, 400, "a scheme other than http and https");
}

void h2_head_add(struct h2_head *h, str name, str value, const struct h2_head_limits *limits, struct arena *a,
                 struct http_request *r)
{
    h->bytes += name.len + value.len + LINE_BYTES;
    if (h->bytes > limits->max_bytes)
        h2_head_refuse(h, 431, "the head is larger than this server takes");
    if (h->failure.status)
        return;
    if (name.len && name.ptr[0] == ':') {
        add_pseudo(h, name, value, a, r);
        return;
    }
    if (r->fields.len == limits->max_fields) {
        h2_head_refuse(h, 431, "more fields than this server takes");
        return;
    }
    h->cookies += str_eq(name, STR("cookie"));
    http_fields_add(&r->fields, a, str_dup(a, name), str_dup(a, value));
}

/* One line of them all, where the first was. */
static void join_cookies(struct http_fields *f, struct arena *a)
{
    size_t len = 0;
    for (uint32_t i = 0; i < f->len; i++)
        if (str_eq(f->at[i].name, STR("cookie")))
            len += f->at[i].value.len + 2;
    char *joined = arena_alloc(a, len), *at = joined;
    uint32_t kept = 0;
    struct http_field *first = NULL;
    for (uint32_t i = 0; i < f->len; i++) {
        struct http_field line = f->at[i];
        bool cookie = str_eq(line.name, STR("cookie"));
        if (cookie) {
            if (first) {
                memcpy(at, "; ", 2);
                at += 2;
            }
            if (line.value.len)
                memcpy(at, line.value.ptr, line.value.len);
            at += line.value.len;
        }
        if (cookie && first)
            continue;
        f->at[kept] = line;
        if (cookie)
            first = &f->at[kept];
        kept++;
    }
    f->len = kept;
    first->value = str_from(joined, (size_t)(at - joined));
}

/* RFC 9113, 8.3.1: Host and :authority are two ways to say the same. */
static void settle_authority(struct h2_head *h, struct arena *a, struct http_request *r)
{
    str host = http_fields_get(&r->fields, STR("host"));
    if (http_fields_count(&r->fields, STR("host")) > 1)
        h2_head_refuse(h, 400, "more than one Host");
    else if (!host.ptr)
        http_fields_add(&r->fields, a, STR("host"), r->authority);
    else if (!r->authority.len)
        r->authority = host;
    else if (!str_eq_nocase(host, r->authority))
        h2_head_refuse(h, 400, "a Host that differs from :authority");
}

static void settle_length(struct h2_head *h, bool end, struct http_request *r)
{
    str length = http_fields_get(&r->fields, STR("content-length"));
    r->content_length = end ? 0 : HTTP_LENGTH_UNKNOWN;
    if (!end && length.ptr && (!num_parse_u64(length, &r->content_length) || r->content_length == HTTP_LENGTH_UNKNOWN))
        h2_head_refuse(h, 400, "a Content-Length that is too large");
    r->has_body = r->content_length != 0;
}

bool h2_head_finish(struct h2_head *h, bool end, struct arena *a, struct http_request *r)
{
    r->version = HTTP_2;
    if (str_eq(r->method, STR("CONNECT")))
        h2_head_refuse(h, 501, "CONNECT is not offered");
    if (h->failure.status)
        return false;
    settle_authority(h, a, r);
    settle_length(h, end, r);
    if (h->cookies > 1)
        join_cookies(&r->fields, a);
    str expect = http_fields_get(&r->fields, STR("expect"));
    if (expect.ptr && !str_eq_nocase(expect, STR("100-continue")))
        h2_head_refuse(h, 417, "an expectation other than 100-continue");
    h->expect_continue = expect.ptr && r->has_body;
    return !h->failure.status;
}

bool h2_trailer_add(size_t *total, str name, str value, const struct h2_head_limits *limits, struct arena *a,
                    struct http_fields *trailers)
{
    *total += name.len + value.len + LINE_BYTES;
    if (*total > limits->max_bytes || trailers->len == limits->max_fields)
        return false;
    http_fields_add(trailers, a, str_dup(a, name), str_dup(a, value));
    return true;
}
