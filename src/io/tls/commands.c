/* OpenSSL's configuration commands. */
#include <openssl/err.h>

#include "io/tls/context_types.h"
#include "io/tls/openssl_error.h"

static bool apply(SSL_CONF_CTX *conf, const struct tls_command *c, struct err *e)
{
    char *name = str_to_path(c->name), *value = str_to_path(c->value);
    int result = name && value ? SSL_CONF_cmd(conf, name, value) : -2;
    mem_free(name);
    mem_free(value);
    if (result > 0)
        return true;
    if (result == -2)
        err_set(e, ERR_INVALID, "\"%.*s\" is no configuration command of OpenSSL", STR_ARG(c->name));
    else if (ERR_peek_error())
        openssl_error(e, ERR_INVALID, "the command \"%.*s\"", STR_ARG(c->name));
    else
        err_set(e, ERR_INVALID, "the command \"%.*s\" does not take the value \"%.*s\"", STR_ARG(c->name),
                STR_ARG(c->value));
    ERR_clear_error();
    return err_help(e, "SSL_CONF_cmd(3) lists them, such as \"MinProtocol\", \"CipherString\" and \"Ciphersuites\".");
}

bool tls_commands_apply(SSL_CTX *ssl, const struct tls_command *commands, uint32_t count, struct err *e)
{
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    bool ok = conf != NULL;
    if (!ok)
        return openssl_error(e, ERR_SYSTEM, "configuration commands");
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE |
                                     SSL_CONF_FLAG_SHOW_ERRORS);
    SSL_CONF_CTX_set_ssl_ctx(conf, ssl);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = apply(conf, &commands[i], e);
    if (ok && SSL_CONF_CTX_finish(conf) != 1)
        ok = openssl_error(e, ERR_INVALID, "the configuration commands do not go together");
    SSL_CONF_CTX_free(conf);
    return ok;
}

bool tls_command_check(const struct tls_command *command, struct err *e)
{
    SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());
    bool ok = ssl ? tls_commands_apply(ssl, command, 1, e) : openssl_error(e, ERR_SYSTEM, "configuration commands");
    SSL_CTX_free(ssl);
    return ok;
}
