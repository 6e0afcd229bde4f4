/* Certificates through the control API: see certificate_call.h. Texts and statuses are NGINX Unit's. */
#include "server/control/certificate_call.h"

#include "io/tls/bundle.h"
#include "server/certificate/certificates.h"
#include "server/certificate/describe.h"
#include "server/control/control_types.h"
#include "server/generation.h"
#include "server/log.h"

static const char no_certificate[] = "Certificate doesn't exist.";

void certificate_call_read(struct call *call)
{
    const struct certificates *all = call->control->options.certificates;
    const struct path p = path_rest(call->path);
    if (!p.len) {
        call_answer(call, 200, certificates_describe(&call->arena, all));
        return;
    }
    const struct certificate *c = certificates_find(all, p.at[0]);
    if (!c) {
        call_error(call, 404, no_certificate);
        return;
    }
    const struct json *value = path_find(certificate_describe(&call->arena, c->bundle), path_rest(p));
    if (value)
        call_answer(call, 200, value);
    else
        call_error(call, 404, "Invalid path.");
}

static void tell_failure(struct call *call, const char *text, const struct err *e)
{
    log_alert(call->control->options.log, text, LOG_STR("why", str_of(e->text)));
    call_error(call, 500, text);
}

static void upload(struct call *call, str name)
{
    const struct control_options *o = &call->control->options;
    struct tls_bundle *bundle = NULL;
    struct err e = ERR_INIT;
    if (certificates_find(o->certificates, name)) {
        call_error(call, 400, "Certificate already exists.");
    } else if (!tls_bundle_parse(buf_str(&call->body), &bundle, &e)) {
        str why = str_printf(&call->arena, "%s%s%s", e.text, e.help[0] ? ". " : "", e.help);
        call_error_detail(call, 400, "Invalid certificate.", why);
    } else if (!o->store_certificate(o->ctx, name, buf_str(&call->body), &e)) {
        tls_bundle_release(bundle);
        tell_failure(call, "Failed to store certificate.", &e);
    } else {
        certificates_add(o->certificates, name, bundle);
        call_success(call, "Certificate chain uploaded.");
    }
}

static bool names(const struct json *certificate, str name)
{
    if (!certificate || certificate->kind == JSON_STRING)
        return certificate && str_eq(certificate->text, name);
    for (uint32_t i = 0; i < certificate->count; i++)
        if (str_eq(certificate->items[i]->text, name))
            return true;
    return false;
}

static bool is_used(const struct generation *g, str name)
{
    const struct json *listeners = g ? json_get(g->config, STR("listeners")) : NULL;
    for (uint32_t i = 0; listeners && i < listeners->count; i++)
        if (names(json_get(json_get(listeners->members[i].value, STR("tls")), STR("certificate")), name))
            return true;
    return false;
}

static void delete (struct call *call, str name)
{
    const struct control_options *o = &call->control->options;
    struct certificate *c = certificates_find(o->certificates, name);
    struct err e = ERR_INIT;
    if (!c) {
        call_error(call, 404, no_certificate);
    } else if (is_used(call->control->current, name)) {
        call_error(call, 400, "Certificate is used in the configuration.");
    } else if (!o->delete_certificate(o->ctx, name, &e)) {
        tell_failure(call, "Failed to delete certificate.", &e);
    } else {
        certificates_remove(o->certificates, c);
        call_success(call, "Certificate deleted.");
    }
}

void certificate_call_change(struct call *call)
{
    str name = call->path.len == 2 ? call->path.at[1] : STR("");
    if (!certificate_name_valid(name))
        call_error(call, 400, "Invalid certificate name.");
    else if (call->kind == CALL_PUT)
        upload(call, name);
    else
        delete (call, name);
}
