/* The WIT lexer. Source: WIT.md "Lexical structure". */
#include "runtime/wit/lex.h"

#include <stdarg.h>
#include <stdio.h>

bool wit_error(str source, str text, size_t at, struct err *e, const char *fmt, ...)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        column++;
        if (text.ptr[i] == '\n')
            line++, column = 1;
    }
    char what[ERR_TEXT_MAX / 2];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    return err_at(e, ERR_PARSE, at, "%.*s:%zu:%zu: %s", STR_ARG(source), line, column, what);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_id(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-';
}

/* Moves past white space and comments; block comments nest. */
static bool skip_space(struct wit_lexer *l, struct err *e)
{
    while (l->at < l->text.len) {
        char c = l->text.ptr[l->at];
        str rest = str_slice(l->text, l->at, l->text.len);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            l->at++;
        } else if (str_starts(rest, STR("//"))) {
            size_t end = str_find_char(rest, '\n');
            l->at = end == SIZE_MAX ? l->text.len : l->at + end;
        } else if (str_starts(rest, STR("/*"))) {
            size_t start = l->at, depth = 0;
            do {
                rest = str_slice(l->text, l->at, l->text.len);
                if (rest.len < 2)
                    return wit_error(l->source, l->text, start, e, "comment without an end");
                bool open = str_starts(rest, STR("/*")), close = str_starts(rest, STR("*/"));
                depth = open ? depth + 1 : close ? depth - 1 : depth;
                l->at += open || close ? 2 : 1;
            } while (depth);
        } else {
            break;
        }
    }
    return true;
}

static void set_token(struct wit_lexer *l, enum wit_token_kind kind, size_t len)
{
    l->token = (struct wit_token){ kind, str_slice(l->text, l->at, l->at + len), false, l->at };
    l->at += len;
}

static size_t id_length(str s)
{
    size_t n = 0;
    while (n < s.len && is_id(s.ptr[n]))
        n++;
    /* "a->b": the dash belongs to the arrow. */
    return n > 0 && n < s.len && s.ptr[n - 1] == '-' && s.ptr[n] == '>' ? n - 1 : n;
}

bool wit_lex_next(struct wit_lexer *l, struct err *e)
{
    if (!skip_space(l, e))
        return false;
    str rest = str_slice(l->text, l->at, l->text.len);
    if (rest.len == 0) {
        set_token(l, WIT_TOKEN_END, 0);
        return true;
    }
    char c = rest.ptr[0];
    if (str_starts(rest, STR("->"))) {
        set_token(l, WIT_TOKEN_PUNCT, 2);
    } else if (c == '%') {
        l->at++;
        set_token(l, WIT_TOKEN_ID, id_length(str_slice(rest, 1, rest.len)));
        l->token.escaped = true;
        if (l->token.text.len == 0)
            return wit_error(l->source, l->text, l->at, e, "expected an identifier after '%%'");
    } else if (is_digit(c)) {
        size_t n = 1;
        while (n < rest.len && is_digit(rest.ptr[n]))
            n++;
        set_token(l, WIT_TOKEN_NUMBER, n);
    } else if (is_id(c) && c != '-') {
        set_token(l, WIT_TOKEN_ID, id_length(rest));
    } else if (c && strchr("{}()<>,;:./@=*_", c)) {
        set_token(l, WIT_TOKEN_PUNCT, 1);
    } else {
        return wit_error(l->source, l->text, l->at, e, "unexpected character 0x%02x", (unsigned char)c);
    }
    return true;
}

bool wit_lex_version(struct wit_lexer *l, str *ret, struct err *e)
{
    if (!skip_space(l, e))
        return false;
    str rest = str_slice(l->text, l->at, l->text.len);
    size_t n = 0;
    while (n < rest.len && (is_id(rest.ptr[n]) || rest.ptr[n] == '+' ||
                            (rest.ptr[n] == '.' && n + 1 < rest.len && is_id(rest.ptr[n + 1]))))
        n++;
    if (n == 0 || !is_digit(rest.ptr[0]))
        return wit_error(l->source, l->text, l->at, e, "expected a version such as 1.2.3");
    *ret = str_slice(rest, 0, n);
    l->at += n;
    return wit_lex_next(l, e);
}

bool wit_lex_init(struct wit_lexer *l, str source, str text, struct err *e)
{
    *l = (struct wit_lexer){ .source = source, .text = text };
    return wit_lex_next(l, e);
}
