/* The certificate bundles that listeners may name. Belongs to whoever changes configurations, one change after the
 * other; while one is made, its thread may read. */
#ifndef SERVER_CERTIFICATE_CERTIFICATES_H
#define SERVER_CERTIFICATE_CERTIFICATES_H

#include "base/list.h"
#include "base/str.h"

struct tls_bundle; /* io/tls/bundle.h */

enum { CERTIFICATE_NAME_MAX = 240 }; /* bytes: names are those of files */

struct certificate {
    struct list node;
    str name;
    struct tls_bundle *bundle; /* a reference of its own */
    char text[CERTIFICATE_NAME_MAX];
};

struct certificates {
    struct list list; /* struct certificate, by name */
};

void certificates_init(struct certificates *c);
void certificates_fini(struct certificates *c);

/* Whether a file may have this name: not empty, no slash, no NUL, no dot in front. */
bool certificate_name_valid(str name);

/* NULL when absent. */
struct certificate *certificates_find(const struct certificates *c, str name);

/* Takes over the reference; the name is valid and new. */
void certificates_add(struct certificates *c, str name, struct tls_bundle *bundle);

void certificates_remove(struct certificates *c, struct certificate *certificate);

#endif
