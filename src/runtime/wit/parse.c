/* The WIT parser: text to ast.h. Source: WIT.md "Grammar". One function a rule, named after it. */
#include "runtime/wit/ast.h"

#include <stdio.h>

/* Limits on what a text may hold. */
enum { MAX_TYPE_DEPTH = 50, MAX_ITEMS = 100000 };

struct parser {
    struct wit_lexer lex;
    struct ast *ast;
    const struct ast_source *source;
    int depth;
};

static bool fail(struct parser *p, struct err *e, const char *wanted)
{
    const struct wit_token *t = &p->lex.token;
    if (t->kind == WIT_TOKEN_END)
        return wit_error(p->source->name, p->source->text, t->at, e, "expected %s, found the end of the text", wanted);
    return wit_error(p->source->name, p->source->text, t->at, e, "expected %s, found '%.*s'", wanted, STR_ARG(t->text));
}

static bool next(struct parser *p, struct err *e)
{
    return wit_lex_next(&p->lex, e);
}

static bool at_punct(const struct parser *p, const char *text)
{
    return p->lex.token.kind == WIT_TOKEN_PUNCT && str_eq(p->lex.token.text, str_of(text));
}

static bool at_word(const struct parser *p, const char *word)
{
    return p->lex.token.kind == WIT_TOKEN_ID && !p->lex.token.escaped && str_eq(p->lex.token.text, str_of(word));
}

static MUST_USE bool expect(struct parser *p, const char *text, struct err *e)
{
    char wanted[16];
    snprintf(wanted, sizeof(wanted), "'%s'", text);
    return at_punct(p, text) ? next(p, e) : fail(p, e, wanted);
}

/* Moves past the punctuation when it is there. */
static MUST_USE bool accept(struct parser *p, const char *text, bool *ret_found, struct err *e)
{
    *ret_found = at_punct(p, text);
    return !*ret_found || next(p, e);
}

/* Words of lower or upper letters and digits, joined by single dashes, each beginning with a letter. */
static bool is_kebab(str s)
{
    bool start = true, lower = false, upper = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_lower = c >= 'a' && c <= 'z', is_upper = c >= 'A' && c <= 'Z';
        if (c == '-') {
            if (start)
                return false;
            start = true, lower = upper = false;
            continue;
        }
        if (start && i == 0 && !is_lower && !is_upper)
            return false;
        start = false;
        lower |= is_lower, upper |= is_upper;
        if (lower && upper)
            return false;
    }
    return !start;
}

static MUST_USE bool parse_id(struct parser *p, str *ret, struct err *e)
{
    if (p->lex.token.kind != WIT_TOKEN_ID)
        return fail(p, e, "an identifier");
    if (!is_kebab(p->lex.token.text))
        return fail(p, e, "an identifier in kebab-case");
    *ret = p->lex.token.text;
    return next(p, e);
}

/* --- Types --- */

static MUST_USE bool parse_type(struct parser *p, struct ast_type **ret, struct err *e);

static struct ast_type *new_type(struct parser *p, enum ast_type_kind kind, uint32_t args)
{
    struct ast_type *t = arena_new(p->ast->arena, struct ast_type, 1);
    t->kind = kind;
    t->at = p->lex.token.at;
    t->arg_count = args;
    t->args = arena_new(p->ast->arena, struct ast_type *, args);
    return t;
}

static MUST_USE bool parse_tuple(struct parser *p, struct ast_type *t, struct err *e)
{
    VEC(struct ast_type *) args = { 0 };
    bool ok = expect(p, "<", e), more = ok;
    while (ok && more && !at_punct(p, ">")) {
        struct ast_type *arg = NULL;
        ok = parse_type(p, &arg, e) && accept(p, ",", &more, e);
        vec_push(&args, arg);
    }
    ok = ok && expect(p, ">", e);
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
    if (!at_punct(p, "<"))
        return true;
    if (!next(p, e))
        return false;
    if (at_punct(p, "_")) {
        if (!next(p, e))
            return false;
    } else if (!parse_type(p, &t->args[0], e)) {
        return false;
    }
    if (!accept(p, ",", &found, e) || (found && !parse_type(p, &t->args[1], e)))
        return false;
    return expect(p, ">", e);
}

