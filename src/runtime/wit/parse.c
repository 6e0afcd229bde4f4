/* The WIT parser: text to ast.h. Source: WIT.md "Grammar". One function a rule, named after it.
 * This file has packages, interfaces and worlds; parse_items.c and parse_types.c what stands in
 * them. */
#include "runtime/wit/parser.h"

/* --- Interfaces and worlds --- */

/* id | ns:package/id (@version)? */
static MUST_USE bool parse_path(struct parser *p, struct ast_path *ret, struct err *e)
{
    str first, second;
    ret->at = p->lex.token.at;
    if (!wit_parse_id(p, &first, e))
        return false;
    if (!wit_at_punct(p, ":")) {
        ret->name = first;
        return true;
    }
    if (!wit_next(p, e) || !wit_parse_id(p, &second, e) || !wit_expect(p, "/", e) || !wit_parse_id(p, &ret->name, e))
        return false;
    ret->package = str_printf(p->ast->arena, "%.*s:%.*s", STR_ARG(first), STR_ARG(second));
    return !wit_at_punct(p, "@") || wit_lex_version(&p->lex, &ret->version, e);
}

/* use path.{a, b as c}; */
static MUST_USE bool parse_use(struct parser *p, struct ast_interface *i, const struct ast_gate *gate, struct err *e)
{
    struct ast_path from = { 0 };
    bool more = true;
    if (!wit_next(p, e) || !parse_path(p, &from, e) || !wit_expect(p, ".", e) || !wit_expect(p, "{", e))
        return false;
    while (more && !wit_at_punct(p, "}")) {
        struct ast_use *u = arena_new(p->ast->arena, struct ast_use, 1);
        size_t at = p->lex.token.at;
        u->from = from;
        if (!wit_parse_id(p, &u->name, e))
            return false;
        u->as = u->name;
        if (wit_at_word(p, "as") && (!wit_next(p, e) || !wit_parse_id(p, &u->as, e)))
            return false;
        wit_add_item(i, AST_ITEM_USE, gate, at)->use = u;
        if (!wit_accept(p, ",", &more, e))
            return false;
    }
    return wit_expect(p, "}", e) && wit_expect(p, ";", e);
}

static MUST_USE bool parse_interface_item(struct parser *p, struct ast_interface *i, struct err *e)
{
    struct ast_gate gate = { 0 };
    bool found;
    if (!wit_parse_gate(p, &gate, e))
        return false;
    if (wit_at_word(p, "use"))
        return parse_use(p, i, &gate, e);
    if (!wit_parse_typedef(p, i, &gate, &found, e))
        return false;
    if (found)
        return true;
    struct ast_func *f = wit_new_func(p, &gate);
    if (!wit_parse_id(p, &f->name, e) || !wit_expect(p, ":", e) || !wit_parse_func(p, f, e))
        return false;
    wit_add_item(i, AST_ITEM_FUNC, &gate, f->at)->func = f;
    return wit_expect(p, ";", e);
}

static struct ast_interface *new_interface(struct parser *p, struct ast_package *package, const struct ast_gate *gate)
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
    if (!wit_expect(p, "{", e))
        return false;
    while (!wit_at_punct(p, "}")) {
        if (!parse_interface_item(p, i, e))
            return false;
        if (i->items.len > WIT_MAX_ITEMS)
            return wit_fail(p, e, "at most 100000 items");
    }
    return wit_next(p, e);
}

/* import|export: path; | name: func…; | name: interface {…} */
static MUST_USE bool parse_extern(struct parser *p, struct ast_interface *world, struct ast_item *item, struct err *e)
{
    /* `name:` of a plain item and `ns:` of a path begin alike: the token after the colon decides.
     */
    struct wit_lexer before = p->lex;
    str name;
    if (!wit_next(p, e) || !wit_parse_id(p, &name, e))
        return false;
    if (wit_at_punct(p, ":")) {
        if (!wit_next(p, e))
            return false;
        item->name = name;
        if (wit_at_word(p, "func") || wit_at_word(p, "async")) {
            item->func = wit_new_func(p, &item->gate);
            item->func->name = name;
            return wit_parse_func(p, item->func, e) && wit_expect(p, ";", e);
        }
        if (wit_at_word(p, "interface")) {
            item->inline_interface = new_interface(p, world->package, &item->gate);
            item->inline_interface->name = name;
            item->inline_interface->in_world = true;
            return wit_next(p, e) && parse_interface_body(p, item->inline_interface, e);
        }
        item->name = STR_NONE;
    }
    p->lex = before;
    return wit_next(p, e) && parse_path(p, &item->path, e) && wit_expect(p, ";", e);
}

static MUST_USE bool parse_include(struct parser *p, struct ast_item *item, struct err *e)
{
    if (!wit_next(p, e) || !parse_path(p, &item->path, e))
        return false;
    if (!wit_at_word(p, "with"))
        return wit_expect(p, ";", e);
    /* Renames concern plain names only; they change no interface. */
    if (!wit_next(p, e) || !wit_expect(p, "{", e))
        return false;
    while (!wit_at_punct(p, "}"))
        if (p->lex.token.kind == WIT_TOKEN_END ? !wit_fail(p, e, "'}'") : !wit_next(p, e))
            return false;
    return wit_next(p, e);
}

