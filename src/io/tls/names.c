/* Certificates by name: the common and alternative names of each bundle's own certificate. RFC 6066, 3; RFC 9525, 6.3:
 * a "*" stands for a whole first label, and for one label only. */
#include "base/buf.h"
#include "io/tls/context_types.h"

enum { NAME_MAX_BYTES = 255 };

static void add(struct tls_context *c, str name, SSL_CTX *ssl)
{
    char *lower = arena_alloc(&c->arena, name.len);
    if (!name.len || name.len > NAME_MAX_BYTES)
        return;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    /* A name that is there already stays the earlier bundle's. */
    map_add(&c->names, str_from(lower, name.len), ssl);
}

void tls_names_add(struct tls_context *c, const struct tls_bundle *b, SSL_CTX *ssl)
{
    const struct tls_certificate *own;
    tls_bundle_chain(b, &own);
    add(c, own->subject.common_name, ssl);
    for (uint32_t i = 0; i < own->subject.alt_count; i++)
        add(c, own->subject.alt_names[i], ssl);
}

SSL_CTX *tls_names_find(const struct tls_context *c, str name)
{
    char text[NAME_MAX_BYTES];
    if (name.len && name.ptr[name.len - 1] == '.')
        name.len--;
    if (!name.len || name.len > sizeof(text))
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        text[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    str lower = str_from(text, name.len);
    SSL_CTX *found = map_get(&c->names, lower);
    size_t dot = str_find_char(lower, '.');
    if (found || dot == SIZE_MAX || dot == 0)
        return found;
    text[dot - 1] = '*';
    return map_get(&c->names, str_slice(lower, dot - 1, lower.len));
}
