/* Certificate bundles: see bundle.h. */
#include "io/tls/bundle.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "io/tls/bundle_types.h"
#include "io/tls/openssl_error.h"

/* One PEM block, decoded. */
struct block {
    char *label, *header;
    unsigned char *data;
    long len;
};

static void block_free(struct block *k)
{
    OPENSSL_free(k->label);
    OPENSSL_free(k->header);
    OPENSSL_clear_free(k->data, (size_t)k->len); /* it may have been a key */
}

static bool add_certificate(struct tls_bundle *b, const struct block *k, struct err *e)
{
    unsigned number = b->own ? (unsigned)sk_X509_num(b->chain) + 2 : 1;
    const unsigned char *at = k->data;
    if (number > TLS_BUNDLE_CHAIN_MAX)
        return err_set(e, ERR_LIMIT, "more than %d certificates", TLS_BUNDLE_CHAIN_MAX);
    X509 *x =
        strcmp(k->label, PEM_STRING_X509_TRUSTED) == 0 ? d2i_X509_AUX(NULL, &at, k->len) : d2i_X509(NULL, &at, k->len);
    if (!x)
        return openssl_error(e, ERR_PARSE, "certificate %u cannot be read", number);
    bool added = true;
    if (b->own)
        added = sk_X509_push(b->chain, x) > 0;
    else
        b->own = x;
    if (added)
        return true;
    X509_free(x);
    return openssl_error(e, ERR_SYSTEM, "certificate %u", number);
}

static bool add_key(struct tls_bundle *b, const struct block *k, struct err *e)
{
    const unsigned char *at = k->data;
    if (strcmp(k->label, PEM_STRING_PKCS8) == 0 || strstr(k->header, "ENCRYPTED")) {
        err_set(e, ERR_UNSUPPORTED, "the private key is encrypted");
        return err_help(e, "Remove its passphrase first: openssl pkey -in KEY.pem -out PLAIN.pem");
    }
    if (b->key)
        return err_set(e, ERR_INVALID, "more than one private key");
    b->key = d2i_AutoPrivateKey(NULL, &at, k->len);
    return b->key || openssl_error(e, ERR_PARSE, "the private key cannot be read");
}

static bool add_block(struct tls_bundle *b, const struct block *k, struct err *e)
{
    static const char key_ending[] = "PRIVATE KEY";
    if (strcmp(k->label, PEM_STRING_X509) == 0 || strcmp(k->label, PEM_STRING_X509_OLD) == 0 ||
        strcmp(k->label, PEM_STRING_X509_TRUSTED) == 0)
        return add_certificate(b, k, e);
    if (str_ends(str_of(k->label), str_of(key_ending)))
        return add_key(b, k, e);
    return true; /* parameters of curves, for example, which the key has, too */
}

/* Block after block, up to the end of the text. */
static bool read_blocks(struct tls_bundle *b, str pem, struct err *e)
{
    BIO *in = BIO_new_mem_buf(pem.len ? pem.ptr : "", (int)pem.len);
    bool ok = in != NULL;
    unsigned blocks = 0;
    while (ok) {
        struct block k = { 0 };
        if (!PEM_read_bio(in, &k.label, &k.header, &k.data, &k.len))
            break;
        blocks++;
        ok = add_block(b, &k, e);
        block_free(&k);
    }
    BIO_free(in);
    if (!ok)
        return false;
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return openssl_error(e, ERR_PARSE, "PEM block %u cannot be read", blocks + 1);
    ERR_clear_error();
    return true;
}

static bool check_key(const struct tls_bundle *b, struct err *e)
{
    if (!b->key || X509_check_private_key(b->own, b->key) == 1)
        return true;
    err_set(e, ERR_INVALID, "the private key does not belong to the first certificate");
    for (int i = 0; i < sk_X509_num(b->chain); i++)
        if (X509_check_private_key(sk_X509_value(b->chain, i), b->key) == 1)
            err_help(e, "It belongs to certificate %d: that one must come first, then its issuer.", i + 2);
    err_help(e, "Join the certificate, its chain and the key that it was made with.");
    ERR_clear_error();
    return false;
}

static void describe(struct tls_bundle *b)
{
    b->count = (uint32_t)sk_X509_num(b->chain) + 1;
    b->certificates = arena_new(&b->arena, struct tls_certificate, b->count);
    tls_describe_certificate(&b->arena, b->own, &b->certificates[0]);
    for (uint32_t i = 1; i < b->count; i++)
        tls_describe_certificate(&b->arena, sk_X509_value(b->chain, (int)i - 1), &b->certificates[i]);
    b->key_kind = tls_describe_key(&b->arena, b->key);
    ERR_clear_error(); /* names without an encoding are left out */
}

static bool fill(struct tls_bundle *b, str pem, struct err *e)
{
    if (pem.len > TLS_BUNDLE_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "larger than %d bytes", TLS_BUNDLE_BYTES_MAX);
    if (!read_blocks(b, pem, e))
        return false;
    if (!b->own) {
        err_set(e, ERR_PARSE, "no certificate");
        return err_help(e,
                        "A bundle is PEM text: the certificate, its chain and its private key, one after the other.");
    }
    if (!check_key(b, e))
        return false;
    describe(b);
    return true;
}

bool tls_bundle_parse(str pem, struct tls_bundle **ret, struct err *e)
{
    struct tls_bundle *b = mem_new(struct tls_bundle);
    atomic_init(&b->refs, 1);
    arena_init(&b->arena);
    b->chain = sk_X509_new_null();
    ERR_clear_error();
    if (fill(b, pem, e)) {
        *ret = b;
        return true;
    }
    tls_bundle_release(b);
    return false;
}

struct tls_bundle *tls_bundle_retain(struct tls_bundle *b)
{
    atomic_fetch_add(&b->refs, 1);
    return b;
}

void tls_bundle_release(struct tls_bundle *b)
{
    if (!b || atomic_fetch_sub(&b->refs, 1) > 1)
        return;
    X509_free(b->own);
    sk_X509_pop_free(b->chain, X509_free);
    EVP_PKEY_free(b->key);
    arena_fini(&b->arena);
    mem_free(b);
}

uint32_t tls_bundle_chain(const struct tls_bundle *b, const struct tls_certificate **ret)
{
    *ret = b->certificates;
    return b->count;
}

str tls_bundle_key(const struct tls_bundle *b)
{
    return b->key_kind;
}
