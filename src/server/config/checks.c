/* Checks of values: see checks.h. What routes compile is compiled here, too, and thrown away. */
#include "server/config/checks.h"

#include "base/buf.h"
#include "io/net/address.h"
#include "server/config/options.h"
#include "server/route/route.h"

/* An error of a compiler, at the value. */
static bool compiled(struct validation *v, const struct json *value, bool ok)
{
    if (!ok)
        v->value = value;
    return ok;
}

bool check_unsupported(struct validation *v, str name, const struct json *value)
{
    return schema_error(v, value, "The \"%.*s\" option is not supported yet.", STR_ARG(name));
}

/* --- Numbers and strings --- */

bool check_not_negative(struct validation *v, str name, const struct json *value)
{
    return json_integer_of(value) >= 0 ||
           schema_error(v, value, "The \"%.*s\" number must not be negative.", STR_ARG(name));
}

bool check_at_least_1(struct validation *v, str name, const struct json *value)
{
    return json_integer_of(value) >= 1 ||
           schema_error(v, value, "The \"%.*s\" number must be equal to or greater than 1.", STR_ARG(name));
}

bool check_backlog(struct validation *v, str name, const struct json *value)
{
    int64_t n = json_integer_of(value);
    if (n < -1)
        return schema_error(v, value, "The \"%.*s\" number must be equal to or greater than -1.", STR_ARG(name));
    return n <= INT32_MAX || schema_error(v, value, "The \"%.*s\" number must not exceed 2147483647.", STR_ARG(name));
}

bool check_strings(struct validation *v, str name, const struct json *value)
{
    for (uint32_t i = 0; value->kind == JSON_ARRAY && i < value->count; i++)
        if (value->items[i]->kind != JSON_STRING)
            return schema_error(v, value->items[i], "The \"%.*s\" array must contain only string values.",
                                STR_ARG(name));
    return true;
}

bool check_template(struct validation *v, str name, const struct json *value)
{
    struct template t;
    return compiled(v, value, template_compile(v->arena, value->text, name, &t, v->e));
}

bool check_access_log(struct validation *v, str name, const struct json *value)
{
    return value->text.len || schema_error(v, value, "The \"%.*s\" string must not be empty.", STR_ARG(name));
}

/* --- Listeners --- */

bool check_pass(struct validation *v, str name, const struct json *value)
{
    const struct check_world *world = v->world;
    struct target target;
    (void)name;
    if (target_compile(v->arena, world->names, value->text, &target, v->e))
        return true;
    v->value = value;
    return err_help(v->e, "Define what it names first: \"applications/NAME\", \"routes\" or \"routes/NAME\".");
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
    return check_strings(v, name, value) && compiled(v, value, address_patterns_compile(v->arena, value, &p, v->e));
}

bool check_forwarded(struct validation *v, str name, const struct json *value)
{
    (void)name;
    return json_get(value, STR("client_ip")) || json_get(value, STR("protocol")) || !json_get(value, STR("source")) ||
           schema_error(v, value,
                        "The \"forwarded\" object must have either \"client_ip\" or \"protocol\" option set.");
}

/* --- Matches --- */

bool check_match(struct validation *v, str name, const struct json *value)
{
    struct match m;
    return check_strings(v, name, value) && compiled(v, value, match_compile_member(v->arena, name, value, &m, v->e));
}

static bool check_match_set(struct validation *v, str name, const struct json *value)
{
    if (value->kind != JSON_OBJECT)
        return schema_error(v, value, "The \"%.*s\" array must contain only object values.", STR_ARG(name));
    for (uint32_t i = 0; i < value->count; i++) {
        const struct json_member *m = &value->members[i];
        if (m->value->kind != JSON_STRING && m->value->kind != JSON_ARRAY)
            return schema_error(v, m->value, "The \"%.*s\" value must be either a string or an array, but not %s.",
                                STR_ARG(m->name), json_kind_name(m->value->kind));
        if (!check_strings(v, m->name, m->value))
            return false;
    }
    return true;
}

bool check_match_sets(struct validation *v, str name, const struct json *value)
{
    struct match m;
    bool ok = value->kind == JSON_OBJECT ? check_match_set(v, name, value)
                                         : schema_validate_items(v, name, value, check_match_set);
    return ok && compiled(v, value, match_compile_member(v->arena, name, value, &m, v->e));
}