/* stream<T>, future<T>, error-context, map<K, V>: skipped, remembered by name. */
static MUST_USE bool parse_unsupported(struct parser *p, struct ast_type *t, struct err *e)
{
    return !at_punct(p, "<") || parse_tuple(p, t, e);
}

static MUST_USE bool parse_one_arg(struct parser *p, struct ast_type *t, struct err *e)
{
    if (!expect(p, "<", e) || !parse_type(p, &t->args[0], e))
        return false;
    if (t->kind == AST_LIST && at_punct(p, ",")) {
        t->kind = AST_UNSUPPORTED;
        t->name = STR("list of fixed length");
        if (!next(p, e) || !next(p, e))
            return false;
    }
    return expect(p, ">", e);
}

static MUST_USE bool parse_handle(struct parser *p, struct ast_type *t, struct err *e)
{
    return expect(p, "<", e) && parse_id(p, &t->name, e) && expect(p, ">", e);
}

static MUST_USE bool parse_type_keyword(struct parser *p, struct ast_type **ret, bool *ret_found, struct err *e)
{
    static const struct {
        const char *word;
        enum ast_type_kind kind;
        uint32_t args;
        bool (*parse)(struct parser *, struct ast_type *, struct err *);
    } words[] = {
        { "list", AST_LIST, 1, parse_one_arg },       { "option", AST_OPTION, 1, parse_one_arg },
        { "result", AST_RESULT, 2, parse_result },    { "tuple", AST_TUPLE, 0, parse_tuple },
        { "own", AST_OWN, 0, parse_handle },          { "borrow", AST_BORROW, 0, parse_handle },
        { "stream", AST_UNSUPPORTED, 0, parse_unsupported },
        { "future", AST_UNSUPPORTED, 0, parse_unsupported },
        { "map", AST_UNSUPPORTED, 0, parse_unsupported },
        { "error-context", AST_UNSUPPORTED, 0, parse_unsupported },
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!at_word(p, words[i].word))
            continue;
        struct ast_type *t = new_type(p, words[i].kind, words[i].args);
        t->name = p->lex.token.text;
        *ret = t;
        *ret_found = true;
        return next(p, e) && words[i].parse(p, t, e);
    }
    return true;
}

static MUST_USE bool parse_type(struct parser *p, struct ast_type **ret, struct err *e)
{
    bool found = false;
    if (p->lex.token.kind != WIT_TOKEN_ID)
        return fail(p, e, "a type");
    if (++p->depth > MAX_TYPE_DEPTH)
        return wit_error(p->source->name, p->source->text, p->lex.token.at, e, "types nested deeper than %d",
                         MAX_TYPE_DEPTH);
    bool ok = parse_type_keyword(p, ret, &found, e);
    p->depth--;
    if (!ok || found)
        return ok;
    for (enum type_kind k = TYPE_BOOL; k <= TYPE_STRING; k++) {
        if (at_word(p, type_kind_name(k))) {
            *ret = new_type(p, AST_PRIMITIVE, 0);
            (*ret)->primitive = k;
            return next(p, e);
        }
    }
    *ret = new_type(p, AST_NAMED, 0);
    return parse_id(p, &(*ret)->name, e);
}

/* --- Functions --- */

typedef VEC(struct ast_field) field_list;

static void keep_fields(struct parser *p, const field_list *from, struct ast_field **ret, uint32_t *ret_count)
{
    *ret = arena_new(p->ast->arena, struct ast_field, from->len);
    if (from->len)
        memcpy(*ret, from->at, from->len * sizeof(*from->at));
    *ret_count = from->len;
}

/* name: type, … up to `close`; with `typed` false names alone (enum, flags), with `payload` name or name(type). */
enum field_style { FIELD_TYPED, FIELD_NAME_ONLY, FIELD_PAYLOAD };

static MUST_USE bool parse_field(struct parser *p, enum field_style style, struct ast_field *f, struct err *e)
{
    f->at = p->lex.token.at;
    if (!parse_id(p, &f->name, e))
        return false;
    switch (style) {
    case FIELD_TYPED: return expect(p, ":", e) && parse_type(p, &f->type, e);
    case FIELD_NAME_ONLY: return true;
    case FIELD_PAYLOAD:
        return !at_punct(p, "(") || (next(p, e) && parse_type(p, &f->type, e) && expect(p, ")", e));
    }
    __builtin_unreachable();
}

