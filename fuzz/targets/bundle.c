/* Certificate bundles from anywhere: what is taken describes itself, and its own reading again says the same; what is
 * refused says why. */
#include <assert.h>

#include "io/tls/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_text(str s)
{
    return !s.len || s.ptr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str pem = str_from((const char *)data, size);
    struct tls_bundle *first = NULL, *second = NULL;
    struct err e = ERR_INIT;
    if (!tls_bundle_parse(pem, &first, &e)) {
        assert(e.kind != ERR_NONE && e.text[0]);
        return 0;
    }
    bool again = tls_bundle_parse(pem, &second, &e);
    assert(again);
    const struct tls_certificate *a, *b;
    uint32_t count = tls_bundle_chain(first, &a);
    assert(count >= 1 && count <= TLS_BUNDLE_CHAIN_MAX && count == tls_bundle_chain(second, &b));
    assert(str_eq(tls_bundle_key(first), tls_bundle_key(second)));
    for (uint32_t i = 0; i < count; i++) {
        assert(is_text(a[i].subject.common_name) && str_eq(a[i].subject.common_name, b[i].subject.common_name));
        assert(a[i].subject.alt_count == b[i].subject.alt_count && a[i].issuer.alt_count == b[i].issuer.alt_count);
        for (uint32_t k = 0; k < a[i].subject.alt_count; k++)
            assert(a[i].subject.alt_names[k].ptr);
    }
    tls_bundle_release(first);
    tls_bundle_release(second);
    return 0;
}
