/* Tests of io/tls/commands.c. */
#include "io/tls/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "client.h"
#include "credentials.h"

static void checked(void **state)
{
    static const struct {
        str name, value;
        const char *want; /* NULL: taken */
    } cases[] = {
        { STR_INIT("MinProtocol"), STR_INIT("TLSv1.3"), NULL },
        { STR_INIT("CipherString"), STR_INIT("DEFAULT@SECLEVEL=1"), NULL },
        { STR_INIT("ciphersuites"), STR_INIT("TLS_AES_256_GCM_SHA384"), NULL },
        { STR_INIT("Options"), STR_INIT("ServerPreference,-SessionTicket"), NULL },
        { STR_INIT("MinProtcol"), STR_INIT("TLSv1.3"), "\"MinProtcol\" is no configuration command of OpenSSL" },
        { STR_INIT("Min\0Protocol"), STR_INIT("TLSv1.3"), "is no configuration command" },
        { STR_INIT("MinProtocol"), STR_INIT("TLSv9"), "\"MinProtocol\"" },
        { STR_INIT("CipherString"), STR_INIT("no-such-cipher"), "no cipher match" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        struct tls_command command = { cases[i].name, cases[i].value };
        bool ok = tls_command_check(&command, &e);
        if (ok != !cases[i].want || (cases[i].want && (!strstr(e.text, cases[i].want) || !e.help[0])))
            fail_msg("%.*s: got '%s'", STR_ARG(cases[i].name), e.text);
    }
}

static void obeyed(void **state)
{
    const struct tls_command commands[] = { { STR("MinProtocol"), STR("TLSv1.3") } };
    struct tls_bundle *b = credentials_bundle("a", NULL);
    const struct tls_settings s = { .bundles = &b, .bundle_count = 1, .commands = commands, .command_count = 1 };
    struct tls_context *context = NULL;
    struct err e = ERR_INIT;
    struct client c;
    (void)state;
    assert_true(tls_context_new(&s, &context, &e));
    tls_bundle_release(b);
    client_open(&c, context, &(struct client_options){ .version = TLS1_2_VERSION });
    assert_false(client_connect(&c));
    assert_true(c.failed);
    client_close(&c);
    client_open(&c, context, &(struct client_options){ .version = TLS1_3_VERSION });
    assert_true(client_connect(&c));
    client_close(&c);
    tls_context_release(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(checked), cmocka_unit_test(obeyed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
