/* Heads of responses: see h1_response_parse.h. */
#include "io/http/h1/h1_response_parse.h"

#include "base/num.h"
#include "io/http/h1/h1_lines.h"

static enum h1_result fail(struct http_failure *f, const char *text)
{
    return h1_fail(f, 502, text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* HTTP-version SP 3DIGIT [SP reason]; the space is missing in practice when the reason is. */
static enum h1_result parse_status_line(struct h1_response_head *h, str line, struct http_response *r,
                                        struct http_failure *f)
{
    const char *p = line.ptr;
    if (line.len < 12 || !str_starts(line, STR("HTTP/1.")) || !is_digit(p[7]) || p[8] != ' ')
        return fail(f, "a status line that does not begin with HTTP/1.0 or HTTP/1.1");
    if (!is_digit(p[9]) || !is_digit(p[10]) || !is_digit(p[11]) || (line.len > 12 && p[12] != ' '))
        return fail(f, "a status line without a status of three digits");
    if (!http_value_valid(str_slice(line, 12, line.len)))
        return fail(f, "a reason phrase with control characters");
    h->version = p[7] == '0' ? HTTP_1_0 : HTTP_1_1;
    r->status = (uint16_t)((p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0'));
    return r->status >= 100 ? H1_DONE : fail(f, "a status below 100");
}

/* Every length that is said, also in a list, must be the same number. */
static enum h1_result announced_length(const struct http_fields *fields, uint64_t *ret, struct http_failure *f)
{
    *ret = HTTP_LENGTH_UNKNOWN;
    for (uint32_t i = 0; i < fields->len; i++) {
        if (!str_eq_nocase(fields->at[i].name, STR("content-length")))
            continue;
        for (str rest = fields->at[i].value; rest.ptr;) {
            uint64_t length = 0;
            if (!num_parse_u64(str_trim(str_split(rest, ',', &rest)), &length) || length == HTTP_LENGTH_UNKNOWN)
                return fail(f, "a Content-Length that is no number");
            if (*ret != HTTP_LENGTH_UNKNOWN && *ret != length)
                return fail(f, "two Content-Lengths that differ");
            *ret = length;
        }
    }
    return H1_DONE;
}

/* RFC 9112, 6.3 */
static enum h1_result check_head(struct h1_response_head *h, str method, struct http_response *r,
                                 struct http_failure *f)
{
    uint32_t codings = http_fields_count(&r->fields, STR("transfer-encoding"));
    enum h1_result result = announced_length(&r->fields, &r->content_length, f);
    if (result != H1_DONE)
        return result;
    if (codings && r->content_length != HTTP_LENGTH_UNKNOWN)
        return fail(f, "both Content-Length and Transfer-Encoding");
    if (codings && h->version == HTTP_1_0)
        return fail(f, "Transfer-Encoding in HTTP/1.0");
    if (codings > 1 ||
        (codings && !str_eq_nocase(http_fields_get(&r->fields, STR("transfer-encoding")), STR("chunked"))))
        return fail(f, "a Transfer-Encoding other than chunked");
    if (r->status == 101)
        return fail(f, "a change of protocols that nobody asked for");
    bool bodiless = r->status < 200 || http_response_bodiless(method, r->status);
    h->chunked = codings == 1 && !bodiless;
    h->until_close = !bodiless && !codings && r->content_length == HTTP_LENGTH_UNKNOWN;
    h->keep_alive = h->version == HTTP_1_1 ? !http_fields_list_has(&r->fields, STR("connection"), STR("close"))
                                           : http_fields_list_has(&r->fields, STR("connection"), STR("keep-alive"));
    /* What has no body may be followed by one all the same: by peers that take the head for a promise. */
    if (h->until_close || (r->status == 204 && (codings || r->content_length + 1 > 1)))
        h->keep_alive = false;
    return H1_DONE;
}

void h1_response_head_init(struct h1_response_head *h)
{
    *h = (struct h1_response_head){ 0 };
}

enum h1_result h1_response_parse(struct h1_response_head *h, str data, str method, const struct h1_limits *limits,
                                 struct arena *a, struct http_response *r, struct http_failure *failure)
{
    str seen = str_slice(data, 0, limits->max_head_bytes);
    for (;;) {
        str line, name, value;
        size_t next;
        enum h1_result result = h1_take_line(seen, h->at, &h->scanned, &line, &next, failure);
        if (result == H1_ERROR)
            failure->status = 502;
        if (result == H1_MORE && seen.len == limits->max_head_bytes)
            return fail(failure, "a head that is too large");
        if (result != H1_DONE)
            return result;
        h->at = next;
        if (h->begun && line.len == 0)
            return check_head(h, method, r, failure);
        if (!h->begun) {
            h->begun = true;
            result = parse_status_line(h, line, r, failure);
        } else if (r->fields.len == limits->max_fields) {
            result = fail(failure, "too many fields");
        } else {
            result = h1_parse_field(line, &name, &value, failure);
            if (result == H1_DONE)
                http_fields_add(&r->fields, a, name, value);
        }
        if (result != H1_DONE) {
            failure->status = 502;
            return result;
        }
    }
}
