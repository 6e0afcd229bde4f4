/* The control API: see control.h. Here requests become calls, and what only reads is answered. */
#include "server/control/control.h"

#include "io/loop/loop.h"
#include "server/certificate/describe.h"
#include "server/control/certificate_call.h"
#include "server/control/control_types.h"
#include "server/generation.h"
#include "server/log.h"
#include "server/server.h"

enum {
    HEAD_BYTES = 16 * 1024,
    BODY_BYTES = 16 * 1024 * 1024, /* a configuration of many thousand routes */
    FIELDS = 64,
};

static const char no_value[] = "Value doesn't exist.";

/* --- Reading --- */

static void answer_value(struct call *call, const struct json *value, const char *missing)
{
    if (value)
        call_answer(call, 200, value);
    else
        call_error(call, 404, missing);
}

static void add_number(struct arena *a, struct json *o, const char *name, uint64_t n)
{
    json_add(a, o, str_of(name), json_new_number(a, n));
}

/* What kinds of applications there are; Unit has a library for each. */
static const struct json *modules_json(struct arena *a)
{
    struct json *modules = json_new_object(a), *component = json_new_object(a);
    json_add(a, component, STR("version"), json_new_string(a, STR(BERTH_VERSION)));
    json_add(a, component, STR("lib"), json_new_string(a, STR("built in")));
    json_add(a, modules, STR("wasm-wasi-component"), component);
    return modules;
}

static const struct json *status_json(struct call *call, const struct server_status *s)
{
    struct arena *a = &call->arena;
    const struct generation *g = call->control->current;
    struct json *o = json_new_object(a), *connections = json_new_object(a), *requests = json_new_object(a);
    struct json *apps = json_new_object(a);
    json_add(a, o, STR("modules"), modules_json(a));
    add_number(a, connections, "accepted", s->accepted);
    add_number(a, connections, "active", s->accepted - s->closed - s->idle);
    add_number(a, connections, "idle", s->idle);
    add_number(a, connections, "closed", s->closed);
    json_add(a, o, STR("connections"), connections);
    add_number(a, requests, "total", s->requests);
    json_add(a, o, STR("requests"), requests);
    for (uint32_t i = 0; i < s->app_count && i < g->routing.app_count; i++) {
        struct json *app = json_new_object(a), *processes = json_new_object(a), *live = json_new_object(a);
        add_number(a, processes, "running", 1); /* in the server's own process */
        add_number(a, processes, "starting", 0);
        add_number(a, processes, "idle", s->app_requests[i] ? 0 : 1);
        add_number(a, live, "active", s->app_requests[i]);
        json_add(a, app, STR("processes"), processes);
        json_add(a, app, STR("requests"), live);
        json_add(a, apps, g->routing.apps[i], app);
    }
    json_add(a, o, STR("applications"), apps);
    return o;
}

/* "/" holds the status, too. */
static void on_status(void *ctx, const struct server_status *s)
{
    struct call *call = ctx;
    if (call->path.len) {
        answer_value(call, path_find(status_json(call, s), path_rest(call->path)), "Invalid path.");
        return;
    }
    struct json *o = json_new_object(&call->arena);
    json_add(&call->arena, o, STR("certificates"),
             certificates_describe(&call->arena, call->control->options.certificates));
    json_add(&call->arena, o, STR("config"), call->control->current->config);
    json_add(&call->arena, o, STR("status"), status_json(call, s));
    call_answer(call, 200, o);
}

/* --- Dispatching --- */

static void begin_next(struct control *c)
{
    if (c->change || list_empty(&c->waiting))
        return;
    struct call *call = list_first(&c->waiting, struct call, node);
    list_remove(&call->node);
    if (str_eq(call->path.at[0], STR("certificates"))) {
        certificate_call_change(call);
        control_change_over(c);
    } else {
        change_begin(c, call);
    }
}

static void wait_for_change(struct call *call)
{
    call->pending = true;
    list_push(&call->control->waiting, &call->node);
    begin_next(call->control);
}

static void dispatch_config(struct call *call)
{
    const struct json *config = call->control->current->config;
    switch (call->kind) {
    case CALL_GET: answer_value(call, path_find(config, path_rest(call->path)), no_value); return;
    case CALL_PUT:
    case CALL_POST:
    case CALL_DELETE: wait_for_change(call); return;
    case CALL_OTHER: call_error(call, 405, "Method isn't allowed."); return;
    }
}

/* /control/applications/NAME/restart */
static void dispatch_control(struct call *call)
{
    const struct path p = call->path;
    const struct json *apps = json_get(call->control->current->config, STR("applications"));
    bool known = p.len == 4 && str_eq(p.at[1], STR("applications")) && str_eq(p.at[3], STR("restart")) &&
                 json_get(apps, p.at[2]);
    if (!known) {
        call_error(call, 404, no_value);
    } else if (call->kind != CALL_GET) {
        call_error(call, 405, "Method isn't allowed.");
    } else {
        wait_for_change(call);
    }
}

static void dispatch_status(struct call *call)
{
    call->pending = call->kind == CALL_GET;
    if (call->pending)
        server_status(call->control->options.server, call->control->current, on_status, call);
    else
        call_error(call, 405, "Invalid method.");
}

static void dispatch_certificates(struct call *call)
{
    switch (call->kind) {
    case CALL_GET: certificate_call_read(call); return;
    case CALL_PUT:
    case CALL_DELETE: wait_for_change(call); return;
    case CALL_POST:
    case CALL_OTHER: call_error(call, 405, "Invalid method."); return;
    }
}

