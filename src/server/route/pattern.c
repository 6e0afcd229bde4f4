/* Patterns of `match`: see pattern.h. */
#include "server/route/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "io/http/uri.h"

/* Steps of backtracking: a match that needs more is taken for none, so that no request can hold a worker up. */
enum { REGEX_STEPS_MAX = 100000 };

/* Everything of pcre2's lives in arenas, but for machine code. */
static void *regex_alloc(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void regex_free(void *at, void *arena)
{
    (void)at, (void)arena; /* goes with the arena */
}

static void free_machine_code(void *code)
{
    pcre2_code_free(code);
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
    if (ret->regex) {
        if (pcre2_jit_compile(ret->regex, PCRE2_JIT_COMPLETE) == 0) /* else it is interpreted */
            arena_on_end(a, free_machine_code, ret->regex);
        return true;
    }
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

/* As it is compared: decoded and folded. */
static bool prepare(struct arena *a, str text, const struct pattern_options *o, str *ret, struct err *e)
{
    str decoded = text;
    if (o->coding != PATTERN_PLAIN && !uri_decode(a, text, o->coding == PATTERN_QUERY, &decoded))
        return err_set(e, ERR_INVALID, "The \"match\" pattern for \"%.*s\" is encoded but is invalid.",
                       STR_ARG(o->option));
    *ret = fold(a, decoded, o->how);
    return true;
}

/* Stars are looked for before decoding: an encoded one stands for itself. */
static bool compile_stars(struct arena *a, str text, const struct pattern_options *o, struct pattern *ret,
                          struct err *e)
{
    str *pieces = arena_new(a, str, text.len + 1);
    ret->form = PATTERN_STARS;
    ret->pieces = pieces;
    for (str rest = text; rest.ptr;)
        if (!prepare(a, str_split(rest, '*', &rest), o, &pieces[ret->piece_count++], e))
            return false;
    return true;
}

bool pattern_compile(struct arena *a, str text, const struct pattern_options *o, struct pattern *ret, struct err *e)
{
    *ret = (struct pattern){ .nocase = o->how == PATTERN_NOCASE };
    if (str_starts(text, STR("!"))) {
        ret->negated = true;
        text = str_slice(text, 1, text.len);
    }
    if (str_starts(text, STR("~")))
        return compile_regex(a, str_slice(text, 1, text.len), o->how != PATTERN_EXACT, ret, e);
    if (str_find(text, STR("**")) != SIZE_MAX)
        return err_set(e, ERR_INVALID, "The \"match\" pattern must not contain double \"*\" markers.");
    if (str_find_char(text, '*') != SIZE_MAX)
        return compile_stars(a, text, o, ret, e);
    return prepare(a, text, o, &ret->text, e);
}

static bool same(str a, str b, bool nocase)
{
    return nocase ? str_eq_nocase(a, b) : str_eq(a, b);
}

/* Where `piece` begins in `value`, from `from` on; SIZE_MAX when it is not there. */
static size_t find_piece(str value, size_t from, str piece, bool nocase)
{
    if (!nocase) {
        size_t at = str_find(str_slice(value, from, value.len), piece);
        return at == SIZE_MAX ? SIZE_MAX : from + at;
    }
    for (size_t i = from; i + piece.len <= value.len; i++)
        if (str_eq_nocase(str_slice(value, i, i + piece.len), piece))
            return i;
    return SIZE_MAX;
}

/* The first piece begins the value and the last one ends it. In between each is taken where it comes first: a later
 * place has nothing to give to the next. */
static bool match_stars(const struct pattern *p, str value)
{
    str first = p->pieces[0], last = p->pieces[p->piece_count - 1];
    if (value.len < first.len + last.len || !same(str_slice(value, 0, first.len), first, p->nocase) ||
        !same(str_slice(value, value.len - last.len, value.len), last, p->nocase))
        return false;
    str middle = str_slice(value, 0, value.len - last.len);
    size_t at = first.len;
    for (uint32_t i = 1; i + 1 < p->piece_count; i++) {
        size_t found = find_piece(middle, at, p->pieces[i], p->nocase);
        if (found == SIZE_MAX)
            return false;
        at = found + p->pieces[i].len;
    }
    return true;
}

static bool match_regex(const struct pattern *p, str value, struct arena *scratch)
{
    pcre2_general_context *memory = pcre2_general_context_create(regex_alloc, regex_free, scratch);
    pcre2_match_context *limits = memory ? pcre2_match_context_create(memory) : NULL;
    pcre2_match_data *data = limits ? pcre2_match_data_create(1, memory) : NULL;
    if (!data)
        return false;
    pcre2_set_match_limit(limits, REGEX_STEPS_MAX);
    PCRE2_SPTR text = (PCRE2_SPTR)(value.ptr ? value.ptr : "");
    int result = pcre2_match(p->regex, text, value.len, 0, 0, data, limits);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) /* machine code has a small stack, the interpreter takes the arena's */
        result = pcre2_match(p->regex, text, value.len, 0, PCRE2_NO_JIT, data, limits);
    return result >= 0;
}

static bool hits(const struct pattern *p, str value, struct arena *scratch)
{
    switch (p->form) {
    case PATTERN_TEXT: return same(p->text, value, p->nocase);
    case PATTERN_STARS: return match_stars(p, value);
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
