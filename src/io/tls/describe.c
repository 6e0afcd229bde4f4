/* Describing certificates and keys: what bundle.h tells of them. */
#include "io/tls/bundle_types.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

/* OpenSSL checks the encoding that the string's type claims. */
static str text_of(struct arena *a, const ASN1_STRING *s)
{
    unsigned char *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, s);
    if (len < 0)
        return STR_NONE;
    str text = str_dup(a, str_from((const char *)utf8, (size_t)len));
    OPENSSL_free(utf8);
    return text;
}

static str entry(struct arena *a, const X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    return at < 0 ? STR_NONE : text_of(a, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

static void describe_alt_names(struct arena *a, const X509 *x, int nid, struct tls_name *ret)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x, nid, NULL, NULL);
    int count = sk_GENERAL_NAME_num(names); /* -1 without names */
    str *texts = arena_new(a, str, count > 0 ? (size_t)count : 0);
    for (int i = 0; i < count; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        str text = name->type == GEN_DNS ? text_of(a, name->d.dNSName) : STR_NONE;
        if (text.ptr)
            texts[ret->alt_count++] = text;
    }
    ret->alt_names = texts;
    GENERAL_NAMES_free(names);
}

static void describe_name(struct arena *a, const X509_NAME *name, struct tls_name *ret)
{
    *ret = (struct tls_name){
        .common_name = entry(a, name, NID_commonName),
        .country = entry(a, name, NID_countryName),
        .state_or_province = entry(a, name, NID_stateOrProvinceName),
        .locality = entry(a, name, NID_localityName),
        .organization = entry(a, name, NID_organizationName),
        .department = entry(a, name, NID_organizationalUnitName),
    };
}

static str describe_time(struct arena *a, const ASN1_TIME *t)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *data = NULL;
    str text = STR_NONE;
    if (out && ASN1_TIME_print(out, t)) {
        long len = BIO_get_mem_data(out, &data);
        text = str_dup(a, str_from(data, (size_t)len));
    }
    BIO_free(out);
    return text;
}

void tls_describe_certificate(struct arena *a, const X509 *x, struct tls_certificate *ret)
{
    describe_name(a, X509_get_subject_name(x), &ret->subject);
    describe_alt_names(a, x, NID_subject_alt_name, &ret->subject);
    describe_name(a, X509_get_issuer_name(x), &ret->issuer);
    describe_alt_names(a, x, NID_issuer_alt_name, &ret->issuer);
    ret->since = describe_time(a, X509_get0_notBefore(x));
    ret->until = describe_time(a, X509_get0_notAfter(x));
}

str tls_describe_key(struct arena *a, const EVP_PKEY *key)
{
    if (!key)
        return STR_NONE;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return str_printf(a, "RSA (%d bits)", EVP_PKEY_get_bits(key));
    case EVP_PKEY_DH: return str_printf(a, "DH (%d bits)", EVP_PKEY_get_bits(key));
    case EVP_PKEY_EC: return STR("ECDH");
    default: return STR("unknown");
    }
}
