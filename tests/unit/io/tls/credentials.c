/* Certificates and keys for tests: see credentials.h. */
#include "credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <cmocka.h>

static void take_text(BIO *from, char *out, size_t room)
{
    int n = BIO_read(from, out, (int)room - 1);
    assert_true(n > 0);
    out[n] = '\0';
    BIO_free(from);
}

void credentials_make(struct credentials *c, const char *common_name, const char *alt_names)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    assert_non_null(key);
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(x), "20200102030405Z");
    ASN1_TIME_set_string(X509_getm_notAfter(x), "20491231235959Z");
    X509_set_pubkey(x, key);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8, (const unsigned char *)"DE", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Bürth", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0);
    X509_set_issuer_name(x, name);
    if (alt_names) {
        X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alt_names);
        assert_non_null(e);
        X509_add_ext(x, e, -1);
        X509_EXTENSION_free(e);
    }
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    BIO *out = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(out, x), 1);
    take_text(out, c->certificate, sizeof(c->certificate));
    out = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
    take_text(out, c->key, sizeof(c->key));
    X509_free(x);
    EVP_PKEY_free(key);
}

struct tls_bundle *credentials_bundle(const char *common_name, const char *alt_names)
{
    struct credentials c;
    char pem[4096];
    struct tls_bundle *b = NULL;
    struct err e = ERR_INIT;
    credentials_make(&c, common_name, alt_names);
    snprintf(pem, sizeof(pem), "%s%s", c.certificate, c.key);
    assert_true(tls_bundle_parse(str_of(pem), &b, &e));
    return b;
}
