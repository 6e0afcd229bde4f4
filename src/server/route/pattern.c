/* Patterns of `match`: see pattern.h. */
#include "server/route/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "io/http/uri.h"

/* Steps of backtracking: a match that needs more is taken for none, so that no request can hold a worker up. */
enum { REGEX_STEPS_MAX = 100000 };

/* Everything of pcre2's lives in arenas. */
static void *regex_alloc(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void regex_free(void *at, void *arena)
{
    (void)at, (void)arena; /* goes with the arena */
}

static bool compile_regex(struct arena *a, str text, bool nocase, struct pattern *ret, struct err *e)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_general_context *memory = pcre2_general_context_create(regex_alloc, regex_free, a);
    pcre2_compile_context *context = memory ? pcre2_compile_context_create(memory) : NULL;
    if (!context)
        return err_set(e, ERR_LIMIT, "no memory for a regular expression");
    ret->form = PATTERN_REGEX;
    ret->regex = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, nocase ? PCRE2_CASELESS : 0, &code, &offset, context);
    if (ret->regex)
        return true;
    PCRE2_UCHAR why[160];
    pcre2_get_error_message(code, why, sizeof(why));
    return err_set(e, ERR_INVALID, "Invalid regular expression: %s at offset %zu", (const char *)why, (size_t)offset);
}

static str fold(struct arena *a, str text, enum pattern_case how)
{
    if (how != PATTERN_LOWER && how != PATTERN_UPPER)
        return str_dup(a, text);
    char *out = arena_alloc(a, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (how == PATTERN_LOWER ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z')
            c ^= 0x20;
        out[i] = c;
    }
    return str_from(out, text.len);
}

bool pattern_compile(struct arena *a, str text, enum pattern_case how, bool decode, struct pattern *ret, struct err *e)
{
    *ret = (struct pattern){ .nocase = how == PATTERN_NOCASE };
    if (str_starts(text, STR("!"))) {
        ret->negated = true;
        text = str_slice(text, 1, text.len);
    }
    if (str_starts(text, STR("~")))
        return compile_regex(a, str_slice(text, 1, text.len), how != PATTERN_EXACT, ret, e);
    if (str_find(text, STR("**")) != SIZE_MAX)
        return err_set(e, ERR_INVALID, "The \"match\" pattern must not contain double \"*\" markers.");
    str decoded = text;
    if (decode && !uri_decode(a, text, false, &decoded))
        return err_set(e, ERR_INVALID, "The \"match\" pattern for \"uri\" is encoded but is invalid.");
    ret->text = fold(a, decoded, how);
    ret->form = str_find_char(ret->text, '*') == SIZE_MAX ? PATTERN_TEXT : PATTERN_STARS;
    return true;
}

static bool same_char(char a, char b, bool nocase)
{
    if (a == b)
        return true;
    char lower = (char)(a | 0x20);
    return nocase && lower == (char)(b | 0x20) && lower >= 'a' && lower <= 'z';
}

/* Goes back to the last star only: an earlier one has nothing to gain that the last cannot give. */
static bool match_stars(str pattern, str value, bool nocase)
{
    size_t p = 0, v = 0, star = SIZE_MAX, resume = 0;
    while (v < value.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = v;
        } else if (p < pattern.len && same_char(pattern.ptr[p], value.ptr[v], nocase)) {
            p++;
            v++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            v = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static bool match_regex(const struct pattern *p, str value, struct arena *scratch)
{
    pcre2_general_context *memory = pcre2_general_context_create(regex_alloc, regex_free, scratch);
    pcre2_match_context *limits = memory ? pcre2_match_context_create(memory) : NULL;
    pcre2_match_data *data = limits ? pcre2_match_data_create(1, memory) : NULL;
    if (!data)
        return false;
    pcre2_set_match_limit(limits, REGEX_STEPS_MAX);
    const char *text = value.ptr ? value.ptr : "";
    return pcre2_match(p->regex, (PCRE2_SPTR)text, value.len, 0, 0, data, limits) >= 0;
}

static bool hits(const struct pattern *p, str value, struct arena *scratch)
{
    switch (p->form) {
    case PATTERN_TEXT: return p->nocase ? str_eq_nocase(p->text, value) : str_eq(p->text, value);
    case PATTERN_STARS: return match_stars(p->text, value, p->nocase);
    case PATTERN_REGEX: return match_regex(p, value, scratch);
    }
    return false;
}

bool pattern_match(const struct pattern *p, str value, struct arena *scratch)
{
    return hits(p, value, scratch) != p->negated;
}

bool patterns_match(const struct patterns *p, str value, struct arena *scratch)
{
    bool wanted = false, found = false;
    for (uint32_t i = 0; i < p->len; i++) {
        bool match = pattern_match(&p->at[i], value, scratch);
        if (p->at[i].negated && !match)
            return false;
        wanted = wanted || !p->at[i].negated;
        found = found || (match && !p->at[i].negated);
    }
    return found || !wanted;
}
