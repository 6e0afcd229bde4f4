/* Choosing the compression of an answer: see compression.h. */
#include "server/route/compression.h"

#include "io/http/accept.h"
#include "io/http/exchange.h"
#include "server/route/match.h"

/* --- Compiling --- */

static bool compile_compressor(const struct json *object, struct compressor *ret, struct err *e)
{
    str name = json_get(object, STR("encoding"))->text;
    const struct json *level = json_get(object, STR("level")), *min = json_get(object, STR("min_length"));
    if (!coding_parse(name, &ret->coding)) {
        err_set(e, ERR_INVALID, "\"%.*s\" is not a supported compressor.", STR_ARG(name));
        return err_help(e, "Write \"gzip\", \"deflate\", \"br\" or \"zstd\".");
    }
    const struct coding_levels levels = coding_levels(ret->coding);
    int64_t wanted = level ? json_integer_of(level) : levels.fallback;
    ret->level = wanted < levels.min || wanted > levels.max ? levels.fallback : (int)wanted;
    ret->min_length = min ? (uint64_t)json_integer_of(min) : COMPRESSION_MIN_LENGTH;
    return true;
}

bool compression_compile(struct arena *a, const struct json *object, struct compression *ret, struct err *e)
{
    const struct pattern_options how = { .how = PATTERN_NOCASE };
    const struct json *types = json_get(object, STR("types")), *list = json_get(object, STR("compressors"));
    *ret = (struct compression){ .len = !list ? 0 : list->kind == JSON_ARRAY ? list->count : 1 };
    ret->at = arena_new(a, struct compressor, ret->len);
    ret->names = arena_new(a, const char *, ret->len);
    for (uint32_t i = 0; i < ret->len; i++) {
        if (!compile_compressor(list->kind == JSON_ARRAY ? list->items[i] : list, &ret->at[i], e))
            return false;
        ret->names[i] = coding_name(ret->at[i].coding);
    }
    if (!types)
        return true;
    struct patterns *patterns = arena_new(a, struct patterns, 1);
    ret->types = patterns;
    return patterns_compile(a, types, &how, patterns, e);
}

/* --- Choosing --- */

static bool lists(const struct http_fields *f, str name, str token)
{
    for (uint32_t i = 0; i < f->len; i++) {
        if (!str_eq_nocase(f->at[i].name, name))
            continue;
        for (str rest = f->at[i].value; rest.ptr;)
            if (str_eq_nocase(str_trim(str_split(rest, ',', &rest)), token))
                return true;
    }
    return false;
}

/* Whether the answer may be sent in another form. */
static bool is_eligible(const struct compression *c, const struct http_exchange *x, const struct http_response *r)
{
    const struct http_fields *f = &r->fields;
    if (r->status < 200 || r->status == 204 || r->status == 206 || r->status == 304 || r->content_length == 0 ||
        http_fields_count(f, STR("content-encoding")) || http_fields_count(f, STR("content-range")) ||
        lists(f, STR("cache-control"), STR("no-transform")))
        return false;
    str rest, type = http_fields_get(f, STR("content-type"));
    type = type.ptr ? str_trim(str_split(type, ';', &rest)) : STR("");
    return !c->types || patterns_match(c->types, type, x->arena);
}

static bool is_long_enough(const struct compression *c, const struct http_response *r)
{
    for (uint32_t i = 0; i < c->len; i++)
        if (r->content_length >= c->at[i].min_length)
            return true;
    return false;
}

/* Answers of the same address differ by what the client accepts. */
static void add_vary(struct http_fields *f, struct arena *a)
{
    if (!lists(f, STR("vary"), STR("accept-encoding")) && !lists(f, STR("vary"), STR("*")))
        http_fields_add(f, a, STR("Vary"), STR("Accept-Encoding"));
}

/* What is said of the body as it was does not hold of its coded form. */
static void recode_fields(struct http_fields *f, struct arena *a, const char *coding)
{
    struct http_fields old = *f;
    *f = (struct http_fields){ 0 }; /* the array is not ours to change */
    for (uint32_t i = 0; i < old.len; i++) {
        str name = old.at[i].name, value = old.at[i].value;
        if (str_eq_nocase(name, STR("content-length")) || str_eq_nocase(name, STR("accept-ranges")))
            continue;
        if (str_eq_nocase(name, STR("etag")) && !str_starts(value, STR("W/")))
            value = str_printf(a, "W/%.*s", STR_ARG(value));
        http_fields_add(f, a, name, value);
    }
    http_fields_add(f, a, STR("Content-Encoding"), str_of(coding));
}

static enum compression_choice refuse(struct http_response *r)
{
    *r = (struct http_response){ .status = 406 };
    return COMPRESSION_REFUSED;
}

enum compression_choice compression_choose(const struct compression *c, const struct http_exchange *x,
                                           struct http_response *r, const struct compressor **ret)
{
    size_t index = 0;
    struct http_fields own = { 0 };
    if (!is_eligible(c, x, r) || !is_long_enough(c, r))
        return COMPRESSION_NONE;
    enum http_accepted accepted = http_accept_encoding(&x->request.fields, c->names, c->len, &index);
    if (accepted == HTTP_ACCEPTED_NOTHING && r->status < 300)
        return refuse(r);
    if (accepted == HTTP_ACCEPTED_CODING && r->content_length >= c->at[index].min_length) {
        recode_fields(&r->fields, x->arena, c->names[index]);
        add_vary(&r->fields, x->arena);
        r->content_length = HTTP_LENGTH_UNKNOWN;
        *ret = &c->at[index];
        return COMPRESSION_USED;
    }
    for (uint32_t i = 0; i < r->fields.len; i++)
        http_fields_add(&own, x->arena, r->fields.at[i].name, r->fields.at[i].value);
    r->fields = own;
    add_vary(&r->fields, x->arena);
    return COMPRESSION_NONE;
}
