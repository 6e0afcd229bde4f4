/* The HTTP/1 parser. Lines are taken one by one as they complete, so that a bad one is answered at once. */
#include "io/http/h1/h1_parse.h"

#include "base/num.h"
#include "base/utf8.h"
#include "io/http/h1/h1_lines.h"

/* --- The request line --- */

/* Components take it as a string, which is UTF-8. */
static bool target_valid(str target)
{
    for (size_t i = 0; i < target.len; i++)
        if ((unsigned char)target.ptr[i] <= 0x20 || target.ptr[i] == 0x7f || target.ptr[i] == '#')
            return false;
    return target.len > 0 && utf8_valid(target);
}

/* uri-host [":" port] of RFC 9110, 7.2; an empty host is allowed by the grammar. */
static bool host_valid(str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || !strchr("-._~!$&'()*+,;=:[]%", c)))
            return false;
    }
    return true;
}

static enum h1_result parse_target(str target, struct http_request *r, struct http_failure *f)
{
    if (!target_valid(target))
        return h1_fail(f, 400, "a request target with characters that do not belong there");
    if (str_eq(r->method, STR("CONNECT")))
        return h1_fail(f, 501, "CONNECT is not offered");
    r->target = target;
    if (target.ptr[0] == '/')
        return H1_DONE;
    if (str_eq(target, STR("*")))
        return str_eq(r->method, STR("OPTIONS")) ? H1_DONE
                                                 : h1_fail(f, 400, "the target * with a method other than OPTIONS");
    size_t scheme = str_find(target, STR("://"));
    if (scheme == SIZE_MAX)
        return h1_fail(f, 400, "a request target that begins neither with / nor with http://");
    str name = str_slice(target, 0, scheme), rest = str_slice(target, scheme + 3, target.len);
    if (!str_eq_nocase(name, STR("http")) && !str_eq_nocase(name, STR("https")))
        return h1_fail(f, 400, "a request target with a scheme other than http and https");
    size_t path = 0;
    while (path < rest.len && rest.ptr[path] != '/' && rest.ptr[path] != '?')
        path++;
    r->authority = str_slice(rest, 0, path);
    if (r->authority.len == 0 || !host_valid(r->authority))
        return h1_fail(f, 400, "a request target without a proper host");
    r->target = path == rest.len ? STR("/") : str_slice(rest, path, rest.len);
    return r->target.ptr[0] == '/' ? H1_DONE : h1_fail(f, 400, "a request target without a path");
}

static enum h1_result parse_version(str version, struct http_request *r, struct http_failure *f)
{
    bool form = version.len == 8 && str_starts(version, STR("HTTP/")) && version.ptr[6] == '.' &&
                version.ptr[5] >= '0' && version.ptr[5] <= '9' && version.ptr[7] >= '0' && version.ptr[7] <= '9';
    if (!form)
        return h1_fail(f, 400, "a request line that does not end in HTTP/1.0 or HTTP/1.1");
    if (version.ptr[5] != '1')
        return h1_fail(f, 505, "this port speaks HTTP/1.1");
    r->version = version.ptr[7] == '0' ? HTTP_1_0 : HTTP_1_1;
    return H1_DONE;
}

static enum h1_result parse_request_line(str line, const struct h1_limits *limits, struct http_request *r,
                                         struct http_failure *f)
{
    str target, version;
    r->method = str_split(line, ' ', &target);
    if (!target.ptr || !http_name_valid(r->method))
        return h1_fail(f, 400, "a request line without a proper method");
    target = str_split(target, ' ', &version);
    if (!version.ptr)
        return h1_fail(f, 400, "a request line of fewer than three parts");
    if (target.len > limits->max_target_bytes)
        return h1_fail(f, 414, "a request target that is too long");
    enum h1_result result = parse_version(version, r, f);
    return result == H1_DONE ? parse_target(target, r, f) : result;
}

/* --- What the complete head means --- */

static enum h1_result check_host(struct http_request *r, struct http_failure *f)
{
    uint32_t hosts = http_fields_count(&r->fields, STR("host"));
    str host = http_fields_get(&r->fields, STR("host"));
    if (hosts > 1)
        return h1_fail(f, 400, "more than one Host field");
    if (hosts == 0 && r->version == HTTP_1_1)
        return h1_fail(f, 400, "no Host field");
    if (!host_valid(host))
        return h1_fail(f, 400, "a Host field that is no host");
    if (!r->authority.len)
        r->authority = host;
    return H1_DONE;
}

