/* Tests of io/tls/context.c, names.c and ticket_seal.c: what a client gets. */
#include "io/tls/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "client.h"
#include "credentials.h"

static struct tls_context *context_new(const struct tls_settings *s)
{
    struct tls_context *c = NULL;
    struct err e = ERR_INIT;
    if (!tls_context_new(s, &c, &e))
        fail_msg("%s", e.text);
    return c;
}

static void by_name(void **state)
{
    static const struct {
        const char *asked, *want;
    } cases[] = {
        { NULL, "first.example" },
        { "unknown.example", "first.example" },
        { "second.example", "second.example" },
        { "SECOND.example", "second.example" },
        { "alias.example", "second.example" },
        { "www.second.example", "*.second.example" },
        { "a.b.second.example", "first.example" },
        { "exact.second.example", "exact" },
        { "first.example", "first.example" },
    };
    (void)state;
    struct tls_bundle *bundles[] = {
        credentials_bundle("first.example", NULL),
        credentials_bundle("second.example", "DNS:alias.example,DNS:first.example"),
        credentials_bundle("*.second.example", NULL),
        credentials_bundle("exact", "DNS:exact.second.example"),
    };
    struct tls_context *context =
        context_new(&(struct tls_settings){ .bundles = bundles, .bundle_count = ARRAY_LEN(bundles) });
    assert_true(tls_context_is_of(context, bundles, ARRAY_LEN(bundles)));
    assert_false(tls_context_is_of(context, bundles, 1));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct client c;
        char name[64];
        client_open(&c, context, &(struct client_options){ .name = cases[i].asked });
        assert_true(client_connect(&c));
        if (strcmp(client_peer_name(&c, name), cases[i].want) != 0)
            fail_msg("%s: got %s", cases[i].asked ? cases[i].asked : "no name", name);
        client_close(&c);
    }
    tls_context_release(context);
    for (size_t i = 0; i < ARRAY_LEN(bundles); i++)
        tls_bundle_release(bundles[i]);
}

static void protocols(void **state)
{
    static const str names[] = { STR_INIT("h2"), STR_INIT("http/1.1") };
    struct tls_bundle *b = credentials_bundle("a", NULL);
    struct tls_context *context = context_new(
        &(struct tls_settings){ .bundles = &b, .bundle_count = 1, .protocols = names, .protocol_count = 2 });
    static const char *offers[] = { "h2", "http/1.1", NULL };
    (void)state;
    tls_bundle_release(b);
    for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
        struct client c;
        client_open(&c, context, &(struct client_options){ .protocol = offers[i] });
        assert_true(client_connect(&c));
        assert_true(str_eq(tls_stream_protocol(&c.server), str_of(offers[i] ? offers[i] : "")));
        client_close(&c);
    }
    tls_context_release(context);
}

/* Whether a session that `first` gave is resumed by `second`. */
static bool resumes(struct tls_context *first, struct tls_context *second, int version)
{
    struct client c;
    client_open(&c, first, &(struct client_options){ .version = version });
    assert_true(client_connect(&c));
    client_run(&c);
    SSL_SESSION *session = c.session;
    client_close(&c);
    if (!session || !SSL_SESSION_is_resumable(session)) {
        SSL_SESSION_free(session);
        return false;
    }
    client_open(&c, second, &(struct client_options){ .version = version, .resume = session });
    assert_true(client_connect(&c));
    bool reused = SSL_session_reused(c.ssl);
    SSL_SESSION_free(c.session);
    client_close(&c);
    SSL_SESSION_free(session);
    return reused;
}

static void sessions(void **state)
{
    static const struct {
        const char *name;
        uint32_t cache_size;
        enum tls_tickets tickets;
        bool want;
    } cases[] = {
        { "nothing", 0, TLS_TICKETS_OFF, false },
        { "a cache", 100, TLS_TICKETS_OFF, true },
        { "tickets", 0, TLS_TICKETS_OWN, true },
        { "both", 100, TLS_TICKETS_OWN, true },
    };
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    struct tls_bundle *b = credentials_bundle("a", NULL);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases) * ARRAY_LEN(versions); i++) {
        size_t k = i / ARRAY_LEN(versions);
        int version = versions[i % ARRAY_LEN(versions)];
        struct tls_context *context = context_new(&(struct tls_settings){
            .bundles = &b,
            .bundle_count = 1,
            .cache_size = cases[k].cache_size,
            .session_timeout = duration_s(300),
            .tickets = cases[k].tickets,
        });
        if (resumes(context, context, version) != cases[k].want)
            fail_msg("%s, version %x", cases[k].name, version);
        tls_context_release(context);
    }
    tls_bundle_release(b);
}

static struct tls_context *context_with_keys(struct tls_bundle *b, const struct tls_ticket_key *keys, uint32_t count)
{
    return context_new(&(struct tls_settings){
        .bundles = &b,
        .bundle_count = 1,
        .session_timeout = duration_s(300),
        .tickets = TLS_TICKETS_KEYS,
        .keys = keys,
        .key_count = count,
    });
}

/* Keys rotate: a new one is added, servers that know it take tickets of both, then the old one goes. */
static void ticket_keys(void **state)
{
    const struct tls_ticket_key keys[] = {
        { .name = { 1 }, .mac = { 2 }, .aes = { 3 }, .secret_bytes = 16 },
        { .name = { 4 }, .mac = { 5 }, .aes = { 6 }, .secret_bytes = 32 },
    };
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    struct tls_bundle *b = credentials_bundle("a", NULL);
    struct tls_context *old = context_with_keys(b, keys, 1), *both = context_with_keys(b, keys, 2),
                       *new = context_with_keys(b, keys + 1, 1);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        assert_true(resumes(old, old, versions[i]));
        assert_true(resumes(old, both, versions[i]));
        assert_true(resumes(both, new, versions[i]));
        assert_false(resumes(old, new, versions[i]));
        assert_false(resumes(new, old, versions[i]));
    }
    tls_context_release(old);
    tls_context_release(both);
    tls_context_release(new);
    tls_bundle_release(b);
}

static void no_key(void **state)
{
    struct credentials a;
    struct tls_bundle *b = NULL;
    struct tls_context *context = NULL;
    struct err e = ERR_INIT;
    (void)state;
    credentials_make(&a, "a", NULL);
    assert_true(tls_bundle_parse(str_of(a.certificate), &b, &e));
    assert_false(tls_context_new(&(struct tls_settings){ .bundles = &b, .bundle_count = 1 }, &context, &e));
    assert_string_equal(e.text, "the bundle has no private key");
    tls_bundle_release(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(by_name), cmocka_unit_test(protocols),
                                        cmocka_unit_test(sessions), cmocka_unit_test(ticket_keys),
                                        cmocka_unit_test(no_key) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
