/* Functions, gates and type definitions in WIT. Source: WIT.md "Item: func", "Feature Gates",
 * "Item: type" and what follows. */
#include "runtime/wit/parser.h"

/* --- Functions --- */

typedef VEC(struct ast_field) field_list;

static void keep_fields(struct parser *p, const field_list *from, struct ast_field **ret, uint32_t *ret_count)
{
    *ret = arena_new(p->ast->arena, struct ast_field, from->len);
    if (from->len)
        memcpy(*ret, from->at, from->len * sizeof(*from->at));
    *ret_count = from->len;
}

/* name: type, … up to `close`; with `typed` false names alone (enum, flags), with `payload` name or
 * name(type). */
enum field_style { FIELD_TYPED, FIELD_NAME_ONLY, FIELD_PAYLOAD };

static MUST_USE bool parse_field(struct parser *p, enum field_style style, struct ast_field *f, struct err *e)
{
    f->at = p->lex.token.at;
    if (!wit_parse_id(p, &f->name, e))
        return false;
    switch (style) {
    case FIELD_TYPED: return wit_expect(p, ":", e) && wit_parse_type(p, &f->type, e);
    case FIELD_NAME_ONLY: return true;
    case FIELD_PAYLOAD:
        return !wit_at_punct(p, "(") || (wit_next(p, e) && wit_parse_type(p, &f->type, e) && wit_expect(p, ")", e));
    }
    __builtin_unreachable();
}

static MUST_USE bool parse_fields(struct parser *p, enum field_style style, const char *close, field_list *fields,
                                  struct err *e)
{
    bool more = true;
    while (more && !wit_at_punct(p, close)) {
        struct ast_field f = { 0 };
        struct ast_gate ignored = { 0 }; /* gates on single cases are not in the grammar; tolerated */
        if (!wit_parse_gate(p, &ignored, e) || !parse_field(p, style, &f, e) || !wit_accept(p, ",", &more, e))
            return false;
        vec_push(fields, f);
        if (fields->len > WIT_MAX_ITEMS)
            return wit_fail(p, e, "at most 100000 fields");
    }
    return wit_expect(p, close, e);
}

/* async? func(params) (-> type)? */
static MUST_USE bool parse_func_type(struct parser *p, struct ast_func *f, field_list *params, struct err *e)
{
    if (wit_at_word(p, "async")) {
        f->async = true;
        if (!wit_next(p, e))
            return false;
    }
    if (!wit_at_word(p, "func"))
        return wit_fail(p, e, "'func'");
    bool arrow;
    return wit_next(p, e) && wit_expect(p, "(", e) && parse_fields(p, FIELD_TYPED, ")", params, e) &&
           wit_accept(p, "->", &arrow, e) && (!arrow || wit_parse_type(p, &f->result, e));
}

struct ast_func *wit_new_func(struct parser *p, const struct ast_gate *gate)
{
    struct ast_func *f = arena_new(p->ast->arena, struct ast_func, 1);
    f->gate = *gate;
    f->at = p->lex.token.at;
    return f;
}

bool wit_parse_func(struct parser *p, struct ast_func *f, struct err *e)
{
    field_list params = { 0 };
    bool ok = parse_func_type(p, f, &params, e);
    if (ok)
        keep_fields(p, &params, &f->params, &f->param_count);
    vec_fini(&params);
    return ok;
}

/* --- Gates --- */

static const char *const gates[] = { "since", "unstable", "deprecated", "external-id" };

static MUST_USE bool parse_gate_name(struct parser *p, str *ret, struct err *e)
{
    size_t at = p->lex.token.at;
    if (!wit_parse_id(p, ret, e))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(gates); i++)
        if (str_eq(*ret, str_of(gates[i])))
            return true;
    return wit_error(p->source->name, p->source->text, at, e, "unknown gate '@%.*s'", STR_ARG(*ret));
}

/* ( '@' name '(' key = value ')' )* */
bool wit_parse_gate(struct parser *p, struct ast_gate *g, struct err *e)
{
    while (wit_at_punct(p, "@")) {
        str name, key, value;
        if (!wit_next(p, e) || !parse_gate_name(p, &name, e) || !wit_expect(p, "(", e) || !wit_parse_id(p, &key, e))
            return false;
        if (!wit_at_punct(p, "="))
            return wit_fail(p, e, "'='");
        if (str_eq(key, STR("version"))) {
            if (!wit_lex_version(&p->lex, &value, e))
                return false;
        } else if (!wit_next(p, e) || !wit_parse_id(p, &value, e)) {
            return false;
        }
        if (!wit_expect(p, ")", e))
            return false;
        if (str_eq(name, STR("since")))
            g->since = value;
        else if (str_eq(name, STR("unstable")))
            g->unstable = value;
    }
    return true;
}

/* --- Type definitions --- */