static void dispatch(struct call *call)
{
    str first = call->path.len ? call->path.at[0] : STR("");
    if (!call->path.len || str_eq(first, STR("status")))
        dispatch_status(call);
    else if (str_eq(first, STR("config")))
        dispatch_config(call);
    else if (str_eq(first, STR("certificates")))
        dispatch_certificates(call);
    else if (str_eq(first, STR("control")))
        dispatch_control(call);
    else
        call_error(call, 404, no_value);
}

/* --- Receiving --- */

static enum call_kind kind_of(str method)
{
    static const struct {
        str method;
        enum call_kind kind;
    } kinds[] = {
        { STR_INIT("GET"), CALL_GET },
        { STR_INIT("PUT"), CALL_PUT },
        { STR_INIT("POST"), CALL_POST },
        { STR_INIT("DELETE"), CALL_DELETE },
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(kinds[i].method, method))
            return kinds[i].kind;
    return CALL_OTHER;
}

/* Takes what there is of the body; true when it is whole. */
static bool receive(struct call *call)
{
    struct err e = ERR_INIT;
    bytes part;
    for (;;) {
        switch (http_exchange_read(call->x, SIZE_MAX, &part, &e)) {
        case HTTP_READ_DATA: buf_put(&call->body, part.ptr, part.len); break; /* the server has limited it */
        case HTTP_READ_LATER: return false;
        case HTTP_READ_END: return true;
        case HTTP_READ_ERROR: return false; /* HTTP answers */
        }
    }
}

static void on_readable(void *consumer)
{
    struct call *call = consumer;
    if (!call->answered && !call->pending && receive(call))
        dispatch(call);
}

static void on_writable(void *consumer)
{
    (void)consumer;
}

static void on_call_end(void *consumer, bool complete)
{
    struct call *call = consumer;
    (void)complete;
    call->x = NULL;
    if (call->answered || !call->pending)
        call_free(call);
}

static const struct http_consumer_ops call_consumer = { on_readable, on_writable, on_call_end };

static void on_request(void *ctx, struct http_exchange *x)
{
    struct control *c = ctx;
    struct err e = ERR_INIT;
    struct call *call = mem_new(struct call);
    str query;
    list_init(&call->node);
    arena_init(&call->arena);
    buf_init(&call->body, BUF_NO_LIMIT);
    call->control = c;
    call->x = x;
    call->kind = kind_of(x->request.method);
    http_exchange_consume(x, &call_consumer, call);
    /* The target's slice is the connection's: paths are decoded into the call's arena. */
    if (!path_parse(&call->arena, str_dup(&call->arena, str_split(x->request.target, '?', &query)), &call->path, &e))
        call_error_detail(call, 400, "Invalid path.", str_of(e.text));
    else if (receive(call))
        dispatch(call);
}

/* What HTTP answers by itself. */
static str error_body(struct buf *out, uint16_t status)
{
    buf_printf(out, "{\r\n\t\"error\": \"%.*s.\"", STR_ARG(http_reason(status)));
    if (status == 413)
        buf_printf(out, ",\r\n\t\"detail\": \"The body of a request may have at most %d bytes.\"", BODY_BYTES);
    buf_put_str(out, STR("\r\n}\r\n"));
    return STR("application/json");
}

/* --- Life --- */

static void check_stopped(struct control *c)
{
    void (*stopped)(void *ctx) = c->stopped;
    if (!c->stopping || !c->http_idle || c->change || !list_empty(&c->waiting) || !stopped)
        return;
    c->stopped = NULL;
    stopped(c->stopped_ctx);
}

static void run_next(struct loop_job *job)
{
    struct control *c = CONTAINER_OF(job, struct control, next);
    begin_next(c);
    check_stopped(c);
}

void control_change_over(struct control *c)
{
    if (!loop_job_queued(&c->next))
        loop_defer(c->options.loop, &c->next);
}

static void on_http_idle(void *ctx)
{
    struct control *c = ctx;
    c->http_idle = true;
    check_stopped(c);
}

struct control *control_new(const struct control_options *o)
{
    struct control *c = mem_new(struct control);
    const struct http_server_options http = {
        .loop = o->loop,
        .settings = {
            .limits = {
                .max_head_bytes = HEAD_BYTES,
                .max_fields = FIELDS,
                .max_body_bytes = BODY_BYTES,
                .write_buffer_bytes = 64 * 1024,
                .head_timeout = duration_s(300),
                .idle_timeout = duration_s(300),
                .body_timeout = duration_s(60),
                .send_timeout = duration_s(60),
            },
            .one_request = true,
            .error_body = error_body,
        },
        .on_request = on_request,
        .on_idle = on_http_idle,
        .ctx = c,
    };
    c->options = *o;
    list_init(&c->waiting);
    loop_job_init(&c->next, run_next);
    c->http = http_server_new(&http);
    return c;
}

bool control_listen(struct control *c, int fd, struct err *e)
{
    return http_server_listen(c->http, fd, e);
}

void control_restore(struct control *c, str stored)
{
    change_restore(c, stored);
}

void control_stop(struct control *c, void (*done)(void *ctx), void *ctx)
{
    c->stopping = true;
    c->stopped = done;
    c->stopped_ctx = ctx;
    http_server_stop(c->http);
    control_change_over(c); /* it may have stopped already */
}

bool control_is_changing(const struct control *c)
{
    return c->change;
}

void control_free(struct control *c)
{
    http_server_free(c->http);
    generation_release(c->current);
    mem_free(c);
}
