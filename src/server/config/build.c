/* Making a generation of a configuration. */
#include "base/buf.h"
#include "base/vec.h"
#include "server/access_log/format.h"
#include "server/app/component.h"
#include "server/app/wasm_file.h"
#include "server/config/build_tls.h"
#include "server/config/config.h"
#include "server/config/options.h"
#include "server/generation.h"
#include "server/json/path.h"
#include "server/log.h"
#include "server/route/compression.h"

enum {
    HEADER_BYTES = 2048, /* what any head may have */
    HEADER_LINE_MAX = 1024 * 1024,
    HEADER_BUFFERS_MAX = 64,
    FIELDS_MAX = 128,
    WRITE_BUFFER_BYTES = 64 * 1024,
};

struct builder {
    struct arena *scratch;
    const struct config_host *host;
    const struct config_before *before;
    struct generation *g;
    struct config_error *e;
};

/* --- Settings --- */

static str error_page(struct buf *out, uint16_t status)
{
    buf_printf(out, "<!DOCTYPE html><title>Error %03u</title><p>Error %03u.\r\n", status, status);
    return STR("text/html");
}

/* Times are not checked, as in Unit: nothing or less is taken for as short as can be. */
static duration seconds(const struct json *http, const char *name)
{
    int64_t s = schema_integer(&options_http, http, name);
    const int64_t year = 366 * 24 * 3600;
    return duration_s(s < 0 ? 0 : s > year ? year : s);
}

/* Sizes are not checked either. */
static size_t bounded(int64_t v, size_t min, size_t max)
{
    return v < (int64_t)min ? min : v > (int64_t)max ? max : (size_t)v;
}

static void build_settings(struct builder *b, const struct json *root)
{
    const struct json *listen_threads = json_get(json_get(root, STR("settings")), STR("listen_threads"));
    int64_t threads = listen_threads ? json_integer_of(listen_threads) : 0;
    const struct json *http = json_get(json_get(root, STR("settings")), STR("http"));
    size_t line =
        bounded(schema_integer(&options_http, http, "large_header_buffer_size"), HEADER_BYTES, HEADER_LINE_MAX);
    size_t buffers = bounded(schema_integer(&options_http, http, "large_header_buffers"), 1, HEADER_BUFFERS_MAX);
    int64_t body = schema_integer(&options_http, http, "max_body_size");
    b->g->http = (struct http_settings){
        .limits = {
            .max_head_bytes = line * buffers,
            .max_line_bytes = line,
            .max_fields = FIELDS_MAX,
            .max_body_bytes = body < 0 ? 0 : (uint64_t)body,
            .write_buffer_bytes = WRITE_BUFFER_BYTES,
            .head_timeout = seconds(http, "header_read_timeout"),
            .body_timeout = seconds(http, "body_read_timeout"),
            .send_timeout = seconds(http, "send_timeout"),
            .idle_timeout = seconds(http, "idle_timeout"),
        },
        .server_field = schema_bool(&options_http, http, "server_version") ? STR("Berth/" BERTH_VERSION) : STR("Berth"),
        .error_body = error_page,
        .answer_idle = true,
    };
    b->g->discard_unsafe_fields = schema_bool(&options_http, http, "discard_unsafe_fields");
    b->g->log_route = schema_bool(&options_http, http, "log_route");
    b->g->listen_threads = (uint32_t)(threads > UINT32_MAX ? UINT32_MAX : threads);
    b->g->log = b->host->log;
}

/* A level that is none is no reason to refuse the whole, as in Unit; but somebody should know. */
static void warn_of_levels(const struct log *log, const struct json *compressors, const struct compression *c)
{
    for (uint32_t i = 0; i < c->len; i++) {
        const struct json *object = compressors->kind == JSON_ARRAY ? compressors->items[i] : compressors;
        const struct json *level = json_get(object, STR("level"));
        if (level && json_integer_of(level) != c->at[i].level)
            log_warn(log, "the compression level is out of range, the default is used",
                     LOG_STR("encoding", str_of(c->names[i])), LOG_STR("level", level->text));
    }
}

static bool build_compression(struct builder *b, const struct json *object)
{
    if (!object)
        return true;
    struct compression *c = arena_new(&b->g->arena, struct compression, 1);
    if (!compression_compile(&b->g->arena, object, c, &b->e->why))
        return false;
    warn_of_levels(b->host->log, json_get(object, STR("compressors")), c);
    b->g->compression = c->len ? c : NULL;
    return true;
}

