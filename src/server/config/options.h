/* Every option of the configuration, with its kind, default and meaning. */
#ifndef SERVER_CONFIG_OPTIONS_H
#define SERVER_CONFIG_OPTIONS_H

#include "server/config/schema.h"

/* The whole configuration. */
extern const struct schema_option options_root;

/* Parts of it, for the defaults of what they have. */
extern const struct schema options_listener, options_tls_session, options_http, options_component, options_limits;

#endif
