/* Checks of a listener's `tls`. */
#include "io/tls/bundle.h"
#include "io/tls/context.h"
#include "io/tls/ticket.h"
#include "server/certificate/certificates.h"
#include "server/config/checks.h"

static bool check_certificate_name(struct validation *v, const struct json *value)
{
    const struct check_world *world = v->world;
    if (!world->certificates)
        return true;
    const struct certificate *c = certificates_find(world->certificates, value->text);
    if (!c) {
        schema_error(v, value, "Certificate \"%.*s\" is not found.", STR_ARG(value->text));
        return err_help(v->e, "Upload it first: PUT /certificates/NAME with the key and its certificates as PEM.");
    }
    if (tls_bundle_key(c->bundle).ptr)
        return true;
    schema_error(v, value, "Certificate \"%.*s\" has no private key.", STR_ARG(value->text));
    return err_help(v->e, "Upload a bundle that has the key, too, under another name.");
}

bool check_certificate(struct validation *v, str name, const struct json *value)
{
    if (value->kind == JSON_STRING)
        return check_certificate_name(v, value);
    if (!value->count)
        return schema_error(v, value, "The \"%.*s\" array must contain at least one element.", STR_ARG(name));
    for (uint32_t i = 0; i < value->count; i++)
        if (!check_certificate_name(v, value->items[i]))
            return false;
    return true;
}

bool check_tls_command(struct validation *v, str name, const struct json *value)
{
    const struct tls_command command = { name, value->text };
    struct err e = ERR_INIT;
    if (tls_command_check(&command, &e))
        return true;
    schema_error(v, value, "%s", e.text);
    return err_help(v->e, "%s", e.help);
}

static bool check_ticket_key(struct validation *v, const struct json *value)
{
    struct tls_ticket_key key;
    size_t len = 0;
    switch (tls_ticket_key_parse(value->text, &key, &len)) {
    case TLS_TICKET_OK: return true;
    case TLS_TICKET_NO_BASE64:
        schema_error(v, value, "Invalid Base64 format for the ticket key \"%.*s\".", STR_ARG(value->text));
        break;
    case TLS_TICKET_BAD_LENGTH:
        schema_error(v, value, "Invalid length %zu of the ticket key \"%.*s\". Must be 48 or 80 bytes.", len,
                     STR_ARG(value->text));
        break;
    }
    return err_help(v->e, "Make one: openssl rand -base64 48");
}

bool check_ticket_keys(struct validation *v, str name, const struct json *value)
{
    (void)name;
    if (value->kind == JSON_STRING)
        return check_ticket_key(v, value);
    for (uint32_t i = 0; value->kind == JSON_ARRAY && i < value->count; i++)
        if (!check_ticket_key(v, value->items[i]))
            return false;
    return true;
}