static MUST_USE bool parse_gate(struct parser *p, struct ast_gate *g, struct err *e);

static MUST_USE bool parse_fields(struct parser *p, enum field_style style, const char *close, field_list *fields,
                                  struct err *e)
{
    bool more = true;
    while (more && !at_punct(p, close)) {
        struct ast_field f = { 0 };
        struct ast_gate ignored = { 0 }; /* gates on single cases are not in the grammar; tolerated */
        if (!parse_gate(p, &ignored, e) || !parse_field(p, style, &f, e) || !accept(p, ",", &more, e))
            return false;
        vec_push(fields, f);
        if (fields->len > MAX_ITEMS)
            return fail(p, e, "at most 100000 fields");
    }
    return expect(p, close, e);
}

/* async? func(params) (-> type)? */
static MUST_USE bool parse_func_type(struct parser *p, struct ast_func *f, field_list *params, struct err *e)
{
    if (at_word(p, "async")) {
        f->async = true;
        if (!next(p, e))
            return false;
    }
    if (!at_word(p, "func"))
        return fail(p, e, "'func'");
    bool arrow;
    return next(p, e) && expect(p, "(", e) && parse_fields(p, FIELD_TYPED, ")", params, e) &&
           accept(p, "->", &arrow, e) && (!arrow || parse_type(p, &f->result, e));
}

static struct ast_func *new_func(struct parser *p, const struct ast_gate *gate)
{
    struct ast_func *f = arena_new(p->ast->arena, struct ast_func, 1);
    f->gate = *gate;
    f->at = p->lex.token.at;
    return f;
}

static MUST_USE bool parse_func(struct parser *p, struct ast_func *f, struct err *e)
{
    field_list params = { 0 };
    bool ok = parse_func_type(p, f, &params, e);
    if (ok)
        keep_fields(p, &params, &f->params, &f->param_count);
    vec_fini(&params);
    return ok;
}

/* --- Gates --- */

/* ( '@' name '(' key = value ')' )* */
static MUST_USE bool parse_gate(struct parser *p, struct ast_gate *g, struct err *e)
{
    while (at_punct(p, "@")) {
        str name, key, value;
        if (!next(p, e) || !parse_id(p, &name, e) || !expect(p, "(", e) || !parse_id(p, &key, e))
            return false;
        if (!at_punct(p, "="))
            return fail(p, e, "'='");
        if (str_eq(key, STR("version"))) {
            if (!wit_lex_version(&p->lex, &value, e))
                return false;
        } else if (!next(p, e) || !parse_id(p, &value, e)) {
            return false;
        }
        if (!expect(p, ")", e))
            return false;
        if (str_eq(name, STR("since")))
            g->since = value;
        else if (str_eq(name, STR("unstable")))
            g->unstable = value;
        else if (!str_eq(name, STR("deprecated")) && !str_eq(name, STR("external-id")))
            return wit_error(p->source->name, p->source->text, p->lex.token.at, e, "unknown gate '@%.*s'",
                             STR_ARG(name));
    }
    return true;
}

/* --- Type definitions --- */

static struct ast_item *add_item(struct ast_interface *i, enum ast_item_kind kind, const struct ast_gate *gate,
                                 size_t at)
{
    vec_push(&i->items, (struct ast_item){ .kind = kind, .gate = *gate, .at = at });
    return &vec_last(&i->items);
}

