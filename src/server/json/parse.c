/* Reading JSON: see json.h. The texts are those of NGINX Unit, which scripts of its users know. */
#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "server/json/json.h"

struct parser {
    struct arena *arena;
    const char *start, *end, *at;
    struct json_error *error;
    unsigned depth;
};

static bool fail_at(struct parser *p, const char *place, const char *detail)
{
    p->error->detail = detail;
    p->error->offset = (size_t)(place - p->start);
    return false;
}

static bool fail(struct parser *p, const char *detail)
{
    return fail_at(p, p->at, detail);
}

static bool at_end(const struct parser *p)
{
    return p->at == p->end;
}

/* A comment that does not end is none: the slash is then an unexpected character. */
static const char *skip_comment(const struct parser *p)
{
    str rest = str_from(p->at + 2, (size_t)(p->end - p->at) - 2);
    size_t end = p->at[1] == '/' ? str_find_char(rest, '\n') : str_find(rest, STR("*/"));
    if (p->at[1] == '/')
        return end == SIZE_MAX ? p->end : rest.ptr + end + 1;
    return end == SIZE_MAX ? p->at : rest.ptr + end + 2;
}

static void skip_space(struct parser *p)
{
    while (!at_end(p)) {
        char c = *p->at;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            p->at++;
        } else if (c == '/' && p->end - p->at >= 2 && (p->at[1] == '/' || p->at[1] == '*')) {
            const char *next = skip_comment(p);
            if (next == p->at)
                return;
            p->at = next;
        } else {
            return;
        }
    }
}

/* --- Strings --- */

/* Where the closing quote is; checks what stands between. `*plain`: no escapes. */
static bool scan_string(struct parser *p, const char **ret_close, bool *plain)
{
    const char *c = p->at + 1;
    *plain = true;
    for (; c < p->end && *c != '"'; c++) {
        if ((unsigned char)*c < 0x20)
            return fail_at(p, c, "Unexpected character.  All control characters in a JSON string must be escaped.");
        if (*c != '\\')
            continue;
        *plain = false;
        if (++c == p->end)
            break;
        if (*c == 'u') {
            for (int i = 0; i < 4 && c + 1 < p->end; i++, c++)
                if (!memchr("0123456789abcdefABCDEF", c[1], 22))
                    return fail_at(p, c + 1,
                                   "Invalid escape sequence.  An escape sequence in a JSON string must start with a "
                                   "backslash, followed by the lowercase letter u, followed by four hexadecimal digits "
                                   "(\\uXXXX).");
        } else if (!memchr("\"\\/nrtbf", *c, 8)) {
            return fail_at(p, c - 1,
                           "Unexpected backslash.  A literal backslash in a JSON string must be escaped with a second "
                           "backslash (\\\\).");
        }
    }
    if (c >= p->end)
        return fail_at(p, p->end,
                       "Unexpected end of JSON payload.  There's a string without a final double quote (\").");
    *ret_close = c;
    return true;
}

static uint32_t hex4(const char *c)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char d = c[i];
        v = v << 4 | (uint32_t)(d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
    }
    return v;
}