/* --- Actions --- */

bool check_response_header(struct validation *v, str name, const struct json *value)
{
    if (str_eq_nocase(name, STR("content-length")))
        return schema_error(v, value, "The \"%.*s\" response header value is not supported", STR_ARG(name));
    return value->kind == JSON_NULL || check_template(v, STR("response_headers"), value);
}

bool check_return(struct validation *v, str name, const struct json *value)
{
    int64_t n = json_integer_of(value);
    (void)name;
    return (n >= 0 && n <= 999) ||
           schema_error(v, value, "The \"return\" value is out of allowed HTTP status code range 0-999.");
}

static bool check_share_item(struct validation *v, str name, const struct json *value)
{
    if (value->kind != JSON_STRING)
        return schema_error(v, value, "The \"share\" array must contain only string values.");
    return check_template(v, name, value);
}

bool check_share(struct validation *v, str name, const struct json *value)
{
    if (value->kind == JSON_STRING)
        return check_share_item(v, name, value);
    if (!value->count)
        return schema_error(v, value, "The \"share\" array must contain at least one element.");
    return schema_validate_items(v, name, value, check_share_item);
}

bool check_types(struct validation *v, str name, const struct json *value)
{
    struct patterns p;
    return check_strings(v, name, value) &&
           compiled(v, value, patterns_compile(v->arena, value, PATTERN_NOCASE, false, &p, v->e));
}

bool check_action(struct validation *v, str name, const struct json *value)
{
    static const struct {
        str option;
        const struct schema *schema;
    } kinds[] = {
        { STR_INIT("pass"), &options_action_pass },
        { STR_INIT("return"), &options_action_return },
        { STR_INIT("share"), &options_action_share },
        { STR_INIT("proxy"), &options_action_proxy },
    };
    const struct schema *found = NULL;
    (void)name;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!json_get(value, kinds[i].option))
            continue;
        if (found)
            return schema_error(v, value,
                                "The \"action\" object must have just one of \"pass\", \"return\", \"share\", or "
                                "\"proxy\" options set.");
        found = kinds[i].schema;
    }
    if (!found)
        return schema_error(v, value,
                            "The \"action\" object must have either \"pass\", \"return\", \"share\", or \"proxy\" "
                            "option set.");
    return schema_validate(v, found, value);
}

static bool check_step(struct validation *v, str name, const struct json *value)
{
    if (value->kind != JSON_OBJECT)
        return schema_error(v, value, "The \"%.*s\" array must contain only object values.", STR_ARG(name));
    return schema_validate(v, &options_step, value);
}

bool check_steps(struct validation *v, str name, const struct json *value)
{
    return schema_validate_items(v, name, value, check_step);
}

bool check_routes(struct validation *v, str name, const struct json *value)
{
    return value->kind == JSON_OBJECT || check_steps(v, name, value);
}

/* --- Applications --- */

bool check_processes(struct validation *v, str name, const struct json *value)
{
    if (value->kind == JSON_INTEGER)
        return check_at_least_1(v, name, value);
    const struct json *spare = json_get(value, STR("spare")), *max = json_get(value, STR("max"));
    bool ok = !spare || spare->kind != JSON_INTEGER || (max && max->kind != JSON_INTEGER) ||
              json_integer_of(spare) <= (max ? json_integer_of(max) : 1);
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
    return !value->count ||
           schema_error(v, value, "The \"access.filesystem\" option is not supported yet: components have no files.");
}

bool check_application(struct validation *v, str name, const struct json *value)
{
    const struct json *type = json_get(value, STR("type"));
    (void)name;
    if (!type || type->kind != JSON_STRING)
        return schema_error(v, value, "Application must have the \"type\" property set.");
    if (str_eq(type->text, str_of(options_app_types)))
        return schema_validate(v, &options_component, value);
    schema_error(v, type, "The module to run \"%.*s\" is not found among the available application modules.",
                 STR_ARG(type->text));
    return err_help(v->e, "Applications of the type \"%s\" are supported.", options_app_types);
}
