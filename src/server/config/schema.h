/* What a configuration may say, as tables of options. From one table come validation with its error texts (which are
 * NGINX Unit's), defaults, the JSON Schema (schema_json.h) and the reference page (reference.h). */
#ifndef SERVER_CONFIG_SCHEMA_H
#define SERVER_CONFIG_SCHEMA_H

#include "server/json/path.h"

struct schema;
struct validation;

/* Checks what the kind of a value does not say. On false the error is set. `name`: of the member, or of the array that
 * the value is an element of. */
typedef bool schema_check_fn(struct validation *v, str name, const struct json *value);

#define SCHEMA_NULL    (1u << JSON_NULL)
#define SCHEMA_BOOL    (1u << JSON_BOOL)
#define SCHEMA_INTEGER (1u << JSON_INTEGER)
#define SCHEMA_NUMBER  (1u << JSON_INTEGER | 1u << JSON_FRACTION)
#define SCHEMA_STRING  (1u << JSON_STRING)
#define SCHEMA_ARRAY   (1u << JSON_ARRAY)
#define SCHEMA_OBJECT  (1u << JSON_OBJECT)

/* Bounds of a number, both included. */
struct schema_range {
    int64_t min, max;
    const char *error; /* what is said outside of them; NULL: a text that names the bound */
};

/* An object that is of one of several kinds. */
struct schema_variant {
    str key; /* the member that only this kind has, or the value that says it is of this kind */
    const struct schema *object;
};

struct schema_variants {
    const struct schema_variant *at;
    size_t count;
    const char *selector; /* the member whose value names the kind; NULL: the kind is the key that is there */
    /* The kind of an object; NULL when it has none, with the error set. */
    const struct schema *(*choose)(struct validation *v, const struct schema_variants *variants,
                                   const struct json *object);
};

struct schema_option {
    const char *name; /* NULL: members of any name, or elements of an array */
    unsigned kinds;   /* SCHEMA_… */
    bool required;
    const char *refusal;                    /* known, and refused: the sentence that says why; else NULL */
    const struct schema *object;            /* its members, when it is an object */
    const struct schema_variants *variants; /* or these, by its kind */
    const struct schema_option *items;      /* each element, when it is an array; without a name */
    const struct schema_range *range;       /* of a number; NULL: any */
    const char *const *values;              /* all strings that are permitted, up to NULL; only for documentation */
    schema_check_fn *check;                 /* what all of this does not say, asked last; or NULL */
    const char *fallback;                   /* the default as JSON; NULL: none */
    const char *help;                       /* one sentence */
};

struct schema {
    const char *name; /* unique, of letters, "-" and "_" */
    const char *key;  /* what stands for the names of members that may have any; NULL: they are fixed */
    const struct schema_option *options;
    size_t count;
};

#define SCHEMA(name_, rows)                                          \
    {                                                                \
        .name = (name_), .options = (rows), .count = ARRAY_LEN(rows) \
    }
/* Members of any name, which are all like the one row. */
#define SCHEMA_MAP(name_, key_, row)                                              \
    {                                                                             \
        .name = (name_), .key = (key_), .options = (row), .count = ARRAY_LEN(row) \
    }

/* A configuration on its way through the tables. */
struct validation {
    struct arena *arena;     /* of what checks compile to see whether it can be; gone after */
    const struct json *root; /* the whole configuration */
    const void *world;       /* what checks know besides, see config.h */
    str places[PATH_DEPTH_MAX];
    uint32_t depth;
    struct err *e; /* text: Unit's detail; help: what would be right */
    size_t at;     /* where the error is in the text, or JSON_NO_PLACE */
};

/* The members of an object against its schema. */
MUST_USE bool schema_validate(struct validation *v, const struct schema *s, const struct json *object);

/* One value against one option. */
MUST_USE bool schema_validate_option(struct validation *v, const struct schema_option *o, str name,
                                     const struct json *value);

/* Sets the error at the current place and returns false. */
bool schema_error(struct validation *v, const struct json *value, const char *fmt, ...) PRINTF(3, 4);

/* The place of the error. */
struct path schema_error_path(const struct validation *v);

/* The option of this name; asserted. */
const struct schema_option *schema_find(const struct schema *s, const char *name);

/* What a valid object says, or else the option's default: it must have one. `object` may be NULL. */
int64_t schema_integer(const struct schema *s, const struct json *object, const char *name);
bool schema_bool(const struct schema *s, const struct json *object, const char *name);

/* As JSON Schema calls it. */
const char *schema_type_name(enum json_kind kind);

/* "either a string or an array". */
void schema_kinds_text(unsigned kinds, struct buf *out);

#endif