/* The four digits after "\u" at `c`, which moves behind them, or behind both halves of a surrogate pair. */
static bool read_escape(struct parser *p, const char **c, uint32_t *ret)
{
    static const char lone[] = "Invalid JSON encoding sequence.  This 6-byte sequence does not represent a valid UTF "
                               "character.";
    const char *first = *c;
    uint32_t v = hex4(first + 2);
    *c = first + 6;
    *ret = v;
    if (v == 0)
        return fail_at(p, first, "Invalid JSON encoding sequence.  A NUL character is not allowed in a string.");
    if (v < 0xd800 || v > 0xdfff)
        return true;
    if (v > 0xdbff || first[6] != '\\' || first[7] != 'u')
        return fail_at(p, first, lone);
    uint32_t low = hex4(first + 8);
    if (low < 0xdc00 || low > 0xdfff)
        return fail_at(p, first,
                       "Invalid JSON encoding sequence.  This 12-byte sequence composes an illegal UTF-16 surrogate "
                       "pair.");
    *c = first + 12;
    *ret = ((v - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
    return true;
}

static char plain_escape(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'f': return '\f';
    }
    return c;
}

static bool decode_string(struct parser *p, const char *close, str *ret)
{
    const char *c = p->at + 1;
    char *start = arena_alloc(p->arena, (size_t)(close - c)), *out = start;
    while (c < close) {
        uint32_t v;
        if (*c != '\\') {
            *out++ = *c++;
        } else if (c[1] != 'u') {
            *out++ = plain_escape(c[1]);
            c += 2;
        } else {
            if (!read_escape(p, &c, &v))
                return false;
            uint8_t encoded[4];
            size_t n = utf8_encode(v, encoded);
            memcpy(out, encoded, n);
            out += n;
        }
    }
    *ret = str_from(start, (size_t)(out - start));
    return true;
}

static bool parse_string(struct parser *p, str *ret)
{
    const char *close;
    bool plain;
    if (!scan_string(p, &close, &plain))
        return false;
    str raw = str_from(p->at + 1, (size_t)(close - p->at) - 1);
    if (!utf8_valid(raw))
        return fail(p, "Invalid JSON encoding sequence.  The string is no valid UTF-8.");
    if (plain)
        *ret = str_dup(p->arena, raw);
    else if (!decode_string(p, close, ret))
        return false;
    p->at = close + 1;
    return true;
}

/* --- Numbers --- */

static const char *skip_digits(const char *c, const char *end)
{
    while (c < end && *c >= '0' && *c <= '9')
        c++;
    return c;
}

/* Unit's numbers: what is written as a fraction or with an exponent but has an integer's value is one. */
static bool classify_number(struct parser *p, struct json *v, const char *start)
{
    static const char range[] = "The number is out of representable range.  Such JSON number value is not supported.";
    if (v->text.len > JSON_NUMBER_TEXT_MAX)
        return fail_at(p, start, range);
    double d = json_number_of(v);
    if (!(d >= -9223372036854775807.0 && d <= 9223372036854775807.0))
        return fail_at(p, start, range);
    v->kind = d == (double)(int64_t)d ? JSON_INTEGER : JSON_FRACTION;
    return true;
}

static bool parse_number(struct parser *p, struct json *v)
{
    const char *start = p->at, *c = start + (*start == '-'), *digits = c;
    c = skip_digits(c, p->end);
    if (c == digits)
        return fail_at(p, start, "The number is invalid.  A minus sign in JSON numbers must be followed by a digit.");
    if (*digits == '0' && c > digits + 1)
        return fail_at(p, digits, "The number is invalid.  Leading zeros are not allowed in JSON numbers.");
    if (c < p->end && *c == '.') {
        digits = ++c;
        c = skip_digits(c, p->end);
        if (c == digits)
            return fail_at(p, start,
                           "The number is invalid.  A fraction part in JSON numbers must contain at least one digit.");
    }
    if (c < p->end && (*c == 'e' || *c == 'E')) {
        c++;
        if (c < p->end && (*c == '+' || *c == '-'))
            c++;
        digits = c;
        c = skip_digits(c, p->end);
        if (c == digits)
            return fail_at(p, start,
                           "The number is invalid.  An exponent part in JSON numbers must contain at least one digit.");
    }
    v->text = str_dup(p->arena, str_from(start, (size_t)(c - start)));
    p->at = c;
    return classify_number(p, v, start);
}

/* --- Containers --- */

static bool parse_value(struct parser *p, struct json *v);

static bool descend(struct parser *p)
{
    return ++p->depth <= JSON_DEPTH_MAX ||
           fail(p, "The value is nested too deeply.  At most 128 levels are supported.");
}

static bool new_value(struct parser *p, const struct json **ret)
{
    struct json *v = arena_new(p->arena, struct json, 1);
    *ret = v;
    return parse_value(p, v);
}

struct items {
    VEC(const struct json *) v;
};

static bool parse_items(struct parser *p, struct items *items)
{
    static const char open[] = "Unexpected end of JSON payload.  There's an array without a closing bracket (]).";
    for (;;) {
        const struct json *item;
        p->at++; /* '[' or ',' */
        skip_space(p);
        if (at_end(p))
            return fail(p, open);
        if (*p->at == ']')
            return true;
        if (!new_value(p, &item))
            return false;
        vec_push(&items->v, item);
        skip_space(p);
        if (at_end(p))
            return fail(p, open);
        if (*p->at == ']')
            return true;
        if (*p->at != ',')
            return fail(p,
                        "Either a closing bracket (]) or a comma (,) is expected here.  Each array must be enclosed in "
                        "brackets and its members must be separated by commas.");
    }
}

static bool parse_array(struct parser *p, struct json *v)
{
    struct items items = { 0 };
    v->kind = JSON_ARRAY;
    bool ok = descend(p) && parse_items(p, &items);
    if (ok) {
        v->count = items.v.len;
        v->items = arena_new(p->arena, const struct json *, v->count);
        if (v->count)
            memcpy(v->items, items.v.at, v->count * sizeof(*v->items));
        p->at++;
        p->depth--;
    }
    vec_fini(&items.v);
    return ok;
}

struct members {
    VEC(struct json_member) v;
    struct map names;
};

static bool parse_member(struct parser *p, struct members *members)
{
    static const char no_value[] = "Unexpected end of JSON payload.  There's an object member without a value.";
    struct json_member m = { .at = (size_t)(p->at - p->start) };
    const char *name = p->at;
    if (*p->at != '"')
        return fail(
            p, "A double quote (\") is expected here.  There must be a valid JSON object member starts with a name, "
               "which is a string enclosed in double quotes.");
    if (!parse_string(p, &m.name))
        return false;
    if (!map_add(&members->names, m.name, p))
        return fail_at(p, name, "Duplicate object member.  All JSON object members must have unique names.");
    skip_space(p);
    if (at_end(p))
        return fail(p, no_value);
    if (*p->at != ':')
        return fail(p, "A colon (:) is expected here.  There must be a colon after a JSON member name.");
    p->at++;
    skip_space(p);
    if (at_end(p))
        return fail(p, no_value);
    if (!new_value(p, &m.value))
        return false;
    vec_push(&members->v, m);
    return true;
}

static bool parse_members(struct parser *p, struct members *members)
{
    static const char open[] = "Unexpected end of JSON payload.  There's an object without a closing brace (}).";
    for (;;) {
        p->at++; /* '{' or ',' */
        skip_space(p);
        if (at_end(p))
            return fail(p, open);
        if (*p->at == '}')
            return true;
        if (!parse_member(p, members))
            return false;
        skip_space(p);
        if (at_end(p))
            return fail(p, open);
        if (*p->at == '}')
            return true;
        if (*p->at != ',')
            return fail(
                p, "Either a closing brace (}) or a comma (,) is expected here.  Each JSON object must be enclosed "
                   "in braces and its members must be separated by commas.");
    }
}

static bool parse_object(struct parser *p, struct json *v)
{
    struct members members = { 0 };
    v->kind = JSON_OBJECT;
    map_init(&members.names);
    bool ok = descend(p) && parse_members(p, &members);
    if (ok) {
        v->count = members.v.len;
        v->members = arena_new(p->arena, struct json_member, v->count);
        if (v->count)
            memcpy(v->members, members.v.at, v->count * sizeof(*v->members));
        p->at++;
        p->depth--;
    }
    map_fini(&members.names);
    vec_fini(&members.v);
    return ok;
}

/* --- Values --- */

static bool parse_word(struct parser *p, struct json *v)
{
    static const struct {
        str word;
        enum json_kind kind;
        bool truth;
    } words[] = {
        { STR_INIT("null"), JSON_NULL, false },
        { STR_INIT("true"), JSON_BOOL, true },
        { STR_INIT("false"), JSON_BOOL, false },
    };
    str rest = str_from(p->at, (size_t)(p->end - p->at));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!str_starts(rest, words[i].word))
            continue;
        v->kind = words[i].kind;
        v->truth = words[i].truth;
        p->at += words[i].word.len;
        return true;
    }
    return fail(p,
                "A valid JSON value is expected here.  It must be either a literal (null, true, or false), a number, a "
                "string (in double quotes \"\"), an array (with brackets []), or an object (with braces {}).");
}

