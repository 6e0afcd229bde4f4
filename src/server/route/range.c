/* Conditional requests and ranges: see range.h. */
#include "server/route/range.h"

#include <time.h>

#include "base/num.h"

/* --- Conditions --- */

/* Whether a list of entity tags names ours; "W/" in front makes no difference where `weak`. */
static bool lists_etag(str list, str etag, bool weak)
{
    for (str rest = list; rest.ptr;) {
        str tag = str_trim(str_split(rest, ',', &rest));
        if (str_eq(tag, STR("*")))
            return true;
        if (weak && str_starts(tag, STR("W/")))
            tag = str_slice(tag, 2, tag.len);
        if (str_eq(tag, etag))
            return true;
    }
    return false;
}

/* The form that is sent and the two obsolete ones: RFC 9110, 5.6.7. */
static bool parse_date(str text, int64_t *ret)
{
    static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT",
                                         "%a %b %e %H:%M:%S %Y" };
    char copy[40];
    if (text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct tm tm = { 0 };
        const char *end = strptime(copy, forms[i], &tm);
        if (end && !*end) {
            *ret = timegm(&tm);
            return true;
        }
    }
    return false;
}

/* Whether the file has changed since the date of a field; not when there is no such date. */
static bool changed_since(const struct http_fields *f, str name, const struct validators *v)
{
    int64_t since;
    str date = http_fields_get(f, name);
    return date.ptr && parse_date(date, &since) && v->modified > since;
}

static bool unchanged_since(const struct http_fields *f, str name, const struct validators *v)
{
    int64_t since;
    str date = http_fields_get(f, name);
    return date.ptr && parse_date(date, &since) && v->modified <= since;
}

uint16_t conditions_evaluate(const struct http_fields *f, const struct validators *v)
{
    str match = http_fields_get(f, STR("if-match")), none = http_fields_get(f, STR("if-none-match"));
    if (match.ptr ? !lists_etag(match, v->etag, false) : changed_since(f, STR("if-unmodified-since"), v))
        return 412;
    if (none.ptr ? lists_etag(none, v->etag, true) : unchanged_since(f, STR("if-modified-since"), v))
        return 304;
    return 200;
}

/* --- Ranges --- */

/* If-Range: the range holds for the file as the client knows it. */
static bool range_applies(const struct http_fields *f, const struct validators *v)
{
    str condition = http_fields_get(f, STR("if-range"));
    return !condition.ptr || str_eq(condition, v->etag) || str_eq(condition, v->last_modified);
}

enum range_result range_evaluate(const struct http_fields *f, const struct validators *v, uint64_t size,
                                 uint64_t *ret_first, uint64_t *ret_len)
{
    str last_text, range = http_fields_get(f, STR("range"));
    uint64_t first, last;
    if (!str_eq_nocase(str_slice(range, 0, 6), STR("bytes=")) || str_find_char(range, ',') != SIZE_MAX ||
        !range_applies(f, v))
        return RANGE_WHOLE;
    str first_text = str_trim(str_split(str_slice(range, 6, range.len), '-', &last_text));
    last_text = str_trim(last_text);
    if (!first_text.len) { /* the last bytes */
        if (!num_parse_u64(last_text, &last))
            return RANGE_WHOLE;
        if (last == 0 || size == 0)
            return RANGE_UNSATISFIABLE;
        *ret_len = last < size ? last : size;
        *ret_first = size - *ret_len;
        return RANGE_PART;
    }
    if (!num_parse_u64(first_text, &first))
        return RANGE_WHOLE;
    if (!last_text.len)
        last = UINT64_MAX;
    else if (!num_parse_u64(last_text, &last) || last < first)
        return RANGE_WHOLE;
    if (first >= size)
        return RANGE_UNSATISFIABLE;
    *ret_first = first;
    *ret_len = (last < size - 1 ? last : size - 1) - first + 1;
    return RANGE_PART;
}
