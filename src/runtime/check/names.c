/* The grammar of names, as sharp as the specification has it, and their uniqueness. */
#include "runtime/check/names.h"

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_fragment(str s, bool first)
{
    bool lower = false, upper = false;
    if (s.len == 0 || (first && is_digit(s.ptr[0])))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        lower |= is_lower(s.ptr[i]);
        upper |= is_upper(s.ptr[i]);
        if (!is_lower(s.ptr[i]) && !is_upper(s.ptr[i]) && !is_digit(s.ptr[i]))
            return false;
    }
    return !(lower && upper);
}

bool name_is_kebab(str s)
{
    bool first = true;
    if (s.len == 0)
        return false;
    for (str rest = s; rest.ptr; first = false)
        if (!is_fragment(str_split(rest, '-', &rest), first))
            return false;
    return true;
}

static bool no_kebab(str s, struct err *e)
{
    return err_set(e, ERR_INVALID, "`%.*s` is not in kebab case", STR_ARG(s));
}

static bool is_all_lower(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_upper(s.ptr[i]))
            return false;
    return true;
}

/* A namespace or package: kebab and without capitals. */
static bool parse_lower_label(str s, struct err *e)
{
    if (!name_is_kebab(s))
        return no_kebab(s, e);
    if (!is_all_lower(s))
        return err_set(e, ERR_INVALID, "`%.*s` is not in lower case", STR_ARG(s));
    return true;
}

static bool unexpected(str s, size_t at, struct err *e)
{
    if (s.len == 0)
        return err_set(e, ERR_INVALID, "version: empty string, expected a semantic version");
    if (at >= s.len)
        return err_set(e, ERR_INVALID, "version `%.*s`: unexpected end of input", STR_ARG(s));
    return err_set(e, ERR_INVALID, "version `%.*s`: unexpected character '%c'", STR_ARG(s), s.ptr[at]);
}

/* Digits without a leading zero, at `*at`. */
static bool parse_number(str s, size_t *at, struct err *e)
{
    size_t start = *at;
    while (*at < s.len && is_digit(s.ptr[*at]))
        ++*at;
    if (*at == start)
        return unexpected(s, start, e);
    if (*at - start > 1 && s.ptr[start] == '0')
        return err_set(e, ERR_INVALID, "version `%.*s`: number with a leading zero", STR_ARG(s));
    return true;
}

/* Dot-separated identifiers after '-' or '+'. Numbers of a pre-release have no leading zero. */
static bool parse_identifiers(str version, str list, bool prerelease, struct err *e)
{
    for (str rest = list; rest.ptr;) {
        str part = str_split(rest, '.', &rest);
        bool numeric = true;
        if (part.len == 0)
            return err_set(e, ERR_INVALID, "version `%.*s`: empty identifier segment", STR_ARG(version));
        for (size_t i = 0; i < part.len; i++) {
            char c = part.ptr[i];
            numeric &= is_digit(c);
            if (!is_lower(c) && !is_upper(c) && !is_digit(c) && c != '-')
                return unexpected(version, (size_t)(part.ptr + i - version.ptr), e);
        }
        if (prerelease && numeric && part.len > 1 && part.ptr[0] == '0')
            return err_set(e, ERR_INVALID, "version `%.*s`: number with a leading zero", STR_ARG(version));
    }
    return true;
}

/* Spec: semver.org 2.0. */
static bool parse_version(str s, struct err *e)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (!parse_number(s, &at, e))
            return false;
        if (i == 2)
            break;
        if (at >= s.len || s.ptr[at] != '.')
            return unexpected(s, at, e);
        at++;
    }
    if (at == s.len)
        return true;
    if (s.ptr[at] != '-' && s.ptr[at] != '+')
        return unexpected(s, at, e);
    str tail = str_slice(s, at + 1, s.len), build = STR_NONE;
    if (s.ptr[at] == '+')
        return parse_identifiers(s, tail, false, e);
    str pre = str_split(tail, '+', &build);
    return parse_identifiers(s, pre, true, e) && (!build.ptr || parse_identifiers(s, build, false, e));
}

