/* Checks of values: see checks.h. What routes compile is compiled here, too, and thrown away. */
#include "server/config/checks.h"

#include "io/http/message.h"
#include "io/net/address.h"
#include "server/route/compression.h"
#include "server/route/proxy.h"
#include "server/route/route.h"

/* An error of a compiler, at the value. */
static bool compiled(struct validation *v, const struct json *value, bool ok)
{
    if (!ok)
        v->at = value->at;
    return ok;
}

/* --- Strings --- */

bool check_template(struct validation *v, str name, const struct json *value)
{
    struct template t;
    return compiled(v, value, template_compile(v->arena, value->text, name, &t, v->e));
}

bool check_condition(struct validation *v, str name, const struct json *value)
{
    struct condition c;
    return compiled(v, value, condition_compile(v->arena, value->text, name, &c, v->e));
}

bool check_path(struct validation *v, str name, const struct json *value)
{
    return value->kind != JSON_STRING || value->text.len ||
           schema_error(v, value, "The \"%.*s\" string must not be empty.", STR_ARG(name));
}

bool check_format(struct validation *v, str name, const struct json *value)
{
    return value->kind == JSON_OBJECT || check_template(v, name, value);
}

bool check_format_member(struct validation *v, str name, const struct json *value)
{
    (void)name;
    return check_template(v, STR("format"), value);
}

/* --- Listeners --- */

bool check_pass(struct validation *v, str name, const struct json *value)
{
    const struct check_world *world = v->world;
    struct target target;
    (void)name;
    if (target_compile(v->arena, world->names, value->text, &target, v->e))
        return true;
    v->at = value->at;
    return false;
}

bool check_listener(struct validation *v, str name, const struct json *value)
{
    struct address a;
    if (address_parse_literal(name, &a))
        return true;
    schema_error(v, value, "The listener address \"%.*s\" is invalid.", STR_ARG(name));
    return err_help(v->e, "Write IP:PORT, \"*:PORT\", \"[IPv6]:PORT\" or \"unix:/path\".");
}

bool check_listener_application(struct validation *v, str name, const struct json *value)
{
    (void)name;
    return json_get(json_get(v->root, STR("applications")), value->text) ||
           schema_error(v, value, "Listening socket is assigned for a non existing application \"%.*s\".",
                        STR_ARG(value->text));
}

bool check_addresses(struct validation *v, str name, const struct json *value)
{
    struct address_patterns p;
    (void)name;
    return compiled(v, value, address_patterns_compile(v->arena, value, &p, v->e));
}

bool check_forwarded(struct validation *v, str name, const struct json *value)
{
    (void)name;
    return json_get(value, STR("client_ip")) || json_get(value, STR("protocol")) ||
           schema_error(v, value,
                        "The \"forwarded\" object must have either \"client_ip\" or \"protocol\" option set.");
}

/* --- Proxies --- */

bool check_proxy(struct validation *v, str name, const struct json *value)
{
    struct address ignored;
    (void)name;
    if (proxy_parse_address(value->text, &ignored))
        return true;
    schema_error(v, value, "The \"proxy\" address is invalid \"%.*s\"", STR_ARG(value->text));
    return err_help(v->e, "Write \"http://IP:PORT\", \"http://[IPv6]:PORT\" or \"http://unix:/path\"; names are not "
                          "looked up, and paths are set by \"rewrite\".");
}

bool check_upstream(struct validation *v, str name, const struct json *value)
{
    return json_get(value, STR("servers")) ||
           schema_error(v, value, "The \"%.*s\" upstream must contain \"servers\" object value.", STR_ARG(name));
}

bool check_upstream_server(struct validation *v, str name, const struct json *value)
{
    struct address ignored;
    if (address_parse_literal(name, &ignored) && str_find_char(name, '*') == SIZE_MAX)
        return true;
    schema_error(v, value, "The \"%.*s\" is not valid server address.", STR_ARG(name));
    return err_help(v->e, "Write IP:PORT, \"[IPv6]:PORT\" or \"unix:/path\"; names are not looked up.");
}

bool check_weight(struct validation *v, str name, const struct json *value)
{
    double weight = json_number_of(value);
    (void)name;
    if (weight < 0)
        return schema_error(v, value, "The \"weight\" number must be positive.");
    return weight <= UPSTREAM_WEIGHT_MAX || schema_error(v, value, "The \"weight\" number must not exceed 1,000,000");
}

/* --- Matches --- */

bool check_match(struct validation *v, str name, const struct json *value)
{
    struct match m;
    return compiled(v, value, match_compile_member(v->arena, name, value, &m, v->e));
}

/* --- Actions --- */

/* Fields that say how a message is sent: the connection's own affair. */
static bool is_framing(str name)
{
    static const str names[] = { STR_INIT("connection"), STR_INIT("keep-alive"),        STR_INIT("proxy-connection"),
                                 STR_INIT("trailer"),    STR_INIT("transfer-encoding"), STR_INIT("upgrade") };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_nocase(name, names[i]))
            return true;
    return false;
}

