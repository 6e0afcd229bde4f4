/* Names of imports, exports and labels. Spec: Explainer.md "Import and Export Definitions", "Name Uniqueness". */
#ifndef RUNTIME_CHECK_NAMES_H
#define RUNTIME_CHECK_NAMES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"

enum name_kind { NAME_LABEL, NAME_CONSTRUCTOR, NAME_METHOD, NAME_STATIC, NAME_INTERFACE };

struct parsed_name {
    enum name_kind kind;
    str whole;
    str resource; /* of the three annotated forms */
    str member;   /* method, static */
};

/* Fragments joined by '-', each of one case, the first of which begins with a letter. */
bool name_is_kebab(str s);

/* Errors name the whole and the part that is wrong. */
MUST_USE bool name_parse(str s, struct parsed_name *ret, struct err *e);

/* Names that are told apart as "strongly unique" demands. */
struct name_set {
    struct map map;
};
void name_set_init(struct name_set *s);
void name_set_fini(struct name_set *s);

/* False, with the earlier name in `*ret_previous`, when it is too much like one that is there. */
bool name_set_add(struct arena *a, struct name_set *s, const struct parsed_name *name, str *ret_previous);

/* Without the letters' case, in the arena. */
str name_lower(struct arena *a, str s);

#endif
