/* The reference page of the configuration, in Markdown: docs/reference/config.md. */
#ifndef SERVER_CONFIG_REFERENCE_H
#define SERVER_CONFIG_REFERENCE_H

#include "server/config/schema.h"

struct buf; /* base/buf.h */

/* A section for each object, at the place where it stands first, with a row for each option. */
void reference_print(struct buf *out, struct arena *a, const struct schema_option *root);

#endif