static MUST_USE bool parse_world_item(struct parser *p, struct ast_interface *w, struct err *e)
{
    struct ast_gate gate = { 0 };
    bool found;
    if (!wit_parse_gate(p, &gate, e))
        return false;
    struct ast_item item = { .gate = gate, .at = p->lex.token.at };
    if (wit_at_word(p, "use"))
        return parse_use(p, w, &gate, e);
    if (wit_at_word(p, "import") || wit_at_word(p, "export")) {
        item.kind = wit_at_word(p, "import") ? AST_ITEM_IMPORT : AST_ITEM_EXPORT;
        if (!parse_extern(p, w, &item, e))
            return false;
        vec_push(&w->items, item);
        return true;
    }
    if (wit_at_word(p, "include")) {
        item.kind = AST_ITEM_INCLUDE;
        if (!parse_include(p, &item, e))
            return false;
        vec_push(&w->items, item);
        return true;
    }
    if (!wit_parse_typedef(p, w, &gate, &found, e))
        return false;
    return found || wit_fail(p, e, "'import', 'export', 'include', 'use' or a type");
}

static MUST_USE bool parse_definition(struct parser *p, struct ast_package *package, struct err *e)
{
    struct ast_gate gate = { 0 };
    if (!wit_parse_gate(p, &gate, e))
        return false;
    bool world = wit_at_word(p, "world");
    if (!world && !wit_at_word(p, "interface"))
        return wit_fail(p, e, "'interface', 'world', 'use' or 'package'");
    struct ast_interface *i = new_interface(p, package, &gate);
    i->world = world;
    if (!wit_next(p, e) || !wit_parse_id(p, &i->name, e))
        return false;
    for (uint32_t k = 0; k < package->interfaces.len; k++)
        if (str_eq(package->interfaces.at[k]->name, i->name))
            return wit_error(p->source->name, p->source->text, i->at, e, "'%.*s' is defined twice", STR_ARG(i->name));
    vec_push(&package->interfaces, i);
    if (!world)
        return parse_interface_body(p, i, e);
    if (!wit_expect(p, "{", e))
        return false;
    while (!wit_at_punct(p, "}")) {
        if (!parse_world_item(p, i, e))
            return false;
        if (i->items.len > WIT_MAX_ITEMS)
            return wit_fail(p, e, "at most 100000 items");
    }
    return wit_next(p, e);
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
    if (!wit_next(p, e) || !wit_parse_id(p, &ns, e) || !wit_expect(p, ":", e) || !wit_parse_id(p, &name, e))
        return false;
    if (wit_at_punct(p, "@") && !wit_lex_version(&p->lex, &version, e))
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
        if (wit_at_word(&p, "package")) {
            if (!parse_package_name(&p, &named, e))
                return false;
            if (wit_at_punct(&p, ";")) {
                current = named;
                if (!wit_next(&p, e))
                    return false;
                continue;
            }
            if (!wit_at_punct(&p, "{"))
                return wit_fail(&p, e, "';' or '{'");
            if (!wit_next(&p, e))
                return false;
            while (!wit_at_punct(&p, "}"))
                if (!parse_definition(&p, named, e))
                    return false;
            if (!wit_next(&p, e))
                return false;
        } else if (!current) {
            return wit_fail(&p, e, "'package' first");
        } else if (!parse_definition(&p, current, e)) {
            return false;
        }
    }
    return true;
}

bool ast_parse_items(struct ast *ast, const struct ast_source *source, struct err *e)
{
    struct parser p = { .ast = ast, .source = source };
    const struct ast_gate none = { 0 };
    err_clear(e);
    if (!wit_lex_init(&p.lex, source->name, source->text, e))
        return false;
    struct ast_package *package = find_package(ast, STR("inline:text"), STR_NONE);
    struct ast_interface *i = new_interface(&p, package, &none);
    i->name = STR("items");
    vec_push(&package->interfaces, i);
    while (p.lex.token.kind != WIT_TOKEN_END) {
        if (!parse_interface_item(&p, i, e))
            return false;
        if (i->items.len > WIT_MAX_ITEMS)
            return wit_fail(&p, e, "at most 100000 items");
    }
    return true;
}

/* A package has its interfaces in the order in which all of them came. */
static void remove_last_interface(struct ast *ast)
{
    struct ast_interface *i = ast->interfaces.at[--ast->interfaces.len];
    struct ast_package *p = i->package;
    if (p->interfaces.len && vec_last(&p->interfaces) == i)
        p->interfaces.len--;
    vec_fini(&i->items);
}

void ast_truncate(struct ast *ast, uint32_t packages, uint32_t interfaces)
{
    while (ast->interfaces.len > interfaces)
        remove_last_interface(ast);
    while (ast->packages.len > packages) {
        ast->packages.len--;
        vec_fini(&ast->packages.at[ast->packages.len]->interfaces);
    }
}

void ast_fini(struct ast *ast)
{
    ast_truncate(ast, 0, 0);
    vec_fini(&ast->interfaces);
    vec_fini(&ast->packages);
}