static MUST_USE bool parse_method(struct parser *p, struct ast_interface *i, str resource, const struct ast_gate *gate,
                                  struct err *e)
{
    struct ast_func *f = new_func(p, gate);
    field_list params = { 0 };
    str name = STR("");
    bool ok = true, is_static = false, constructor = at_word(p, "constructor");
    f->resource = resource;
    if (constructor) {
        bool arrow;
        ok = next(p, e) && expect(p, "(", e) && parse_fields(p, FIELD_TYPED, ")", &params, e) &&
             accept(p, "->", &arrow, e) && (!arrow || parse_type(p, &f->result, e));
        if (ok && !f->result) {
            f->result = new_type(p, AST_OWN, 0);
            f->result->name = resource;
        }
        f->name = str_printf(p->ast->arena, "[constructor]%.*s", STR_ARG(resource));
    } else {
        ok = parse_id(p, &name, e) && expect(p, ":", e);
        if (ok && at_word(p, "static"))
            is_static = true, ok = next(p, e);
        if (ok && !is_static) {
            struct ast_type *self = new_type(p, AST_BORROW, 0);
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
    add_item(i, AST_ITEM_FUNC, gate, f->at)->func = f;
    return ok && expect(p, ";", e);
}

static MUST_USE bool parse_resource(struct parser *p, struct ast_interface *i, struct ast_typedef *t, struct err *e)
{
    bool body;
    if (at_punct(p, ";"))
        return next(p, e);
    if (!accept(p, "{", &body, e))
        return false;
    while (body && !at_punct(p, "}")) {
        struct ast_gate gate = { 0 };
        if (!parse_gate(p, &gate, e) || !parse_method(p, i, t->name, &gate, e))
            return false;
    }
    return expect(p, "}", e);
}

static MUST_USE bool parse_body(struct parser *p, struct ast_typedef *t, enum field_style style, struct err *e)
{
    field_list fields = { 0 };
    bool ok = expect(p, "{", e) && parse_fields(p, style, "}", &fields, e);
    if (ok)
        keep_fields(p, &fields, &t->fields, &t->field_count);
    vec_fini(&fields);
    return ok;
}

/* type, record, variant, enum, flags, resource; `*ret_found` false when the word is another. */
static MUST_USE bool parse_typedef(struct parser *p, struct ast_interface *i, const struct ast_gate *gate,
                                   bool *ret_found, struct err *e)
{
    static const struct {
        const char *word;
        enum ast_typedef_kind kind;
    } words[] = {
        { "type", AST_ALIAS },   { "record", AST_RECORD }, { "variant", AST_VARIANT },
        { "enum", AST_ENUM },    { "flags", AST_FLAGS },   { "resource", AST_RESOURCE },
    };
    size_t k = 0;
    while (k < ARRAY_LEN(words) && !at_word(p, words[k].word))
        k++;
    *ret_found = k < ARRAY_LEN(words);
    if (!*ret_found)
        return true;
    struct ast_typedef *t = arena_new(p->ast->arena, struct ast_typedef, 1);
    t->kind = words[k].kind;
    t->gate = *gate;
    if (!next(p, e))
        return false;
    t->at = p->lex.token.at;
    if (!parse_id(p, &t->name, e))
        return false;
    add_item(i, AST_ITEM_TYPEDEF, gate, t->at)->type = t;
    switch (t->kind) {
    case AST_ALIAS: return expect(p, "=", e) && parse_type(p, &t->alias, e) && expect(p, ";", e);
    case AST_RECORD: return parse_body(p, t, FIELD_TYPED, e);
    case AST_VARIANT: return parse_body(p, t, FIELD_PAYLOAD, e);
    case AST_ENUM:
    case AST_FLAGS: return parse_body(p, t, FIELD_NAME_ONLY, e);
    case AST_RESOURCE: return parse_resource(p, i, t, e);
    }
    __builtin_unreachable();
}

/* --- Interfaces and worlds --- */

/* id | ns:package/id (@version)? */
static MUST_USE bool parse_path(struct parser *p, struct ast_path *ret, struct err *e)
{
    str first, second;
    ret->at = p->lex.token.at;
    if (!parse_id(p, &first, e))
        return false;
    if (!at_punct(p, ":")) {
        ret->name = first;
        return true;
    }
    if (!next(p, e) || !parse_id(p, &second, e) || !expect(p, "/", e) || !parse_id(p, &ret->name, e))
        return false;
    ret->package = str_printf(p->ast->arena, "%.*s:%.*s", STR_ARG(first), STR_ARG(second));
    return !at_punct(p, "@") || wit_lex_version(&p->lex, &ret->version, e);
}

/* use path.{a, b as c}; */
static MUST_USE bool parse_use(struct parser *p, struct ast_interface *i, const struct ast_gate *gate, struct err *e)
{
    struct ast_path from = { 0 };
    bool more = true;
    if (!next(p, e) || !parse_path(p, &from, e) || !expect(p, ".", e) || !expect(p, "{", e))
        return false;
    while (more && !at_punct(p, "}")) {
        struct ast_use *u = arena_new(p->ast->arena, struct ast_use, 1);
        size_t at = p->lex.token.at;
        u->from = from;
        if (!parse_id(p, &u->name, e))
            return false;
        u->as = u->name;
        if (at_word(p, "as") && (!next(p, e) || !parse_id(p, &u->as, e)))
            return false;
        add_item(i, AST_ITEM_USE, gate, at)->use = u;
        if (!accept(p, ",", &more, e))
            return false;
    }
    return expect(p, "}", e) && expect(p, ";", e);
}

static MUST_USE bool parse_interface_item(struct parser *p, struct ast_interface *i, struct err *e)
{
    struct ast_gate gate = { 0 };
    bool found;
    if (!parse_gate(p, &gate, e))
        return false;
    if (at_word(p, "use"))
        return parse_use(p, i, &gate, e);
    if (!parse_typedef(p, i, &gate, &found, e))
        return false;
    if (found)
        return true;
    struct ast_func *f = new_func(p, &gate);
    if (!parse_id(p, &f->name, e) || !expect(p, ":", e) || !parse_func(p, f, e))
        return false;
    add_item(i, AST_ITEM_FUNC, &gate, f->at)->func = f;
    return expect(p, ";", e);
}

static struct ast_interface *new_interface(struct parser *p, const struct ast_package *package,
                                           const struct ast_gate *gate)
{
    struct ast_interface *i = arena_new(p->ast->arena, struct ast_interface, 1);
    i->package = package;
    i->source = p->source;
    i->gate = *gate;
    i->at = p->lex.token.at;
    vec_push(&p->ast->interfaces, i);
    return i;
}

static MUST_USE bool parse_interface_body(struct parser *p, struct ast_interface *i, struct err *e)
{
    if (!expect(p, "{", e))
        return false;
    while (!at_punct(p, "}")) {
        if (!parse_interface_item(p, i, e))
            return false;
        if (i->items.len > MAX_ITEMS)
            return fail(p, e, "at most 100000 items");
    }
    return next(p, e);
}

/* import|export: path; | name: func…; | name: interface {…} */
static MUST_USE bool parse_extern(struct parser *p, struct ast_interface *world, struct ast_item *item, struct err *e)
{
    /* `name:` of a plain item and `ns:` of a path begin alike: the token after the colon decides. */
    struct wit_lexer before = p->lex;
    str name;
    if (!next(p, e) || !parse_id(p, &name, e))
        return false;
    if (at_punct(p, ":")) {
        if (!next(p, e))
            return false;
        item->name = name;
        if (at_word(p, "func") || at_word(p, "async")) {
            item->func = new_func(p, &item->gate);
            item->func->name = name;
            return parse_func(p, item->func, e) && expect(p, ";", e);
        }
        if (at_word(p, "interface")) {
            item->inline_interface = new_interface(p, world->package, &item->gate);
            item->inline_interface->name = name;
            return next(p, e) && parse_interface_body(p, item->inline_interface, e);
        }
        item->name = STR_NONE;
    }
    p->lex = before;
    return next(p, e) && parse_path(p, &item->path, e) && expect(p, ";", e);
}

static MUST_USE bool parse_include(struct parser *p, struct ast_item *item, struct err *e)
{
    if (!next(p, e) || !parse_path(p, &item->path, e))
        return false;
    if (!at_word(p, "with"))
        return expect(p, ";", e);
    /* Renames concern plain names only; they change no interface. */
    if (!next(p, e) || !expect(p, "{", e))
        return false;
    while (!at_punct(p, "}"))
        if (p->lex.token.kind == WIT_TOKEN_END ? !fail(p, e, "'}'") : !next(p, e))
            return false;
    return next(p, e);
}

static MUST_USE bool parse_world_item(struct parser *p, struct ast_interface *w, struct err *e)
{
    struct ast_gate gate = { 0 };
    bool found;
    if (!parse_gate(p, &gate, e))
        return false;
    struct ast_item item = { .gate = gate, .at = p->lex.token.at };
    if (at_word(p, "use"))
        return parse_use(p, w, &gate, e);
    if (at_word(p, "import") || at_word(p, "export")) {
        item.kind = at_word(p, "import") ? AST_ITEM_IMPORT : AST_ITEM_EXPORT;
        if (!parse_extern(p, w, &item, e))
            return false;
        vec_push(&w->items, item);
        return true;
    }
    if (at_word(p, "include")) {
        item.kind = AST_ITEM_INCLUDE;
        if (!parse_include(p, &item, e))
            return false;
        vec_push(&w->items, item);
        return true;
    }
    if (!parse_typedef(p, w, &gate, &found, e))
        return false;
    return found || fail(p, e, "'import', 'export', 'include', 'use' or a type");
}

static MUST_USE bool parse_definition(struct parser *p, struct ast_package *package, struct err *e)
{
    struct ast_gate gate = { 0 };
    if (!parse_gate(p, &gate, e))
        return false;
    bool world = at_word(p, "world");
    if (!world && !at_word(p, "interface"))
        return fail(p, e, "'interface', 'world', 'use' or 'package'");
    struct ast_interface *i = new_interface(p, package, &gate);
    i->world = world;
    if (!next(p, e) || !parse_id(p, &i->name, e))
        return false;
    for (uint32_t k = 0; k < package->interfaces.len; k++)
        if (str_eq(package->interfaces.at[k]->name, i->name))
            return wit_error(p->source->name, p->source->text, i->at, e, "'%.*s' is defined twice", STR_ARG(i->name));
    vec_push(&package->interfaces, i);
    if (!world)
        return parse_interface_body(p, i, e);
    if (!expect(p, "{", e))
        return false;
    while (!at_punct(p, "}")) {
        if (!parse_world_item(p, i, e))
            return false;
        if (i->items.len > MAX_ITEMS)
            return fail(p, e, "at most 100000 items");
    }
    return next(p, e);
}

static struct ast_package *find_package(struct ast *ast, str name, str version)
{
    for (uint32_t i = 0; i < ast->packages.len; i++)
        if (str_eq(ast->packages.at[i]->name, name) && str_eq(ast->packages.at[i]->version, version))
            return ast->packages.at[i];
    struct ast_package *p = arena_new(ast->arena, struct ast_package, 1);
    p->name = name;
    p->version = version;
    vec_push(&ast->packages, p);
    return p;
}

/* package ns:name(@version)? followed by `;` or a body */
static MUST_USE bool parse_package_name(struct parser *p, struct ast_package **ret, struct err *e)
{
    str ns, name, version = STR("");
    if (!next(p, e) || !parse_id(p, &ns, e) || !expect(p, ":", e) || !parse_id(p, &name, e))
        return false;
    if (at_punct(p, "@") && !wit_lex_version(&p->lex, &version, e))
        return false;
    *ret = find_package(p->ast, str_printf(p->ast->arena, "%.*s:%.*s", STR_ARG(ns), STR_ARG(name)), version);
    return true;
}

bool ast_parse(struct ast *ast, const struct ast_source *source, struct err *e)
{
    struct parser p = { .ast = ast, .source = source };
    struct ast_package *current = NULL, *named = NULL;
    err_clear(e);
    if (!wit_lex_init(&p.lex, source->name, source->text, e))
        return false;
    while (p.lex.token.kind != WIT_TOKEN_END) {
        if (at_word(&p, "package")) {
            if (!parse_package_name(&p, &named, e))
                return false;
            if (at_punct(&p, ";")) {
                current = named;
                if (!next(&p, e))
                    return false;
                continue;
            }
            if (!expect(&p, "{", e))
                return false;
            while (!at_punct(&p, "}"))
                if (!parse_definition(&p, named, e))
                    return false;
            if (!next(&p, e))
                return false;
        } else if (!current) {
            return fail(&p, e, "'package' first");
        } else if (!parse_definition(&p, current, e)) {
            return false;
        }
    }
    return true;
}

void ast_fini(struct ast *ast)
{
    for (uint32_t i = 0; i < ast->interfaces.len; i++)
        vec_fini(&ast->interfaces.at[i]->items);
    vec_fini(&ast->interfaces);
    for (uint32_t i = 0; i < ast->packages.len; i++)
        vec_fini(&ast->packages.at[i]->interfaces);
    vec_fini(&ast->packages);
}
