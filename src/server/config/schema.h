/* What a configuration may say, as tables of options. One table drives validation and its error texts; documentation
 * and the JSON Schema are printed from it. The texts are NGINX Unit's. */
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

struct schema_option {
    const char *name; /* NULL: members of any name */
    unsigned kinds;   /* SCHEMA_… */
    bool required;
    const struct schema *object; /* its members, when it is an object; NULL: `check` looks at them, or nobody does */
    schema_check_fn *check;      /* after the kind and before the members; or NULL */
    const char *fallback;        /* default, as documentation names it; NULL: none */
    const char *help;            /* one sentence */
};

struct schema {
    const struct schema_option *options;
    size_t count;
};

#define SCHEMA(rows)            \
    {                           \
        (rows), ARRAY_LEN(rows) \
    }

/* A configuration on its way through the tables. */
struct validation {
    struct arena *arena;     /* of what checks compile to see whether it can be; gone after */
    const struct json *root; /* the whole configuration */
    const void *world;       /* what checks know besides, see config.h */
    str places[PATH_DEPTH_MAX];
    uint32_t depth;
    struct err *e;            /* text: Unit's detail; help: what would be right */
    const struct json *value; /* where the error is */
};

/* The members of an object against its schema. */
MUST_USE bool schema_validate(struct validation *v, const struct schema *s, const struct json *object);

/* One value against one option. */
MUST_USE bool schema_validate_option(struct validation *v, const struct schema_option *o, str name,
                                     const struct json *value);

/* All elements of an array, each as `check` wants it. */
MUST_USE bool schema_validate_items(struct validation *v, str name, const struct json *array, schema_check_fn *check);

/* Sets the error at the current place and returns false. */
bool schema_error(struct validation *v, const struct json *value, const char *fmt, ...) PRINTF(3, 4);

/* The place of the error. */
struct path schema_error_path(const struct validation *v);

/* "either a string or an array". */
void schema_kinds_text(unsigned kinds, struct buf *out);

#endif
