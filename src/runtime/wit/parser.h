/* What the files of the parser share: where it stands, tokens, and the rules that several files
 * use. */
#ifndef RUNTIME_WIT_PARSER_H
#define RUNTIME_WIT_PARSER_H

#include "runtime/wit/ast.h"
#include "runtime/wit/lex.h"

/* Most items of an interface, a world or a type. */
enum { WIT_MAX_ITEMS = 100000 };

struct parser {
    struct wit_lexer lex;
    struct ast *ast;
    const struct ast_source *source;
    int depth;
};

/* "expected 'x', found 'y'"; false. */
bool wit_fail(struct parser *p, struct err *e, const char *wanted);

MUST_USE bool wit_next(struct parser *p, struct err *e);
bool wit_at_punct(const struct parser *p, const char *text);
bool wit_at_word(const struct parser *p, const char *word);
MUST_USE bool wit_expect(struct parser *p, const char *text, struct err *e);

/* Moves past the punctuation when it is there. */
MUST_USE bool wit_accept(struct parser *p, const char *text, bool *ret_found, struct err *e);

/* An identifier in kebab-case. */
MUST_USE bool wit_parse_id(struct parser *p, str *ret, struct err *e);

/* parse_types.c: a reference to a type, and a new one with room for `args` arguments. */
struct ast_type *wit_new_type(struct parser *p, enum ast_type_kind kind, uint32_t args);
MUST_USE bool wit_parse_type(struct parser *p, struct ast_type **ret, struct err *e);

/* parse_items.c: what interfaces and worlds have in common. */
MUST_USE bool wit_parse_gate(struct parser *p, struct ast_gate *g, struct err *e);
struct ast_func *wit_new_func(struct parser *p, const struct ast_gate *gate);
MUST_USE bool wit_parse_func(struct parser *p, struct ast_func *f, struct err *e);
struct ast_item *wit_add_item(struct ast_interface *i, enum ast_item_kind kind, const struct ast_gate *gate, size_t at);
/* `*ret_found` is false when no definition stands here. */
MUST_USE bool wit_parse_typedef(struct parser *p, struct ast_interface *i, const struct ast_gate *gate, bool *ret_found,
                                struct err *e);

#endif
