/* Certificates as JSON: see describe.h. */
#include "server/certificate/describe.h"

#include "io/tls/bundle.h"
#include "server/certificate/certificates.h"

static void add_text(struct arena *a, struct json *o, const char *name, str text)
{
    if (text.ptr)
        json_add(a, o, str_of(name), json_new_string(a, text));
}

static const struct json *describe_name(struct arena *a, const struct tls_name *n)
{
    struct json *o = json_new_object(a), *alt_names = json_new_array(a);
    add_text(a, o, "common_name", n->common_name);
    for (uint32_t i = 0; i < n->alt_count; i++)
        json_push(a, alt_names, json_new_string(a, n->alt_names[i]));
    if (n->alt_count)
        json_add(a, o, STR("alt_names"), alt_names);
    add_text(a, o, "country", n->country);
    add_text(a, o, "state_or_province", n->state_or_province);
    add_text(a, o, "locality", n->locality);
    add_text(a, o, "organization", n->organization);
    add_text(a, o, "department", n->department);
    return o;
}

static const struct json *describe_one(struct arena *a, const struct tls_certificate *x)
{
    struct json *o = json_new_object(a), *validity = json_new_object(a);
    json_add(a, o, STR("subject"), describe_name(a, &x->subject));
    json_add(a, o, STR("issuer"), describe_name(a, &x->issuer));
    add_text(a, validity, "since", x->since);
    add_text(a, validity, "until", x->until);
    json_add(a, o, STR("validity"), validity);
    return o;
}

const struct json *certificate_describe(struct arena *a, const struct tls_bundle *b)
{
    struct json *o = json_new_object(a), *array = json_new_array(a);
    const struct tls_certificate *chain;
    uint32_t count = tls_bundle_chain(b, &chain);
    str key = tls_bundle_key(b);
    json_add(a, o, STR("key"), key.ptr ? json_new_string(a, key) : json_new_null(a));
    for (uint32_t i = 0; i < count; i++)
        json_push(a, array, describe_one(a, &chain[i]));
    json_add(a, o, STR("chain"), array);
    return o;
}

const struct json *certificates_describe(struct arena *a, const struct certificates *c)
{
    struct json *o = json_new_object(a);
    for (struct list *n = c->list.next; n != &c->list; n = n->next) {
        const struct certificate *one = CONTAINER_OF(n, struct certificate, node);
        json_add(a, o, one->name, certificate_describe(a, one->bundle));
    }
    return o;
}