static bool build_access_log(struct builder *b, const struct json *log)
{
    struct generation *g = b->g;
    if (!log)
        return true;
    const struct json *path = log->kind == JSON_OBJECT ? json_get(log, STR("path")) : log;
    if (!path)
        return true;
    struct access_format *format = arena_new(&g->arena, struct access_format, 1);
    if (!access_format_compile(&g->arena, log, format, &b->e->why))
        return false;
    g->access_file = b->host->open_access_log(b->host->ctx, path->text, &b->e->why);
    if (!g->access_file)
        return false;
    g->access_format = format;
    return true;
}

/* --- Applications --- */

static void add_environment(const struct json *object, struct component_settings *s, struct arena *a)
{
    s->env_count = object ? object->count : 0;
    struct component_variable *env = arena_new(a, struct component_variable, s->env_count);
    for (size_t i = 0; i < s->env_count; i++)
        env[i] = (struct component_variable){ object->members[i].name, object->members[i].value->text };
    s->env = env;
}

/* The component's file and those of its middleware. On false nothing is left to free. */
static bool read_files(struct builder *b, const struct json *options, struct component_settings *s, struct err *e)
{
    const struct json *files = json_get(options, STR("middleware"));
    uint32_t count = files ? files->count : 0, read = 0;
    struct component_middleware *middleware = arena_new(b->scratch, struct component_middleware, count);
    s->name = json_get(options, STR("component"))->text;
    if (!wasm_file_read(s->name, &s->wasm, e))
        return false;
    for (; read < count; read++) {
        middleware[read].name = files->items[read]->text;
        if (!wasm_file_read(middleware[read].name, &middleware[read].wasm, e))
            break;
    }
    s->middleware = middleware;
    s->middleware_count = count;
    if (read == count)
        return true;
    wasm_file_free(s->wasm);
    while (read-- > 0)
        wasm_file_free(middleware[read].wasm);
    return false;
}

static void add_args(const struct json *array, struct component_settings *s, struct arena *a)
{
    s->arg_count = array ? array->count : 0;
    str *args = arena_new(a, str, s->arg_count);
    for (size_t i = 0; i < s->arg_count; i++)
        args[i] = array->items[i]->text;
    s->args = args;
}

static bool open_component(struct builder *b, str name, const struct json *options, struct app **ret)
{
    const struct json *limits = json_get(options, STR("limits"));
    str file = json_get(options, STR("component"))->text;
    int64_t timeout = schema_integer(&options_limits, limits, "timeout");
    struct component_settings s = {
        .timeout = duration_s(timeout),
        .memory_bytes = (uint64_t)schema_integer(&options_limits, limits, "memory"),
    };
    s.recycle = true;
    add_environment(json_get(options, STR("environment")), &s, b->scratch);
    add_args(json_get(options, STR("args")), &s, b->scratch);
    struct err *e = &b->e->why;
    bool ok = read_files(b, options, &s, e);
    if (ok) {
        ok = component_open(&s, b->host->component, ret, e);
        if (!ok)
            wasm_file_help(e, file);
    }
    if (ok)
        return true;
    err_wrap(e, "application \"%.*s\": component \"%.*s\"", STR_ARG(name), STR_ARG(file));
    b->e->is_invalid = true;
    const str place[] = { STR("applications"), name, STR("component") };
    struct buf pointer;
    buf_init(&pointer, BUF_NO_LIMIT);
    path_print_pointer(&pointer, (struct path){ place, ARRAY_LEN(place) });
    b->e->pointer = str_dup(b->scratch, buf_str(&pointer));
    buf_fini(&pointer);
    return false;
}

/* The same options make the same application. */
static struct app *find_before(const struct config_before *b, str name, const struct json *options)
{
    const struct generation *before = b->generation;
    const struct json *apps = before && before->config ? json_get(before->config, STR("applications")) : NULL;
    if (b->restart.ptr && str_eq(b->restart, name))
        return NULL;
    for (uint32_t i = 0; apps && i < apps->count; i++)
        if (str_eq(apps->members[i].name, name) && json_eq(apps->members[i].value, options))
            return before->apps[i];
    return NULL;
}

