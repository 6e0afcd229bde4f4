/* Where the parser stands: its current token. */
#include "runtime/wit/parser.h"

#include <stdio.h>

bool wit_fail(struct parser *p, struct err *e, const char *wanted)
{
    const struct wit_token *t = &p->lex.token;
    if (t->kind == WIT_TOKEN_END)
        return wit_error(p->source->name, p->source->text, t->at, e, "expected %s, found the end of the text", wanted);
    return wit_error(p->source->name, p->source->text, t->at, e, "expected %s, found '%.*s'", wanted, STR_ARG(t->text));
}

bool wit_next(struct parser *p, struct err *e)
{
    return wit_lex_next(&p->lex, e);
}

bool wit_at_punct(const struct parser *p, const char *text)
{
    return p->lex.token.kind == WIT_TOKEN_PUNCT && str_eq(p->lex.token.text, str_of(text));
}

bool wit_at_word(const struct parser *p, const char *word)
{
    return p->lex.token.kind == WIT_TOKEN_ID && !p->lex.token.escaped && str_eq(p->lex.token.text, str_of(word));
}

bool wit_expect(struct parser *p, const char *text, struct err *e)
{
    char wanted[16];
    snprintf(wanted, sizeof(wanted), "'%s'", text);
    return wit_at_punct(p, text) ? wit_next(p, e) : wit_fail(p, e, wanted);
}

/* Moves past the punctuation when it is there. */
bool wit_accept(struct parser *p, const char *text, bool *ret_found, struct err *e)
{
    *ret_found = wit_at_punct(p, text);
    return !*ret_found || wit_next(p, e);
}

/* Words of lower or upper letters and digits, joined by single dashes, each beginning with a
 * letter. */
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

bool wit_parse_id(struct parser *p, str *ret, struct err *e)
{
    if (p->lex.token.kind != WIT_TOKEN_ID)
        return wit_fail(p, e, "an identifier");
    if (!is_kebab(p->lex.token.text))
        return wit_fail(p, e, "an identifier in kebab-case");
    *ret = p->lex.token.text;
    return wit_next(p, e);
}
