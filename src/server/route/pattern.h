/* Patterns of `match`: text with `*` for any run of bytes, `~` in front of a regular expression, `!` in front of either
 * to negate it. Immutable once compiled, shared by all workers. Texts of errors are NGINX Unit's. */
#ifndef SERVER_ROUTE_PATTERN_H
#define SERVER_ROUTE_PATTERN_H

#include "base/arena.h"
#include "base/err.h"

enum pattern_case {
    PATTERN_EXACT,
    PATTERN_LOWER,  /* what it is compared with is in lower case */
    PATTERN_UPPER,  /* … in upper case */
    PATTERN_NOCASE, /* case makes no difference */
};

enum pattern_coding {
    PATTERN_PLAIN,
    PATTERN_ENCODED, /* percent-encoded, but for regular expressions */
    PATTERN_QUERY,   /* and '+' is a space */
};

struct pattern_options {
    enum pattern_case how;
    enum pattern_coding coding;
    str option; /* the name that errors of the coding give the value */
};

enum pattern_form { PATTERN_TEXT, PATTERN_STARS, PATTERN_REGEX };

struct pattern {
    enum pattern_form form;
    bool negated, nocase;
    str text;          /* of a text */
    const str *pieces; /* around the stars, one more than there are of these */
    uint32_t piece_count;
    void *regex; /* pcre2's, in the arena */
};

MUST_USE bool pattern_compile(struct arena *a, str text, const struct pattern_options *o, struct pattern *ret,
                              struct err *e);

/* `scratch`: memory for a regular expression's match, the request's. An expression that takes too long does not match.
 */
bool pattern_match(const struct pattern *p, str value, struct arena *scratch);

struct patterns {
    struct pattern *at;
    uint32_t len;
};

/* No negated one may hit and, if there are others, one of them must. An empty list matches. */
bool patterns_match(const struct patterns *p, str value, struct arena *scratch);

#endif
