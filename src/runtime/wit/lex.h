/* Tokens of WIT text. Comments are skipped; doc comments are comments here. */
#ifndef RUNTIME_WIT_LEX_H
#define RUNTIME_WIT_LEX_H

#include "base/err.h"
#include "base/str.h"

enum wit_token_kind {
    WIT_TOKEN_END,
    WIT_TOKEN_ID,     /* identifier or keyword; `escaped` when it began with % */
    WIT_TOKEN_NUMBER, /* digits */
    WIT_TOKEN_PUNCT,  /* one of {}()<>,;:./@=*_ or -> */
};

struct wit_token {
    enum wit_token_kind kind;
    str text; /* without the % */
    bool escaped;
    size_t at; /* byte offset in the text */
};

struct wit_lexer {
    str source; /* name of the text, for errors */
    str text;
    size_t at;              /* next byte to look at */
    struct wit_token token; /* the current one */
};

MUST_USE bool wit_lex_init(struct wit_lexer *l, str source, str text, struct err *e);

/* Moves to the next token. */
MUST_USE bool wit_lex_next(struct wit_lexer *l, struct err *e);

/* Reads a semver right after the current token (which is `@` or `=`) and moves behind it. */
MUST_USE bool wit_lex_version(struct wit_lexer *l, str *ret, struct err *e);

/* "http.wit:12:5: <text>" with the byte offset; false. */
bool wit_error(str source, str text, size_t at, struct err *e, const char *fmt, ...) PRINTF(5, 6);

#endif
