/* The tables of options as a JSON Schema, for editors that complete and check: json-schema.org, draft 2020-12. */
#ifndef SERVER_CONFIG_SCHEMA_JSON_H
#define SERVER_CONFIG_SCHEMA_JSON_H

#include "server/config/schema.h"

/* Objects stand under `$defs` by their names. Options that are not supported are left out, so that an editor marks
 * them. */
const struct json *schema_json(struct arena *a, const struct schema_option *root);

#endif
