/* Tests of io/tls/bundle.c and describe.c. */
#include "io/tls/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "credentials.h"

static void described(void **state)
{
    struct credentials a, issuer;
    char pem[8192];
    struct tls_bundle *b = NULL;
    struct err e = ERR_INIT;
    const struct tls_certificate *chain;
    (void)state;
    credentials_make(&a, "example.com", "DNS:example.com,DNS:*.example.org,IP:127.0.0.1");
    credentials_make(&issuer, "An issuer", NULL);
    snprintf(pem, sizeof(pem), "%swords between\n%s%s", a.key, a.certificate, issuer.certificate);
    assert_true(tls_bundle_parse(str_of(pem), &b, &e));
    assert_true(str_eq(tls_bundle_key(b), STR("ECDH")));
    assert_int_equal(tls_bundle_chain(b, &chain), 2);
    assert_true(str_eq(chain[0].subject.common_name, STR("example.com")));
    assert_true(str_eq(chain[0].subject.organization, STR("Bürth")));
    assert_true(str_eq(chain[0].subject.country, STR("DE")));
    assert_null(chain[0].subject.locality.ptr);
    assert_int_equal(chain[0].subject.alt_count, 2); /* of DNS */
    assert_true(str_eq(chain[0].subject.alt_names[1], STR("*.example.org")));
    assert_true(str_eq(chain[0].since, STR("Jan  2 03:04:05 2020 GMT")));
    assert_true(str_eq(chain[0].until, STR("Dec 31 23:59:59 2049 GMT")));
    assert_true(str_eq(chain[1].subject.common_name, STR("An issuer")));
    assert_int_equal(chain[1].subject.alt_count, 0);
    tls_bundle_release(tls_bundle_retain(b));
    tls_bundle_release(b);

    /* Certificates alone: to look at, not to serve with. */
    assert_true(tls_bundle_parse(str_of(a.certificate), &b, &e));
    assert_null(tls_bundle_key(b).ptr);
    tls_bundle_release(b);
    tls_bundle_release(NULL);
}

static void refused(void **state)
{
    static const struct {
        const char *name, *form; /* 1: certificate, 2: its key, 3: another's certificate, 4: another's key */
        enum err_kind kind;
        const char *want;
    } cases[] = {
        { "nothing", "", ERR_PARSE, "no certificate" },
        { "words", "hello", ERR_PARSE, "no certificate" },
        { "a key alone", "2", ERR_PARSE, "no certificate" },
        { "another's key", "14", ERR_INVALID, "does not belong to the first certificate" },
        { "the issuer's key", "134", ERR_INVALID, "does not belong to the first certificate" },
        { "two keys", "124", ERR_INVALID, "more than one private key" },
        { "cut off", "1-----BEGIN CERTIFICATE-----\nMIIB\n", ERR_PARSE, "PEM block 2 cannot be read" },
        { "no base64", "1-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", ERR_PARSE,
          "PEM block 2 cannot" },
        { "no certificate inside", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", ERR_PARSE,
          "certificate 1 cannot be read" },
        { "no key inside", "1-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", ERR_PARSE,
          "the private key cannot be read" },
        { "an encrypted key", "1-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
          ERR_UNSUPPORTED, "the private key is encrypted" },
    };
    struct credentials a, other;
    (void)state;
    credentials_make(&a, "a", NULL);
    credentials_make(&other, "other", NULL);
    const char *parts[] = { a.certificate, a.key, other.certificate, other.key };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char pem[16384] = "";
        size_t len = 0;
        const char *at = cases[i].form;
        for (; *at >= '1' && *at <= '4'; at++)
            len += (size_t)snprintf(pem + len, sizeof(pem) - len, "%s", parts[*at - '1']);
        snprintf(pem + len, sizeof(pem) - len, "%s", at);
        struct tls_bundle *b = NULL;
        struct err e = ERR_INIT;
        bool ok = tls_bundle_parse(str_of(pem), &b, &e);
        if (e.kind != cases[i].kind || !strstr(e.text, cases[i].want) || ok != (cases[i].kind == ERR_NONE))
            fail_msg("%s: got '%s'", cases[i].name, e.text);
        tls_bundle_release(b);
    }
}

static void limits(void **state)
{
    static char large[TLS_BUNDLE_BYTES_MAX + 1];
    struct tls_bundle *b = NULL;
    struct err e = ERR_INIT;
    (void)state;
    memset(large, '\n', sizeof(large));
    assert_false(tls_bundle_parse(str_from(large, sizeof(large)), &b, &e));
    assert_int_equal(e.kind, ERR_LIMIT);

    struct credentials a;
    credentials_make(&a, "a", NULL);
    size_t n = strlen(a.certificate);
    for (int i = 0; i <= TLS_BUNDLE_CHAIN_MAX; i++)
        memcpy(large + (size_t)i * n, a.certificate, n);
    err_clear(&e);
    assert_false(tls_bundle_parse(str_from(large, n * (TLS_BUNDLE_CHAIN_MAX + 1)), &b, &e));
    assert_string_equal(e.text, "more than 64 certificates");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(described), cmocka_unit_test(refused),
                                        cmocka_unit_test(limits) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
