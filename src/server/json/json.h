/* JSON values, immutable, in an arena: what the control API takes, keeps and gives. The dialect is NGINX Unit's:
 * comments and trailing commas are read, numbers stay as they were written. */
#ifndef SERVER_JSON_JSON_H
#define SERVER_JSON_JSON_H

#include "base/arena.h"
#include "base/err.h"

struct buf; /* base/buf.h */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_INTEGER, JSON_FRACTION, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json;

struct json_member {
    str name;
    size_t at; /* of the name; see struct json */
    const struct json *value;
};

#define JSON_NO_PLACE SIZE_MAX

struct json {
    enum json_kind kind;
    uint32_t count; /* of elements or members */
    size_t at;      /* byte offset in the text that it was read from, JSON_NO_PLACE when it was made otherwise */
    union {
        bool truth;
        str text; /* a string, decoded; a number, as written */
        const struct json **items;
        struct json_member *members;
    };
};

enum {
    JSON_DEPTH_MAX = 128,      /* containers in containers */
    JSON_NUMBER_TEXT_MAX = 14, /* longer numbers are refused, as Unit does */
};

/* Where and why a text is no JSON. Lines and columns count from 1, columns in characters. */
struct json_error {
    const char *detail; /* static text */
    size_t offset;
    size_t line, column; /* 0 when the line up to the place is no UTF-8 */
};

/* Strings of the result are the arena's. The text must be UTF-8 and its strings free of NUL. */
MUST_USE bool json_parse(struct arena *a, str text, const struct json **ret, struct json_error *e);

/* Line and column of an offset, as in struct json_error. */
void json_place(str text, size_t offset, size_t *ret_line, size_t *ret_column);

/* NULL when there is no such member. */
const struct json *json_get(const struct json *object, str name);

/* Numbers: of an integer ("80", "1.0", "1e3"); of any number. */
int64_t json_integer_of(const struct json *v);
double json_number_of(const struct json *v);

/* "a string", "an integer number", … as errors name a value. */
const char *json_kind_name(enum json_kind kind);

bool json_eq(const struct json *a, const struct json *b);

/* A deep copy. `keep_places`: offsets are kept, else forgotten. */
const struct json *json_copy(struct arena *a, const struct json *v, bool keep_places);

/* --- Making values --- */

struct json *json_new_object(struct arena *a);
struct json *json_new_array(struct arena *a);
const struct json *json_new_string(struct arena *a, str text); /* the text is not copied */
const struct json *json_new_number(struct arena *a, uint64_t n);
const struct json *json_new_bool(struct arena *a, bool truth);
const struct json *json_new_null(struct arena *a);

/* Appends a member (its name is not copied and must be new) or an element. */
void json_add(struct arena *a, struct json *object, str name, const struct json *value);
void json_push(struct arena *a, struct json *array, const struct json *value);

/* --- Printing --- */

/* For people: as Unit prints, with tabs, CRLF and an empty line after members that are containers; CRLF at the end. */
void json_print(struct buf *out, const struct json *v);
/* Without any white space. */
void json_print_compact(struct buf *out, const struct json *v);
/* A string's characters between quotes, escaped. */
void json_print_string(struct buf *out, str text);

#endif
