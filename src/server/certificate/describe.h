/* Certificates as JSON, as NGINX Unit describes them. */
#ifndef SERVER_CERTIFICATE_DESCRIBE_H
#define SERVER_CERTIFICATE_DESCRIBE_H

#include "server/json/json.h"

struct certificates; /* server/certificate/certificates.h */
struct tls_bundle;   /* io/tls/bundle.h */

/* `{"key": …, "chain": […]}`. Texts are borrowed from the bundle. */
const struct json *certificate_describe(struct arena *a, const struct tls_bundle *b);

/* All of them by name. Texts are borrowed from the certificates. */
const struct json *certificates_describe(struct arena *a, const struct certificates *c);

#endif
