/* References to types in WIT. Source: WIT.md "Types". */
#include "base/num.h"
#include "runtime/wit/parser.h"

/* Deeper nesting is refused. */
enum { MAX_TYPE_DEPTH = 50 };

static const char key_types[] = "a map's key (a bool, an integer, a char or a string)";

struct ast_type *wit_new_type(struct parser *p, enum ast_type_kind kind, uint32_t args)
{
    struct ast_type *t = arena_new(p->ast->arena, struct ast_type, 1);
    t->kind = kind;
    t->at = p->lex.token.at;
    t->arg_count = args;
    t->args = arena_new(p->ast->arena, struct ast_type *, args);
    return t;
}

static MUST_USE bool parse_primitive(struct parser *p, struct ast_type **ret, bool *ret_found, struct err *e)
{
    for (enum type_kind k = TYPE_BOOL; k <= TYPE_STRING; k++) {
        if (!wit_at_word(p, type_kind_name(k)))
            continue;
        *ret = wit_new_type(p, AST_PRIMITIVE, 0);
        (*ret)->primitive = k;
        *ret_found = true;
        return wit_next(p, e);
    }
    return true;
}

static MUST_USE bool parse_tuple(struct parser *p, struct ast_type *t, struct err *e)
{
    VEC(struct ast_type *) args = { 0 };
    bool ok = wit_expect(p, "<", e), more = ok;
    while (ok && more && !wit_at_punct(p, ">")) {
        struct ast_type *arg = NULL;
        ok = wit_parse_type(p, &arg, e) && wit_accept(p, ",", &more, e);
        vec_push(&args, arg);
    }
    ok = ok && wit_expect(p, ">", e);
    if (ok) {
        t->args = arena_new(p->ast->arena, struct ast_type *, args.len);
        if (args.len)
            memcpy(t->args, args.at, args.len * sizeof(*args.at));
        t->arg_count = args.len;
    }
    vec_fini(&args);
    return ok;
}

/* result | result<T> | result<T, E> | result<_, E> */
static MUST_USE bool parse_result(struct parser *p, struct ast_type *t, struct err *e)
{
    bool found;
    if (!wit_at_punct(p, "<"))
        return true;
    if (!wit_next(p, e))
        return false;
    if (wit_at_punct(p, "_")) {
        if (!wit_next(p, e))
            return false;
        if (!wit_at_punct(p, ","))
            return wit_fail(p, e, "','");
    } else if (!wit_parse_type(p, &t->args[0], e)) {
        return false;
    }
    if (!wit_accept(p, ",", &found, e) || (found && !wit_parse_type(p, &t->args[1], e)))
        return false;
    return wit_expect(p, ">", e);
}

/* stream<T>, future<T>, error-context: skipped, remembered by name. */
static MUST_USE bool parse_unsupported(struct parser *p, struct ast_type *t, struct err *e)
{
    return !wit_at_punct(p, "<") || parse_tuple(p, t, e);
}

static MUST_USE bool parse_option(struct parser *p, struct ast_type *t, struct err *e)
{
    return wit_expect(p, "<", e) && wit_parse_type(p, &t->args[0], e) && wit_expect(p, ">", e);
}

/* list<T> | list<T, N> */
static MUST_USE bool parse_list(struct parser *p, struct ast_type *t, struct err *e)
{
    bool fixed = false;
    if (!wit_expect(p, "<", e) || !wit_parse_type(p, &t->args[0], e) || !wit_accept(p, ",", &fixed, e))
        return false;
    if (fixed) {
        t->kind = AST_FIXED_LIST;
        if (p->lex.token.kind != WIT_TOKEN_NUMBER || !num_parse_u32(p->lex.token.text, &t->len) || t->len == 0)
            return wit_fail(p, e, "a number of elements, at least 1");
        if (!wit_next(p, e))
            return false;
    }
    return wit_expect(p, ">", e);
}

/* Keys are of the primitive types whose values can be compared: not of floats. */
static MUST_USE bool parse_key(struct parser *p, struct ast_type **ret, struct err *e)
{
    bool found = false;
    if (wit_at_word(p, type_kind_name(TYPE_F32)) || wit_at_word(p, type_kind_name(TYPE_F64)))
        return wit_fail(p, e, key_types);
    return parse_primitive(p, ret, &found, e) && (found || wit_fail(p, e, key_types));
}

/* map<K, V> */
static MUST_USE bool parse_map(struct parser *p, struct ast_type *t, struct err *e)
{
    return wit_expect(p, "<", e) && parse_key(p, &t->args[0], e) && wit_expect(p, ",", e) &&
           wit_parse_type(p, &t->args[1], e) && wit_expect(p, ">", e);
}

static MUST_USE bool parse_handle(struct parser *p, struct ast_type *t, struct err *e)
{
    return wit_expect(p, "<", e) && wit_parse_id(p, &t->name, e) && wit_expect(p, ">", e);
}

static MUST_USE bool parse_type_keyword(struct parser *p, struct ast_type **ret, bool *ret_found, struct err *e)
{
    static const struct {
        const char *word;
        enum ast_type_kind kind;
        uint32_t args;
        bool (*parse)(struct parser *, struct ast_type *, struct err *);
    } words[] = {
        { "list", AST_LIST, 1, parse_list },
        { "option", AST_OPTION, 1, parse_option },
        { "result", AST_RESULT, 2, parse_result },
        { "tuple", AST_TUPLE, 0, parse_tuple },
        { "own", AST_OWN, 0, parse_handle },
        { "borrow", AST_BORROW, 0, parse_handle },
        { "stream", AST_UNSUPPORTED, 0, parse_unsupported },
        { "future", AST_UNSUPPORTED, 0, parse_unsupported },
        { "map", AST_MAP, 2, parse_map },
        { "error-context", AST_UNSUPPORTED, 0, parse_unsupported },
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!wit_at_word(p, words[i].word))
            continue;
        struct ast_type *t = wit_new_type(p, words[i].kind, words[i].args);
        t->name = p->lex.token.text;
        *ret = t;
        *ret_found = true;
        return wit_next(p, e) && words[i].parse(p, t, e);
    }
    return true;
}

bool wit_parse_type(struct parser *p, struct ast_type **ret, struct err *e)
{
    bool found = false;
    if (p->lex.token.kind != WIT_TOKEN_ID)
        return wit_fail(p, e, "a type");
    if (++p->depth > MAX_TYPE_DEPTH)
        return wit_error(p->source->name, p->source->text, p->lex.token.at, e, "types nested deeper than %d",
                         MAX_TYPE_DEPTH);
    bool ok = parse_type_keyword(p, ret, &found, e);
    p->depth--;
    if (!ok || found)
        return ok;
    ok = parse_primitive(p, ret, &found, e);
    if (!ok || found)
        return ok;
    *ret = wit_new_type(p, AST_NAMED, 0);
    return wit_parse_id(p, &(*ret)->name, e);
}
