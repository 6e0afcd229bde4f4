/* Lines of HTTP/1. */
#include "io/http/h1/h1_lines.h"

enum h1_result h1_fail(struct http_failure *f, uint16_t status, const char *text)
{
    *f = (struct http_failure){ status, text };
    return H1_ERROR;
}

enum h1_result h1_take_line(str data, size_t from, size_t *scanned, str *ret_line, size_t *ret_next,
                            struct http_failure *f)
{
    size_t begin = *scanned > from ? *scanned : from;
    size_t lf = str_find_char(str_slice(data, begin, data.len), '\n');
    size_t end = lf == SIZE_MAX ? data.len : begin + lf;
    for (size_t i = begin; i < end; i++)
        if (data.ptr[i] == '\0')
            return h1_fail(f, 400, "a NUL byte in the head");
    for (size_t i = begin > from ? begin - 1 : begin; i + 1 < end; i++)
        if (data.ptr[i] == '\r')
            return h1_fail(f, 400, "a CR that no LF follows");
    *scanned = end;
    if (lf == SIZE_MAX)
        return H1_MORE;
    if (end == from || data.ptr[end - 1] != '\r')
        return h1_fail(f, 400, "a line that ends in LF without CR");
    *ret_line = str_slice(data, from, end - 1);
    *ret_next = end + 1;
    return H1_DONE;
}

enum h1_result h1_parse_field(str line, str *ret_name, str *ret_value, struct http_failure *f)
{
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return h1_fail(f, 400, "a field continued on the next line");
    size_t colon = str_find_char(line, ':');
    if (colon == SIZE_MAX)
        return h1_fail(f, 400, "a field without a colon");
    *ret_name = str_slice(line, 0, colon);
    *ret_value = http_trim(str_slice(line, colon + 1, line.len));
    if (ret_name->len && (line.ptr[colon - 1] == ' ' || line.ptr[colon - 1] == '\t'))
        return h1_fail(f, 400, "white space before the colon of a field");
    if (!http_name_valid(*ret_name))
        return h1_fail(f, 400, "a field name with characters that do not belong there");
    if (!http_value_valid(*ret_value))
        return h1_fail(f, 400, "a field value with control characters");
    return H1_DONE;
}
