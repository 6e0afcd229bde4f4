/* Checks of values that go beyond their kind; the tables of options name them. Texts are NGINX Unit's. */
#ifndef SERVER_CONFIG_CHECKS_H
#define SERVER_CONFIG_CHECKS_H

#include "server/config/schema.h"

struct routing; /* server/route/route.h */

/* What checks know of the rest of the configuration: `world` of a validation. Routes have names, but no steps yet. */
struct check_world {
    const struct routing *names;
};

extern const struct schema options_action_pass, options_action_return, options_action_share, options_action_proxy;
extern const struct schema options_step, options_component;

schema_check_fn check_unsupported, check_pass, check_listener, check_listener_application, check_backlog,
    check_addresses, check_forwarded, check_match, check_match_sets, check_response_header, check_template,
    check_return, check_share, check_types, check_action, check_steps, check_routes, check_not_negative,
    check_at_least_1, check_processes, check_environment, check_filesystem, check_application, check_strings,
    check_access_log;

#endif
