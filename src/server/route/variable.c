/* Variables: see variable.h. */
#include "server/route/variable.h"

#include <inttypes.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "io/net/address.h"
#include "server/route/request.h"

/* --- The request --- */

static str var_method(struct request *r, str argument)
{
    (void)argument;
    return r->x->request.method;
}

static str var_host(struct request *r, str argument)
{
    (void)argument;
    return request_host(r);
}

static str var_uri(struct request *r, str argument)
{
    (void)argument;
    return r->uri.path;
}

static str var_request_uri(struct request *r, str argument)
{
    (void)argument;
    return r->x->request.target;
}

static str var_request_line(struct request *r, str argument)
{
    (void)argument;
    return http_request_line(&r->x->request, r->x->arena);
}

static str var_remote_addr(struct request *r, str argument)
{
    (void)argument;
    char text[ADDRESS_TEXT_MAX];
    address_print_host(r->source, text);
    return str_dup(r->x->arena, str_of(text));
}

/* The same one wherever it is asked for. */
static str var_request_id(struct request *r, str argument)
{
    (void)argument;
    uint64_t id[2] = { 0 };
    if (!r->id.ptr && getrandom(id, sizeof(id), 0) == sizeof(id))
        r->id = str_printf(r->x->arena, "%016" PRIx64 "%016" PRIx64, id[0], id[1]);
    return r->id;
}

static str var_request_time(struct request *r, str argument)
{
    (void)argument;
    uint64_t ms = (uint64_t)instant_diff(instant_now(), r->x->started).ns / 1000000;
    return str_printf(r->x->arena, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

static str var_time_local(struct request *r, str argument)
{
    (void)argument;
    char text[40];
    time_t now = (time_t)(wall_clock_ns() / 1000000000);
    struct tm tm;
    localtime_r(&now, &tm);
    size_t n = strftime(text, sizeof(text), "%d/%b/%Y:%H:%M:%S %z", &tm);
    return str_dup(r->x->arena, str_from(text, n));
}

static str var_dollar(struct request *r, str argument)
{
    (void)r, (void)argument;
    return STR("$");
}

static str var_arg(struct request *r, str argument)
{
    return request_argument(r, argument);
}

static str var_cookie(struct request *r, str argument)
{
    uint32_t field = 0;
    str rest = STR_NONE, name, value;
    while (request_next_cookie(r, &field, &rest, &name, &value))
        if (str_eq(name, argument))
            return value;
    return STR_NONE;
}

/* `_` stands for `-`. */
static bool field_is(str name, str wanted)
{
    if (name.len != wanted.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = wanted.ptr[i] == '_' ? '-' : wanted.ptr[i], have = name.ptr[i] == '_' ? '-' : name.ptr[i];
        if (!str_eq_nocase(str_from(&c, 1), str_from(&have, 1)))
            return false;
    }
    return true;
}

static str field_value(const struct http_fields *f, str name)
{
    for (uint32_t i = 0; i < f->len; i++)
        if (field_is(f->at[i].name, name))
            return f->at[i].value;
    return STR_NONE;
}

static str var_header(struct request *r, str argument)
{
    return field_value(&r->x->request.fields, argument);
}

/* --- The response --- */

static str var_status(struct request *r, str argument)
{
    (void)argument;
    return str_printf(r->x->arena, "%03u", r->response ? r->response->status : r->x->status);
}

static str var_body_bytes_sent(struct request *r, str argument)
{
    (void)argument;
    return str_printf(r->x->arena, "%" PRIu64, r->x->sent_body_bytes + r->x->sent_framing_bytes);
}

static bool has_body(const struct request *r)
{
    return !http_response_bodiless(r->x->request.method, r->response->status);
}

/* Fields that only the connection knows. */
static str connection_field(struct request *r, str name)
{
    bool unknown = r->response->content_length == HTTP_LENGTH_UNKNOWN;
    if (field_is(name, STR("content-length")))
        return unknown || r->response->status == 204 ? STR_NONE
                                                     : str_printf(r->x->arena, "%" PRIu64, r->response->content_length);
    if (field_is(name, STR("transfer-encoding")))
        return unknown && has_body(r) && r->x->request.version == HTTP_1_1 ? STR("chunked") : STR_NONE;
    if (!field_is(name, STR("connection")))
        return STR_NONE;
    return r->x->closes ? STR("close") : r->x->request.version == HTTP_1_0 ? STR("keep-alive") : STR_NONE;
}

static str var_response_header(struct request *r, str argument)
{
    if (!r->response)
        return STR_NONE;
    str value = field_value(&r->response->fields, argument);
    return value.ptr ? value : connection_field(r, argument);
}

/* --- All of them --- */

static const struct {
    str name;
    variable_fn *value;
    enum { PLAIN, PREFIX, RESPONSE_PREFIX } form; /* PREFIX: an argument follows */
} variables[] = {
    { STR_INIT("method"), var_method, PLAIN },
    { STR_INIT("host"), var_host, PLAIN },
    { STR_INIT("uri"), var_uri, PLAIN },
    { STR_INIT("request_uri"), var_request_uri, PLAIN },
    { STR_INIT("request_line"), var_request_line, PLAIN },
    { STR_INIT("remote_addr"), var_remote_addr, PLAIN },
    { STR_INIT("request_id"), var_request_id, PLAIN },
    { STR_INIT("request_time"), var_request_time, PLAIN },
    { STR_INIT("status"), var_status, PLAIN },
    { STR_INIT("body_bytes_sent"), var_body_bytes_sent, PLAIN },
    { STR_INIT("time_local"), var_time_local, PLAIN },
    { STR_INIT("dollar"), var_dollar, PLAIN },
    { STR_INIT("arg_"), var_arg, PREFIX },
    { STR_INIT("cookie_"), var_cookie, PREFIX },
    { STR_INIT("header_"), var_header, PREFIX },
    { STR_INIT("response_header_"), var_response_header, RESPONSE_PREFIX },
};

bool variable_find(struct arena *a, str name, struct variable *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        str v = variables[i].name;
        bool prefix = variables[i].form != PLAIN;
        if (prefix ? str_starts(name, v) && name.len > v.len : str_eq(name, v)) {
            *ret = (struct variable){ .value = variables[i].value,
                                      .argument = str_dup(a, str_slice(name, v.len, name.len)),
                                      .of_response = variables[i].form == RESPONSE_PREFIX };
            return true;
        }
    }
    return false;
}

str variable_nearest(str name)
{
    str names[ARRAY_LEN(variables)];
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(variables); i++)
        if (variables[i].form == PLAIN)
            names[count++] = variables[i].name;
    return str_nearest(name, names, count);
}