/* namespace ':' package '/' label ( '@' version )? */
static bool parse_interface(str s, struct err *e)
{
    str rest = STR_NONE, version = STR_NONE;
    str space = str_split(s, ':', &rest);
    if (!parse_lower_label(space, e))
        return false;
    size_t package_len = 0;
    while (package_len < rest.len && rest.ptr[package_len] != '/' && rest.ptr[package_len] != ':' &&
           rest.ptr[package_len] != '@')
        package_len++;
    if (!parse_lower_label(str_slice(rest, 0, package_len), e))
        return false;
    if (package_len == rest.len || rest.ptr[package_len] != '/')
        return err_set(e, ERR_INVALID, "expected `/` after package name");
    str tail = str_split(str_slice(rest, package_len + 1, rest.len), '@', &version);
    size_t slash = str_find_char(tail, '/');
    str interface = str_slice(tail, 0, slash);
    if (!name_is_kebab(interface))
        return no_kebab(interface, e);
    if (slash != SIZE_MAX) {
        str trailing = str_slice(tail, slash, tail.len);
        return err_set(e, ERR_INVALID, "trailing characters found: `%.*s`", STR_ARG(trailing));
    }
    return !version.ptr || parse_version(version, e);
}

/* resource '.' member */
static bool parse_member(str s, struct parsed_name *ret, struct err *e)
{
    ret->resource = str_split(s, '.', &ret->member);
    if (!ret->member.ptr)
        return err_set(e, ERR_INVALID, "failed to find `.` character");
    if (!name_is_kebab(ret->resource))
        return no_kebab(ret->resource, e);
    if (!name_is_kebab(ret->member))
        return no_kebab(ret->member, e);
    return true;
}

static bool parse(str s, struct parsed_name *ret, struct err *e)
{
    static const struct {
        str prefix;
        enum name_kind kind;
    } annotations[] = {
        { STR_INIT("[constructor]"), NAME_CONSTRUCTOR },
        { STR_INIT("[method]"), NAME_METHOD },
        { STR_INIT("[static]"), NAME_STATIC },
    };
    *ret = (struct parsed_name){ .kind = NAME_LABEL, .whole = s };
    for (size_t i = 0; i < ARRAY_LEN(annotations); i++) {
        if (!str_starts(s, annotations[i].prefix))
            continue;
        str rest = str_slice(s, annotations[i].prefix.len, s.len);
        ret->kind = annotations[i].kind;
        if (ret->kind != NAME_CONSTRUCTOR)
            return parse_member(rest, ret, e);
        ret->resource = rest;
        return name_is_kebab(rest) || no_kebab(rest, e);
    }
    if (str_find_char(s, ':') != SIZE_MAX) {
        ret->kind = NAME_INTERFACE;
        return parse_interface(s, e);
    }
    return name_is_kebab(s) || no_kebab(s, e);
}

bool name_parse(str s, struct parsed_name *ret, struct err *e)
{
    return parse(s, ret, e) || err_wrap(e, "`%.*s` is not a valid extern name", STR_ARG(s));
}

/* --- Uniqueness --- */

str name_lower(struct arena *a, str s)
{
    char *lower = arena_alloc(a, s.len);
    for (size_t i = 0; i < s.len; i++)
        lower[i] = is_upper(s.ptr[i]) ? (char)(s.ptr[i] + ('a' - 'A')) : s.ptr[i];
    return str_from(lower, s.len);
}

void name_set_init(struct name_set *s)
{
    map_init(&s->map);
}

void name_set_fini(struct name_set *s)
{
    map_fini(&s->map);
}

/* What two names must not share. `[method]a.a` and `[static]a.a` count as `a`. */
static str unique_part(struct arena *a, const struct parsed_name *name)
{
    switch (name->kind) {
    case NAME_METHOD:
    case NAME_STATIC: {
        if (str_eq_nocase(name->resource, name->member))
            return name_lower(a, name->member);
        size_t from = (size_t)(name->resource.ptr - name->whole.ptr);
        return name_lower(a, str_slice(name->whole, from, name->whole.len));
    }
    case NAME_LABEL:
    case NAME_CONSTRUCTOR:
    case NAME_INTERFACE: break;
    }
    return name_lower(a, name->whole);
}

bool name_set_add(struct arena *a, struct name_set *s, const struct parsed_name *name, str *ret_previous)
{
    str key = unique_part(a, name);
    const str *previous = map_get(&s->map, key);
    if (previous) {
        *ret_previous = *previous;
        return false;
    }
    str *kept = arena_new(a, str, 1);
    *kept = name->whole;
    return map_add(&s->map, key, kept);
}
