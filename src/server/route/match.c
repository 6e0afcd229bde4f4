/* The conditions of a route's step: see match.h. */
#include "server/route/match.h"

#include "server/route/request.h"

/* --- Compiling --- */

/* A value stands for an array of itself. */
static const struct json *element(const struct json *v, uint32_t i)
{
    return v->kind == JSON_ARRAY ? v->items[i] : v;
}

static uint32_t element_count(const struct json *v)
{
    return v->kind == JSON_ARRAY ? v->count : 1;
}

bool patterns_compile(struct arena *a, const struct json *v, const struct pattern_options *o, struct patterns *ret,
                      struct err *e)
{
    ret->len = element_count(v);
    ret->at = arena_new(a, struct pattern, ret->len);
    for (uint32_t i = 0; i < ret->len; i++)
        if (!pattern_compile(a, element(v, i)->text, o, &ret->at[i], e))
            return false;
    return true;
}

bool address_patterns_compile(struct arena *a, const struct json *v, struct address_patterns *ret, struct err *e)
{
    ret->len = element_count(v);
    ret->at = arena_new(a, struct address_pattern, ret->len);
    for (uint32_t i = 0; i < ret->len; i++)
        if (!address_pattern_compile(element(v, i)->text, &ret->at[i], e))
            return false;
    return true;
}

/* Names of arguments are encoded as their values are. */
static bool compile_name(struct arena *a, str name, const struct pattern_options *o, str *ret, struct err *e)
{
    str decoded = name;
    if (o->coding == PATTERN_QUERY && !uri_decode(a, name, true, &decoded))
        return err_set(e, ERR_INVALID, "The \"match\" pattern for \"%.*s\" is encoded but is invalid.",
                       STR_ARG(o->option));
    *ret = str_dup(a, decoded);
    return true;
}

static bool compile_sets(struct arena *a, const struct json *v, const struct pattern_options *o,
                         const struct match_sets **ret, struct err *e)
{
    struct match_sets *sets = arena_new(a, struct match_sets, 1);
    *ret = sets;
    sets->len = element_count(v);
    sets->at = arena_new(a, struct match_set, sets->len);
    for (uint32_t i = 0; i < sets->len; i++) {
        const struct json *object = element(v, i);
        struct match_set *set = &sets->at[i];
        set->len = object->count;
        set->at = arena_new(a, struct match_pair, set->len);
        for (uint32_t k = 0; k < set->len; k++)
            if (!compile_name(a, object->members[k].name, o, &set->at[k].name, e) ||
                !patterns_compile(a, object->members[k].value, o, &set->at[k].patterns, e))
                return false;
    }
    return true;
}

static bool compile_text(struct arena *a, const struct json *v, const struct pattern_options *o,
                         const struct patterns **ret, struct err *e)
{
    struct patterns *patterns = arena_new(a, struct patterns, 1);
    *ret = patterns;
    return patterns_compile(a, v, o, patterns, e);
}

static bool compile_addresses(struct arena *a, const struct json *v, const struct address_patterns **ret, struct err *e)
{
    struct address_patterns *patterns = arena_new(a, struct address_patterns, 1);
    *ret = patterns;
    return address_patterns_compile(a, v, patterns, e);
}

static bool compile_scheme(struct arena *a, const struct json *v, const struct patterns **ret, struct err *e)
{
    if (!str_eq_nocase(v->text, STR("http")) && !str_eq_nocase(v->text, STR("https")))
        return err_set(e, ERR_INVALID, "The \"scheme\" can either be \"http\" or \"https\".");
    return compile_text(a, v, &(struct pattern_options){ .how = PATTERN_LOWER }, ret, e);
}