/* RFC 9112, 6.3: anything that could be read in two ways is refused. */
static enum h1_result check_length(struct h1_head *h, struct http_request *r, struct http_failure *f)
{
    uint32_t codings = http_fields_count(&r->fields, STR("transfer-encoding"));
    uint32_t lengths = http_fields_count(&r->fields, STR("content-length"));
    if (codings && lengths)
        return h1_fail(f, 400, "both Content-Length and Transfer-Encoding");
    if (codings && r->version == HTTP_1_0)
        return h1_fail(f, 400, "Transfer-Encoding in HTTP/1.0");
    if (codings > 1 ||
        (codings && !str_eq_nocase(http_fields_get(&r->fields, STR("transfer-encoding")), STR("chunked"))))
        return h1_fail(f, 501, "a Transfer-Encoding other than chunked");
    if (lengths > 1)
        return h1_fail(f, 400, "more than one Content-Length field");
    r->content_length = 0;
    if (lengths && !num_parse_u64(http_fields_get(&r->fields, STR("content-length")), &r->content_length))
        return h1_fail(f, 400, "a Content-Length that is no number");
    if (lengths && r->content_length == HTTP_LENGTH_UNKNOWN)
        return h1_fail(f, 400, "a Content-Length that is too large");
    h->chunked = codings == 1;
    if (h->chunked)
        r->content_length = HTTP_LENGTH_UNKNOWN;
    r->has_body = r->content_length != 0;
    return H1_DONE;
}

static enum h1_result check_head(struct h1_head *h, struct http_request *r, struct http_failure *f)
{
    enum h1_result result = check_host(r, f);
    if (result == H1_DONE)
        result = check_length(h, r, f);
    if (result != H1_DONE)
        return result;
    str expect = http_fields_get(&r->fields, STR("expect"));
    if (expect.ptr && r->version == HTTP_1_1) {
        if (!str_eq_nocase(expect, STR("100-continue")))
            return h1_fail(f, 417, "an expectation other than 100-continue");
        h->expect_continue = r->has_body;
    }
    h->keep_alive = r->version == HTTP_1_1 ? !http_fields_list_has(&r->fields, STR("connection"), STR("close"))
                                           : http_fields_list_has(&r->fields, STR("connection"), STR("keep-alive"));
    return H1_DONE;
}

void h1_head_init(struct h1_head *h)
{
    *h = (struct h1_head){ 0 };
}

/* One complete line of the head; H1_DONE after the empty one. */
static enum h1_result add_line(struct h1_head *h, str line, const struct h1_limits *limits, struct arena *a,
                               struct http_request *r, struct http_failure *f)
{
    str name, value;
    if (limits->max_line_bytes && line.len > limits->max_line_bytes)
        return h1_fail(f, 431, "a line that is too long");
    if (!h->begun) {
        if (line.len == 0 && !h->blank_skipped) {
            h->blank_skipped = true;
            return H1_MORE;
        }
        h->begun = true;
        r->line = line;
        enum h1_result result = parse_request_line(line, limits, r, f);
        return result == H1_DONE ? H1_MORE : result;
    }
    if (line.len == 0)
        return check_head(h, r, f);
    if (r->fields.len == limits->max_fields)
        return h1_fail(f, 431, "too many fields");
    enum h1_result result = h1_parse_field(line, &name, &value, f);
    if (result != H1_DONE)
        return result;
    http_fields_add(&r->fields, a, name, value);
    return H1_MORE;
}

enum h1_result h1_head_parse(struct h1_head *h, str data, const struct h1_limits *limits, struct arena *a,
                             struct http_request *r, struct http_failure *failure)
{
    str seen = str_slice(data, 0, limits->max_head_bytes);
    for (;;) {
        str line;
        size_t next;
        enum h1_result result = h1_take_line(seen, h->at, &h->scanned, &line, &next, failure);
        if (result == H1_MORE && seen.len == limits->max_head_bytes)
            return h->begun ? h1_fail(failure, 431, "a head that is too large")
                            : h1_fail(failure, 414, "a request line that is too long");
        if (result != H1_DONE)
            return result;
        h->at = next;
        result = add_line(h, line, limits, a, r, failure);
        if (result != H1_MORE)
            return result;
    }
}

