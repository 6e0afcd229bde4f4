/* Tests of server/certificate/certificates.c and describe.c. */
#include "server/certificate/certificates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "io/tls/bundle.h"
#include "server/certificate/describe.h"

static void valid_names(void **state)
{
    static const struct {
        str name;
        bool want;
    } cases[] = {
        { STR_INIT("a"), true },    { STR_INIT("www.example.com"), true },
        { STR_INIT("a b"), true },  { STR_INIT("ä"), true },
        { STR_INIT(""), false },    { STR_INIT("."), false },
        { STR_INIT(".."), false },  { STR_INIT(".a"), false },
        { STR_INIT("a/b"), false }, { STR_INIT("a\0b"), false },
        { STR_INIT("/"), false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (certificate_name_valid(cases[i].name) != cases[i].want)
            fail_msg("'%.*s'", STR_ARG(cases[i].name));
    char longest[CERTIFICATE_NAME_MAX + 1];
    memset(longest, 'x', sizeof(longest));
    assert_true(certificate_name_valid(str_from(longest, CERTIFICATE_NAME_MAX)));
    assert_false(certificate_name_valid(str_from(longest, CERTIFICATE_NAME_MAX + 1)));
}

/* Of an elliptic curve, self-signed, until 2036. */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                          "MIIBxzCCAWygAwIBAgIUXW5cZpkXxQ23jLubOgG4zG+uwY8wCgYIKoZIzj0EAwIw\n"
                          "JDELMAkGA1UEBhMCREUxFTATBgNVBAMMDHNlZWQuZXhhbXBsZTAeFw0yNjExMjYx\n"
                          "MzA1NDlaFw0zNjExMjMxMzA1NDlaMCQxCzAJBgNVBAYTAkRFMRUwEwYDVQQDDAxz\n"
                          "ZWVkLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR2ieC2EaQ9MAhz\n"
                          "KZiIzrOlO7iWSX+FjjCqUltcoE7r7NO1nLkbYXXyTS/e2xp7eNJdaeaeVblHFHV0\n"
                          "nlBxj1c8o3wwejAdBgNVHQ4EFgQU0upM5xMbqIWd+sfmtizoULSF6XwwHwYDVR0j\n"
                          "BBgwFoAU0upM5xMbqIWd+sfmtizoULSF6XwwDwYDVR0TAQH/BAUwAwEB/zAnBgNV\n"
                          "HREEIDAegglhLmV4YW1wbGWCCyouYi5leGFtcGxlhwR/AAABMAoGCCqGSM49BAMC\n"
                          "A0kAMEYCIQCAul9yXpLuHiQxvk9eiO72u+bz2pd3F6mhtaX/VvRR7wIhAMdHd4rm\n"
                          "QPS3nxsK9wJfL7qk/OLYfvWC1XmtfjdIRiGA\n"
                          "-----END CERTIFICATE-----\n"
                          "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiKwUiIZyd+5Yp4BO\n"
                          "o4obq9svVJd2W60BFrv8orCJ33KhRANCAAR2ieC2EaQ9MAhzKZiIzrOlO7iWSX+F\n"
                          "jjCqUltcoE7r7NO1nLkbYXXyTS/e2xp7eNJdaeaeVblHFHV0nlBxj1c8\n"
                          "-----END PRIVATE KEY-----\n";

static struct tls_bundle *bundle(void)
{
    struct tls_bundle *b = NULL;
    struct err e = ERR_INIT;
    if (!tls_bundle_parse(str_of(pem), &b, &e))
        fail_msg("%s", e.text);
    return b;
}

static void kept_by_name(void **state)
{
    static const char *const names[] = { "b", "a", "ab", "aa", "c" };
    struct certificates c;
    struct buf order;
    (void)state;
    certificates_init(&c);
    buf_init(&order, BUF_NO_LIMIT);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        certificates_add(&c, str_of(names[i]), bundle());
    certificates_remove(&c, certificates_find(&c, STR("c")));
    assert_null(certificates_find(&c, STR("c")));
    assert_non_null(certificates_find(&c, STR("ab")));
    for (struct list *n = c.list.next; n != &c.list; n = n->next)
        buf_printf(&order, "%.*s ", STR_ARG(CONTAINER_OF(n, struct certificate, node)->name));
    assert_true(str_eq(buf_str(&order), STR("a aa ab b ")));
    buf_fini(&order);
    certificates_fini(&c);
}

static void described(void **state)
{
    struct certificates c;
    struct arena a;
    struct buf text;
    (void)state;
    certificates_init(&c);
    arena_init(&a);
    buf_init(&text, BUF_NO_LIMIT);
    certificates_add(&c, STR("x"), bundle());
    json_print_compact(&text, certificates_describe(&a, &c));
    buf_put_u8(&text, 0);
    assert_string_equal(
        (const char *)text.ptr,
        "{\"x\":{\"key\":\"ECDH\",\"chain\":[{\"subject\":{\"common_name\":\"seed.example\",\"alt_names\":[\"a."
        "example\",\"*.b.example\"],\"country\":\"DE\"},\"issuer\":{\"common_name\":\"seed.example\",\"country\":"
        "\"DE\"},\"validity\":{\"since\":\"Nov 26 13:05:49 2026 GMT\",\"until\":\"Nov 23 13:05:49 2036 GMT\"}}]}}");
    buf_fini(&text);
    arena_fini(&a);
    certificates_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(valid_names), cmocka_unit_test(kept_by_name),
                                        cmocka_unit_test(described) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