static bool parse_value(struct parser *p, struct json *v)
{
    v->at = (size_t)(p->at - p->start);
    switch (*p->at) {
    case '{': return parse_object(p, v);
    case '[': return parse_array(p, v);
    case '"': v->kind = JSON_STRING; return parse_string(p, &v->text);
    }
    if (*p->at == '-' || (*p->at >= '0' && *p->at <= '9'))
        return parse_number(p, v);
    return parse_word(p, v);
}

void json_place(str text, size_t offset, size_t *ret_line, size_t *ret_column)
{
    size_t line = 1, from = 0, column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text.ptr[i] == '\n') {
            line++;
            from = i + 1;
        }
    }
    *ret_line = *ret_column = 0;
    str part = str_slice(text, from, offset);
    if (!utf8_valid(part))
        return;
    for (size_t i = 0; i < part.len; i++)
        column += ((unsigned char)part.ptr[i] & 0xc0) != 0x80;
    *ret_line = line;
    *ret_column = column;
}

static bool parse_text(struct parser *p, struct json *v)
{
    if (str_starts(str_from(p->at, (size_t)(p->end - p->at)), STR("\xef\xbb\xbf")))
        p->at += 3;
    skip_space(p);
    if (at_end(p))
        return fail(
            p, "An empty JSON payload isn't allowed.  It must be either a literal (null, true, or false), a number, "
               "a string (in double quotes \"\"), an array (with brackets []), or an object (with braces {}).");
    if (!parse_value(p, v))
        return false;
    skip_space(p);
    return at_end(p) || fail(p, "Unexpected character after the end of a valid JSON value.");
}

bool json_parse(struct arena *a, str text, const struct json **ret, struct json_error *e)
{
    struct parser p = { .arena = a, .start = text.ptr, .end = text.ptr + text.len, .at = text.ptr, .error = e };
    struct json *v = arena_new(a, struct json, 1);
    *ret = v;
    if (parse_text(&p, v))
        return true;
    json_place(text, e->offset, &e->line, &e->column);
    return false;
}