/* --- Chunked bodies --- */

/* Longest line of a chunk's size with its extensions, which are ignored. */
enum { MAX_CHUNK_LINE = 256, MAX_SIZE_DIGITS = 16 };

void h1_chunked_init(struct h1_chunked *c)
{
    *c = (struct h1_chunked){ 0 };
}

static void advance(bytes *in, size_t n)
{
    in->ptr += n;
    in->len -= n;
}

static enum h1_result chunk_size(struct h1_chunked *c, bytes *in, struct http_failure *f)
{
    str line, extension;
    size_t next, scanned = 0;
    enum h1_result result = h1_take_line(str_slice(str_of_bytes(*in), 0, MAX_CHUNK_LINE), 0, &scanned, &line, &next, f);
    if (result == H1_MORE && in->len >= MAX_CHUNK_LINE)
        return h1_fail(f, 400, "a chunk size line that is too long");
    if (result != H1_DONE)
        return result;
    str digits = str_split(line, ';', &extension);
    if (extension.ptr)
        digits = str_trim(digits);
    if (digits.len > MAX_SIZE_DIGITS || !num_parse_hex_u64(digits, &c->left) || c->left > INT64_MAX)
        return h1_fail(f, 400, "a chunk size that is no hexadecimal number");
    if (!http_value_valid(extension))
        return h1_fail(f, 400, "a chunk extension with control characters");
    advance(in, next);
    c->state = c->left ? H1_CHUNK_DATA : H1_CHUNK_TRAILERS;
    return H1_DONE;
}

static enum h1_result chunk_end(struct h1_chunked *c, bytes *in, struct http_failure *f)
{
    if (in->len == 0)
        return H1_MORE;
    if (in->ptr[0] != '\r' || (in->len > 1 && in->ptr[1] != '\n'))
        return h1_fail(f, 400, "chunk data that is not followed by CRLF");
    if (in->len < 2)
        return H1_MORE;
    advance(in, 2);
    c->state = H1_CHUNK_SIZE;
    return H1_DONE;
}

static enum h1_result chunk_trailer(struct h1_chunked *c, bytes *in, const struct h1_limits *limits, struct arena *a,
                                    struct http_failure *f)
{
    str line, name, value;
    size_t next, scanned = 0, room = limits->max_head_bytes - c->trailer_bytes;
    enum h1_result result = h1_take_line(str_slice(str_of_bytes(*in), 0, room), 0, &scanned, &line, &next, f);
    if (result == H1_MORE && in->len >= room)
        return h1_fail(f, 431, "trailers that are too large");
    if (result != H1_DONE)
        return result;
    advance(in, next);
    c->trailer_bytes += next;
    if (line.len == 0) {
        c->state = H1_CHUNK_DONE;
        return H1_DONE;
    }
    if (c->trailers.len == limits->max_fields)
        return h1_fail(f, 431, "too many trailers");
    result = h1_parse_field(line, &name, &value, f);
    if (result != H1_DONE)
        return result;
    http_fields_add(&c->trailers, a, str_dup(a, name), str_dup(a, value));
    return H1_DONE;
}

enum h1_result h1_chunked_next(struct h1_chunked *c, bytes *in, size_t max, const struct h1_limits *limits,
                               struct arena *a, bytes *ret, struct http_failure *failure)
{
    for (;;) {
        enum h1_result result = H1_DONE;
        switch (c->state) {
        case H1_CHUNK_SIZE: result = chunk_size(c, in, failure); break;
        case H1_CHUNK_DATA: {
            size_t n = in->len < max ? in->len : max;
            if (n > c->left)
                n = (size_t)c->left;
            if (n == 0)
                return H1_MORE;
            *ret = bytes_from(in->ptr, n);
            advance(in, n);
            c->left -= n;
            if (c->left == 0)
                c->state = H1_CHUNK_END;
            return H1_DATA;
        }
        case H1_CHUNK_END: result = chunk_end(c, in, failure); break;
        case H1_CHUNK_TRAILERS: result = chunk_trailer(c, in, limits, a, failure); break;
        case H1_CHUNK_DONE: return H1_DONE;
        }
        if (result != H1_DONE)
            return result;
    }
}
