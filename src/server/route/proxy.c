/* Proxying: an exchange on one side, a call of the HTTP client on the other. */
#include "server/route/proxy.h"

#include "io/http/client/client.h"

struct proxy {
    struct request *request;
    struct http_exchange *x;
    const struct address *to;
    struct http_request passed; /* what is sent */
    struct http_call call;
    bool running; /* the call was not ended yet */
};

bool proxy_parse_address(str text, struct address *ret)
{
    static const str scheme = STR_INIT("http://");
    return str_starts(text, scheme) && address_parse_literal(str_slice(text, scheme.len, text.len), ret) &&
           str_find_char(str_slice(text, scheme.len, text.len), '*') == SIZE_MAX;
}

/* --- What is passed on --- */

/* RFC 9110, 7.6.1. A request to wait for 100 Continue is met here: the body is asked for when the server is reached. */
static void pass_fields(struct proxy *p)
{
    const struct http_fields *f = &p->x->request.fields;
    for (uint32_t i = 0; i < f->len; i++)
        if (!http_field_is_hop_by_hop(f, f->at[i].name) && !str_eq_nocase(f->at[i].name, STR("expect")))
            http_fields_add(&p->passed.fields, p->x->arena, f->at[i].name, f->at[i].value);
}

/* As it was sent, unless the path was rewritten. */
static str passed_target(const struct request *r)
{
    const struct uri *uri = &r->uri;
    if (!r->rewritten)
        return r->x->request.target;
    str path = uri_encode_path(r->x->arena, uri->path);
    return uri->query.ptr ? str_printf(r->x->arena, "%.*s?%.*s", STR_ARG(path), STR_ARG(uri->query)) : path;
}

/* Without what only concerns the server's connection to us, or is said by our own. */
static void pass_response(struct proxy *p, const struct http_response *r)
{
    struct http_response passed = { .status = r->status, .content_length = r->content_length };
    for (uint32_t i = 0; i < r->fields.len; i++) {
        str name = r->fields.at[i].name;
        if (!http_field_is_hop_by_hop(&r->fields, name) && !str_eq_nocase(name, STR("server")) &&
            !str_eq_nocase(name, STR("content-length")))
            http_fields_add(&passed.fields, p->x->arena, name, r->fields.at[i].value);
    }
    http_exchange_respond(p->x, &passed);
}

static void end_call(struct proxy *p)
{
    if (p->running)
        http_call_end(&p->call);
    p->running = false;
}

/* --- Failures --- */

static void tell_failure(struct proxy *p, const char *what, const struct err *e)
{
    char address[ADDRESS_TEXT_MAX];
    address_print(address_of(p->to), address);
    if (p->request->on_failure)
        p->request->on_failure(p->request, str_of(what), str_of(address), str_of(e->text));
}

static void refuse(struct http_exchange *x, uint16_t status)
{
    http_exchange_refuse(x, status, str_printf(x->arena, "%u %.*s\n", status, STR_ARG(http_reason(status))), 0);
}

static void on_failed(void *owner, const struct err *e)
{
    struct proxy *p = owner;
    end_call(p);
    tell_failure(p, "the upstream server gave no answer", e);
    refuse(p->x, e->kind == ERR_TIMEOUT ? 504 : 502);
}

/* Nobody may take for whole what is not. */
static void cut(struct proxy *p, const struct err *e)
{
    end_call(p);
    tell_failure(p, "the upstream server's answer is not complete", e);
    http_exchange_abort(p->x);
}

/* --- Bodies --- */

/* From the client to the server. */
static void pump_request(void *owner)
{
    struct proxy *p = owner;
    bytes data;
    struct err e;
    while (p->running) {
        size_t room = http_call_writable(&p->call);
        if (!room)
            return;
        switch (http_exchange_read(p->x, room, &data, &e)) {
        case HTTP_READ_DATA: http_call_write(&p->call, data); break;
        case HTTP_READ_LATER: return;
        case HTTP_READ_END: http_call_finish(&p->call); return;
        case HTTP_READ_ERROR: end_call(p); return; /* the connection answers for it, or is gone */
        }
    }
}

/* Trailers of the last chunk are for the client, too. */
static void finish(struct proxy *p)
{
    struct http_fields passed = { 0 };
    const struct http_fields *trailers = http_call_trailers(&p->call);
    for (uint32_t i = 0; i < trailers->len; i++)
        if (!http_field_is_hop_by_hop(trailers, trailers->at[i].name))
            http_fields_add(&passed, p->x->arena, trailers->at[i].name, trailers->at[i].value);
    http_exchange_finish(p->x, &passed);
    end_call(p);
}

/* From the server to the client. */
static void pump_response(void *owner)
{
    struct proxy *p = owner;
    bytes data;
    struct err e;
    while (p->running && p->x->responded) {
        size_t room = http_exchange_writable(p->x);
        if (!room)
            return;
        switch (http_call_read(&p->call, room, &data, &e)) {
        case HTTP_READ_DATA: http_exchange_write(p->x, data); break;
        case HTTP_READ_LATER: return;
        case HTTP_READ_END: finish(p); return;
        case HTTP_READ_ERROR: cut(p, &e); return;
        }
    }
}

static void on_response(void *owner, const struct http_response *r)
{
    pass_response(owner, r);
}

static const struct http_call_events call_events = {
    .on_writable = pump_request,
    .on_response = on_response,
    .on_readable = pump_response,
    .on_failed = on_failed,
};

static void on_end(void *consumer, bool complete)
{
    (void)complete;
    end_call(consumer);
}

static const struct http_consumer_ops consumer_ops = {
    .on_readable = pump_request,
    .on_writable = pump_response,
    .on_end = on_end,
};

/* --- The action --- */

void proxy_request(struct request *r, const struct address *to)
{
    struct http_exchange *x = r->x;
    struct proxy *p = arena_new(x->arena, struct proxy, 1);
    p->request = r;
    p->x = x;
    p->to = to;
    http_exchange_consume(x, &consumer_ops, p);
    if (http_fields_list_has(&x->request.fields, STR("upgrade"), STR("websocket"))) {
        struct err e;
        err_set(&e, ERR_UNSUPPORTED, "WebSocket does not go through a proxy");
        tell_failure(p, "a request is not passed on", &e);
        refuse(x, 501);
        return;
    }
    r->proxied = true;
    x->ends_with_client = true;
    p->passed = x->request;
    p->passed.fields = (struct http_fields){ 0 };
    p->passed.target = passed_target(r);
    pass_fields(p);
    p->running = true;
    http_call_begin(&p->call, r->client,
                    &(struct http_call_options){
                        .to = to,
                        .events = &call_events,
                        .owner = p,
                        .arena = x->arena,
                        .request = &p->passed,
                    });
}