bool check_response_header(struct validation *v, str name, const struct json *value)
{
    if (str_eq_nocase(name, STR("content-length")) || (value->kind == JSON_STRING && is_framing(name)))
        return schema_error(v, value, "The \"%.*s\" response header value is not supported", STR_ARG(name));
    if (!http_name_valid(name))
        return schema_error(v, value, "The \"%.*s\" response header name is invalid.", STR_ARG(name));
    if (value->kind == JSON_STRING && !http_value_valid(value->text))
        return schema_error(v, value, "The \"%.*s\" response header value is invalid.", STR_ARG(name));
    return value->kind == JSON_NULL || check_template(v, STR("response_headers"), value);
}

bool check_share(struct validation *v, str name, const struct json *value)
{
    (void)name;
    if (value->kind == JSON_STRING)
        return check_template(v, STR("share"), value);
    return value->count || schema_error(v, value, "The \"share\" array must contain at least one element.");
}

bool check_share_item(struct validation *v, str name, const struct json *value)
{
    (void)name;
    return check_template(v, STR("share"), value);
}

bool check_types(struct validation *v, str name, const struct json *value)
{
    const struct pattern_options o = { .how = PATTERN_NOCASE };
    struct patterns p;
    (void)name;
    return compiled(v, value, patterns_compile(v->arena, value, &o, &p, v->e));
}

bool check_mime_types(struct validation *v, str name, const struct json *value)
{
    const struct mime_types *m;
    (void)name;
    return compiled(v, value, mime_types_compile(v->arena, value, &m, v->e));
}

/* "\"pass\", \"return\", or \"share\"". */
static str quoted_keys(struct arena *a, const struct schema_variants *variants)
{
    str text = STR("");
    for (size_t i = 0; i < variants->count; i++)
        text = str_printf(a, "%.*s%s%s\"%.*s\"", STR_ARG(text), i ? ", " : "",
                          i && i + 1 == variants->count ? "or " : "", STR_ARG(variants->at[i].key));
    return text;
}

const struct schema *choose_action(struct validation *v, const struct schema_variants *variants,
                                   const struct json *object)
{
    const struct schema *found = NULL;
    for (size_t i = 0; i < variants->count; i++) {
        if (!json_get(object, variants->at[i].key))
            continue;
        if (found) {
            schema_error(v, object, "The \"action\" object must have just one of %.*s options set.",
                         STR_ARG(quoted_keys(v->arena, variants)));
            return NULL;
        }
        found = variants->at[i].object;
    }
    if (!found)
        schema_error(v, object, "The \"action\" object must have either %.*s option set.",
                     STR_ARG(quoted_keys(v->arena, variants)));
    return found;
}

/* --- Applications --- */

bool check_processes(struct validation *v, str name, const struct json *value)
{
    (void)name;
    if (value->kind == JSON_INTEGER)
        return true;
    const struct json *spare = json_get(value, STR("spare")), *max = json_get(value, STR("max"));
    bool ok = !spare || json_integer_of(spare) <= (max ? json_integer_of(max) : 1);
    return ok || schema_error(v, spare, "The \"spare\" number must be less than or equal to \"max\".");
}

bool check_environment(struct validation *v, str name, const struct json *value)
{
    if (!name.len)
        return schema_error(v, value, "The environment name must not be empty.");
    if (str_find_char(name, '=') != SIZE_MAX)
        return schema_error(v, value, "The environment name \"%.*s\" must not contain \"=\" character.", STR_ARG(name));
    return true;
}

bool check_filesystem(struct validation *v, str name, const struct json *value)
{
    (void)name;
    if (!value->count)
        return true;
    schema_error(v, value->items[0],
                 "The \"access.filesystem\" option is not supported: components have no files yet.");
    return err_help(v->e, "Remove it, or leave it empty; serve files with \"share\", beside the application.");
}

const struct schema *choose_application(struct validation *v, const struct schema_variants *variants,
                                        const struct json *object)
{
    const struct json *type = json_get(object, str_of(variants->selector));
    str names = STR("");
    if (!type || type->kind != JSON_STRING) {
        schema_error(v, object, "Application must have the \"type\" property set.");
        return NULL;
    }
    for (size_t i = 0; i < variants->count; i++) {
        if (str_eq(type->text, variants->at[i].key))
            return variants->at[i].object;
        names = str_printf(v->arena, "%.*s%s\"%.*s\"", STR_ARG(names), i ? ", " : "", STR_ARG(variants->at[i].key));
    }
    schema_error(v, type, "The module to run \"%.*s\" is not found among the available application modules.",
                 STR_ARG(type->text));
    err_help(v->e, "Types of applications that are supported: %.*s.", STR_ARG(names));
    return NULL;
}

/* --- Settings --- */

bool check_compression(struct validation *v, str name, const struct json *value)
{
    struct compression c;
    (void)name;
    return compiled(v, value, compression_compile(v->arena, value, &c, v->e));
}