static bool build_apps(struct builder *b, const struct json *apps)
{
    struct generation *g = b->g;
    uint32_t count = apps ? apps->count : 0;
    g->apps = arena_new(&g->arena, struct app *, count);
    for (; g->app_count < count; g->app_count++) {
        const struct json_member *m = &apps->members[g->app_count];
        struct app *kept = find_before(b->before, m->name, m->value);
        if (kept)
            g->apps[g->app_count] = app_retain(kept);
        else if (!open_component(b, m->name, m->value, &g->apps[g->app_count]))
            return false;
    }
    return true;
}

/* --- Listeners --- */

static bool build_forwarded(struct builder *b, const struct json *listener, struct listener_config *ret)
{
    const struct json *object = json_get(listener, STR("forwarded"));
    if (!object)
        object = json_get(listener, STR("client_ip"));
    if (!object)
        return true;
    struct forwarded *f = arena_new(&b->g->arena, struct forwarded, 1);
    ret->forwarded = f;
    return forwarded_compile(&b->g->arena, object, f, &b->e->why);
}

static bool build_listener_tls(struct builder *b, const struct json_member *m, struct listener_config *ret)
{
    const struct generation *before = b->before->generation;
    const struct json *tls = json_get(m->value, STR("tls")), *same = NULL;
    struct tls_context *kept = NULL;
    if (!tls)
        return true;
    for (uint32_t i = 0; before && i < before->listener_count; i++)
        if (str_eq(before->listeners[i].address, m->name))
            kept = before->listeners[i].tls;
    if (kept)
        same = json_get(json_get(json_get(before->config, STR("listeners")), m->name), STR("tls"));
    if (same && !json_eq(same, tls))
        kept = NULL;
    return build_tls(b->scratch, tls, b->host->certificates, kept, &ret->tls, &b->e->why) ||
           err_wrap(&b->e->why, "listener \"%.*s\": tls", STR_ARG(m->name));
}

static bool build_listener(struct builder *b, const struct json_member *m, struct listener_config *ret)
{
    struct generation *g = b->g;
    const struct json *pass = json_get(m->value, STR("pass")), *app = json_get(m->value, STR("application"));
    int64_t backlog = schema_integer(&options_listener, m->value, "backlog");
    if (backlog < 0)
        backlog = schema_integer(&options_listener, NULL, "backlog");
    struct err *e = &b->e->why;
    ret->address = str_dup(&g->arena, m->name);
    if (!pass && !app)
        return err_set(e, ERR_INVALID, "listener \"%.*s\" has no \"pass\"", STR_ARG(m->name));
    if (app) {
        for (uint32_t i = 0; i < g->routing.app_count; i++)
            if (str_eq(g->routing.apps[i], app->text))
                ret->target = (struct target){ .kind = TARGET_APP, .app = i };
    } else if (!target_compile(&g->arena, &g->routing, pass->text, &ret->target, e)) {
        return false;
    }
    if (!build_forwarded(b, m->value, ret))
        return false;
    ret->fd = b->host->listen(b->host->ctx, m->name, (int)backlog, e);
    return ret->fd >= 0 && build_listener_tls(b, m, ret);
}

static bool build_listeners(struct builder *b, const struct json *listeners)
{
    struct generation *g = b->g;
    uint32_t count = listeners ? listeners->count : 0;
    g->listeners = arena_new(&g->arena, struct listener_config, count);
    for (; g->listener_count < count; g->listener_count++)
        if (!build_listener(b, &listeners->members[g->listener_count], &g->listeners[g->listener_count]))
            return false;
    return true;
}

bool config_build(struct arena *a, const struct config_host *host, const struct json *root,
                  const struct config_before *before, struct generation **ret, struct config_error *e)
{
    struct builder b = { a, host, before, generation_new(), e };
    struct generation *g = b.g;
    *e = (struct config_error){ .why = ERR_INIT, .at = JSON_NO_PLACE };
    g->config = json_copy(&g->arena, root, false);
    build_settings(&b, g->config);
    if (routing_compile(&g->arena, g->config, &g->routing, &e->why) &&
        build_compression(&b,
                          json_get(json_get(json_get(g->config, STR("settings")), STR("http")), STR("compression"))) &&
        build_access_log(&b, json_get(g->config, STR("access_log"))) &&
        build_apps(&b, json_get(g->config, STR("applications"))) &&
        build_listeners(&b, json_get(g->config, STR("listeners")))) {
        *ret = g;
        return true;
    }
    generation_release(g);
    return false;
}
