/* Every option of the configuration, with its kind, default and meaning. */
#ifndef SERVER_CONFIG_OPTIONS_H
#define SERVER_CONFIG_OPTIONS_H

#include "server/config/schema.h"

/* The whole configuration. */
extern const struct schema_option options_root;

/* Kinds of applications, "a, b and c". */
extern const char options_app_types[];

#endif