bool match_compile_member(struct arena *a, str name, const struct json *v, struct match *m, struct err *e)
{
    const struct pattern_options exact = { .how = PATTERN_EXACT }, nocase = { .how = PATTERN_NOCASE },
                                 upper = { .how = PATTERN_UPPER }, lower = { .how = PATTERN_LOWER },
                                 path = { .coding = PATTERN_ENCODED, .option = name },
                                 query = { .coding = PATTERN_QUERY, .option = name };
    if (str_eq(name, STR("method")))
        return compile_text(a, v, &upper, &m->method, e);
    if (str_eq(name, STR("host")))
        return compile_text(a, v, &lower, &m->host, e);
    if (str_eq(name, STR("uri")))
        return compile_text(a, v, &path, &m->uri, e);
    if (str_eq(name, STR("query")))
        return compile_text(a, v, &query, &m->query, e);
    if (str_eq(name, STR("scheme")))
        return compile_scheme(a, v, &m->scheme, e);
    if (str_eq(name, STR("arguments")))
        return compile_sets(a, v, &query, &m->arguments, e);
    if (str_eq(name, STR("headers")))
        return compile_sets(a, v, &nocase, &m->headers, e);
    if (str_eq(name, STR("cookies")))
        return compile_sets(a, v, &exact, &m->cookies, e);
    if (str_eq(name, STR("source")))
        return compile_addresses(a, v, &m->source, e);
    if (str_eq(name, STR("destination")))
        return compile_addresses(a, v, &m->destination, e);
    struct condition *c = arena_new(a, struct condition, 1);
    m->condition = c;
    return condition_compile(a, v->text, STR("if"), c, e);
}

bool match_compile(struct arena *a, const struct json *object, struct match *ret, struct err *e)
{
    *ret = (struct match){ 0 };
    for (uint32_t i = 0; i < object->count; i++)
        if (!match_compile_member(a, object->members[i].name, object->members[i].value, ret, e))
            return false;
    return true;
}

/* --- Matching --- */

/* A name that occurs several times matches only if each occurrence does; an absent one never. */
struct pair_state {
    bool found, refused;
};

static void try_pair(const struct match_pair *p, str value, struct arena *scratch, struct pair_state *s)
{
    s->found = true;
    if (!s->refused)
        s->refused = !patterns_match(&p->patterns, value, scratch);
}

typedef bool pair_fn(const struct match_pair *p, struct request *r);

static bool match_header(const struct match_pair *p, struct request *r)
{
    const struct http_fields *f = &r->x->request.fields;
    struct pair_state s = { 0 };
    for (uint32_t i = 0; i < f->len; i++)
        if (str_eq_nocase(f->at[i].name, p->name))
            try_pair(p, f->at[i].value, r->x->arena, &s);
    return s.found && !s.refused;
}

static bool match_argument(const struct match_pair *p, struct request *r)
{
    struct pair_state s = { 0 };
    str rest = r->uri.query, name, value;
    while (uri_next_argument(r->x->arena, &rest, &name, &value))
        if (str_eq(name, p->name))
            try_pair(p, value, r->x->arena, &s);
    return s.found && !s.refused;
}

static bool match_cookie(const struct match_pair *p, struct request *r)
{
    struct pair_state s = { 0 };
    uint32_t field = 0;
    str rest = STR_NONE, name, value;
    while (request_next_cookie(r, &field, &rest, &name, &value))
        if (str_eq(name, p->name))
            try_pair(p, value, r->x->arena, &s);
    return s.found && !s.refused;
}

static bool match_set(const struct match_set *set, struct request *r, pair_fn *fn)
{
    for (uint32_t i = 0; i < set->len; i++)
        if (!fn(&set->at[i], r))
            return false;
    return true;
}

/* One of the objects must match; none at all matches. */
static bool match_sets(const struct match_sets *sets, struct request *r, pair_fn *fn)
{
    for (uint32_t i = 0; i < sets->len; i++)
        if (match_set(&sets->at[i], r, fn))
            return true;
    return sets->len == 0;
}

static bool match_text(const struct patterns *p, str value, struct request *r)
{
    return !p || patterns_match(p, value, r->x->arena);
}

static bool match_query(const struct patterns *p, struct request *r)
{
    str query;
    if (!p)
        return true;
    if (!r->uri.query.ptr || !uri_decode(r->x->arena, r->uri.query, true, &query))
        query = r->uri.query.ptr ? r->uri.query : STR("");
    return patterns_match(p, query, r->x->arena);
}

bool match_request(const struct match *m, struct request *r)
{
    if (m->condition && !condition_holds(m->condition, r))
        return false;
    return match_text(m->method, r->x->request.method, r) && match_text(m->uri, r->uri.path, r) &&
           (!m->host || patterns_match(m->host, request_host(r), r->x->arena)) &&
           match_text(m->scheme, r->x->request.scheme, r) && match_query(m->query, r) &&
           (!m->headers || match_sets(m->headers, r, match_header)) &&
           (!m->arguments || match_sets(m->arguments, r, match_argument)) &&
           (!m->cookies || match_sets(m->cookies, r, match_cookie)) &&
           (!m->source || address_patterns_match(m->source, r->source)) &&
           (!m->destination || address_patterns_match(m->destination, r->x->local));
}
