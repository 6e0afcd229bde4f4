/* TLS contexts of listeners: see build_tls.h. */
#include "server/config/build_tls.h"

#include <assert.h>

#include "io/tls/context.h"
#include "server/certificate/certificates.h"
#include "server/config/options.h"

/* One, or an array of them. */
static const struct json *element(const struct json *value, uint32_t i)
{
    return value->kind == JSON_ARRAY ? value->items[i] : value;
}

static uint32_t element_count(const struct json *value)
{
    return value->kind == JSON_ARRAY ? value->count : 1;
}

static bool set_bundles(struct arena *a, const struct json *names, const struct certificates *certificates,
                        struct tls_settings *s, struct err *e)
{
    uint32_t count = element_count(names);
    struct tls_bundle **bundles = arena_new(a, struct tls_bundle *, count);
    for (uint32_t i = 0; i < count; i++) {
        str name = element(names, i)->text;
        const struct certificate *c = certificates_find(certificates, name);
        if (!c) /* it was there when the configuration was checked */
            return err_set(e, ERR_INVALID, "certificate \"%.*s\" is not found", STR_ARG(name));
        bundles[i] = c->bundle;
    }
    s->bundles = bundles;
    s->bundle_count = count;
    return true;
}

static void set_commands(struct arena *a, const struct json *object, struct tls_settings *s)
{
    uint32_t count = object ? object->count : 0;
    struct tls_command *commands = arena_new(a, struct tls_command, count);
    for (uint32_t i = 0; i < count; i++)
        commands[i] = (struct tls_command){ object->members[i].name, object->members[i].value->text };
    s->commands = commands;
    s->command_count = count;
}

static void set_tickets(struct arena *a, const struct json *tickets, struct tls_settings *s)
{
    if (!tickets || tickets->kind == JSON_BOOL) {
        s->tickets = tickets && tickets->truth ? TLS_TICKETS_OWN : TLS_TICKETS_OFF;
        return;
    }
    uint32_t count = element_count(tickets);
    struct tls_ticket_key *keys = arena_new(a, struct tls_ticket_key, count);
    for (uint32_t i = 0; i < count; i++) {
        size_t len;
        enum tls_ticket_parse parsed = tls_ticket_key_parse(element(tickets, i)->text, &keys[i], &len);
        assert(parsed == TLS_TICKET_OK); /* checked before */
    }
    s->tickets = count ? TLS_TICKETS_KEYS : TLS_TICKETS_OFF;
    s->keys = keys;
    s->key_count = count;
}

bool build_tls(struct arena *scratch, const struct json *tls, const struct certificates *certificates,
               struct tls_context *kept, struct tls_context **ret, struct err *e)
{
    static const str protocols[] = { STR_INIT("h2"), STR_INIT("http/1.1") };
    const struct json *session = json_get(tls, STR("session"));
    struct tls_settings s = {
        .protocols = protocols,
        .protocol_count = ARRAY_LEN(protocols),
        .cache_size = (uint32_t)schema_integer(&options_tls_session, session, "cache_size"),
        .session_timeout = duration_s(schema_integer(&options_tls_session, session, "timeout")),
    };
    if (!set_bundles(scratch, json_get(tls, STR("certificate")), certificates, &s, e))
        return false;
    if (kept && tls_context_is_of(kept, s.bundles, s.bundle_count)) {
        *ret = tls_context_retain(kept);
        return true;
    }
    set_commands(scratch, json_get(tls, STR("conf_commands")), &s);
    set_tickets(scratch, json_get(session, STR("tickets")), &s);
    return tls_context_new(&s, ret, e);
}
