/* Checks of values that go beyond their kind; the tables of options name them. Texts are NGINX Unit's. */
#ifndef SERVER_CONFIG_CHECKS_H
#define SERVER_CONFIG_CHECKS_H

#include "server/config/schema.h"

struct certificates; /* server/certificate/certificates.h */
struct routing;      /* server/route/route.h */

/* What checks know of the rest of the configuration: `world` of a validation. Routes have names, but no steps yet. */
struct check_world {
    const struct routing *names;
    const struct certificates *certificates; /* NULL: not known here */
};

schema_check_fn check_pass, check_listener, check_proxy, check_upstream, check_upstream_server, check_weight,
    check_listener_application, check_addresses, check_forwarded, check_match, check_response_header, check_template,
    check_share, check_types, check_processes, check_compression, check_environment, check_filesystem, check_condition,
    check_path, check_format, check_format_member, check_mime_types, check_share_item;
/* tls_checks.c */
schema_check_fn check_certificate, check_tls_command, check_ticket_keys;

/* Kinds of objects: by the key that is there, by their `type`. */
const struct schema *choose_action(struct validation *v, const struct schema_variants *variants,
                                   const struct json *object);
const struct schema *choose_application(struct validation *v, const struct schema_variants *variants,
                                        const struct json *object);

#endif
