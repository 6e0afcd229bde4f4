/* Certificate bundles by name: see certificates.h. */
#include "server/certificate/certificates.h"

#include <assert.h>

#include "base/mem.h"
#include "io/tls/bundle.h"

void certificates_init(struct certificates *c)
{
    list_init(&c->list);
}

void certificates_remove(struct certificates *c, struct certificate *certificate)
{
    (void)c;
    list_remove(&certificate->node);
    tls_bundle_release(certificate->bundle);
    mem_free(certificate);
}

void certificates_fini(struct certificates *c)
{
    while (!list_empty(&c->list))
        certificates_remove(c, list_first(&c->list, struct certificate, node));
}

bool certificate_name_valid(str name)
{
    return name.len && name.len <= CERTIFICATE_NAME_MAX && name.ptr[0] != '.' && !memchr(name.ptr, '/', name.len) &&
           !memchr(name.ptr, '\0', name.len);
}

struct certificate *certificates_find(const struct certificates *c, str name)
{
    for (struct list *n = c->list.next; n != &c->list; n = n->next) {
        struct certificate *one = CONTAINER_OF(n, struct certificate, node);
        if (str_eq(one->name, name))
            return one;
    }
    return NULL;
}

static bool is_before(str a, str b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order < 0 : a.len < b.len;
}

void certificates_add(struct certificates *c, str name, struct tls_bundle *bundle)
{
    struct certificate *new = mem_new(struct certificate);
    struct list *n = c->list.next;
    assert(certificate_name_valid(name) && !certificates_find(c, name));
    memcpy(new->text, name.ptr, name.len);
    new->name = str_from(new->text, name.len);
    new->bundle = bundle;
    while (n != &c->list && is_before(CONTAINER_OF(n, struct certificate, node)->name, new->name))
        n = n->next;
    list_push(n, &new->node); /* in front of n */
}