struct ast_item *wit_add_item(struct ast_interface *i, enum ast_item_kind kind, const struct ast_gate *gate, size_t at)
{
    vec_push(&i->items, (struct ast_item){ .kind = kind, .gate = *gate, .at = at });
    return &vec_last(&i->items);
}

static MUST_USE bool parse_method(struct parser *p, struct ast_interface *i, str resource, const struct ast_gate *gate,
                                  struct err *e)
{
    struct ast_func *f = wit_new_func(p, gate);
    field_list params = { 0 };
    str name = STR("");
    bool ok = true, is_static = false, constructor = wit_at_word(p, "constructor");
    f->resource = resource;
    if (constructor) {
        bool arrow;
        ok = wit_next(p, e) && wit_expect(p, "(", e) && parse_fields(p, FIELD_TYPED, ")", &params, e) &&
             wit_accept(p, "->", &arrow, e) && (!arrow || wit_parse_type(p, &f->result, e));
        if (ok && !f->result) {
            f->result = wit_new_type(p, AST_OWN, 0);
            f->result->name = resource;
        }
        f->name = str_printf(p->ast->arena, "[constructor]%.*s", STR_ARG(resource));
    } else {
        ok = wit_parse_id(p, &name, e) && wit_expect(p, ":", e);
        if (ok && wit_at_word(p, "static"))
            is_static = true, ok = wit_next(p, e);
        if (ok && !is_static) {
            struct ast_type *self = wit_new_type(p, AST_BORROW, 0);
            self->name = resource;
            vec_push(&params, (struct ast_field){ STR("self"), self, f->at });
        }
        ok = ok && parse_func_type(p, f, &params, e);
        f->name = str_printf(p->ast->arena, "[%s]%.*s.%.*s", is_static ? "static" : "method", STR_ARG(resource),
                             STR_ARG(name));
    }
    if (ok)
        keep_fields(p, &params, &f->params, &f->param_count);
    vec_fini(&params);
    wit_add_item(i, AST_ITEM_FUNC, gate, f->at)->func = f;
    return ok && wit_expect(p, ";", e);
}

static MUST_USE bool parse_resource(struct parser *p, struct ast_interface *i, struct ast_typedef *t, struct err *e)
{
    bool body;
    if (wit_at_punct(p, ";"))
        return wit_next(p, e);
    if (!wit_accept(p, "{", &body, e))
        return false;
    while (body && !wit_at_punct(p, "}")) {
        struct ast_gate gate = { 0 };
        if (!wit_parse_gate(p, &gate, e) || !parse_method(p, i, t->name, &gate, e))
            return false;
    }
    return wit_expect(p, "}", e);
}

static MUST_USE bool parse_body(struct parser *p, struct ast_typedef *t, enum field_style style, struct err *e)
{
    field_list fields = { 0 };
    bool ok = wit_expect(p, "{", e) && parse_fields(p, style, "}", &fields, e);
    if (ok)
        keep_fields(p, &fields, &t->fields, &t->field_count);
    vec_fini(&fields);
    return ok;
}

/* type, record, variant, enum, flags, resource; `*ret_found` false when the word is another. */
bool wit_parse_typedef(struct parser *p, struct ast_interface *i, const struct ast_gate *gate, bool *ret_found,
                       struct err *e)
{
    static const struct {
        const char *word;
        enum ast_typedef_kind kind;
    } words[] = {
        { "type", AST_ALIAS }, { "record", AST_RECORD }, { "variant", AST_VARIANT },
        { "enum", AST_ENUM },  { "flags", AST_FLAGS },   { "resource", AST_RESOURCE },
    };
    size_t k = 0;
    while (k < ARRAY_LEN(words) && !wit_at_word(p, words[k].word))
        k++;
    *ret_found = k < ARRAY_LEN(words);
    if (!*ret_found)
        return true;
    struct ast_typedef *t = arena_new(p->ast->arena, struct ast_typedef, 1);
    t->kind = words[k].kind;
    t->gate = *gate;
    if (!wit_next(p, e))
        return false;
    t->at = p->lex.token.at;
    if (!wit_parse_id(p, &t->name, e))
        return false;
    wit_add_item(i, AST_ITEM_TYPEDEF, gate, t->at)->type = t;
    switch (t->kind) {
    case AST_ALIAS: return wit_expect(p, "=", e) && wit_parse_type(p, &t->alias, e) && wit_expect(p, ";", e);
    case AST_RECORD: return parse_body(p, t, FIELD_TYPED, e);
    case AST_VARIANT: return parse_body(p, t, FIELD_PAYLOAD, e);
    case AST_ENUM:
    case AST_FLAGS: return parse_body(p, t, FIELD_NAME_ONLY, e);
    case AST_RESOURCE: return parse_resource(p, i, t, e);
    }
    __builtin_unreachable();
}
