/* Making an application of a component's file: WASI as its settings have it, checking, compiling. */
#include "base/arena.h"
#include "berth/berth.h"
#include "server/app/component.h"
#include "server/app/output.h"
#include "server/app/wasm_file.h"

enum { QUEUE_LEN = 1024, QUEUE_S = 10 };

/* --- WASI --- */

static const struct berth_wasi_variable *variables(const struct component_settings *s, struct arena *a)
{
    struct berth_wasi_variable *v = arena_new(a, struct berth_wasi_variable, s->env_count);
    for (size_t i = 0; i < s->env_count; i++)
        v[i] = (struct berth_wasi_variable){ str_dupz(a, s->env[i].name), str_dupz(a, s->env[i].value) };
    return v;
}

static const char *const *arguments(const struct component_settings *s, struct arena *a)
{
    const char **v = arena_new(a, const char *, s->arg_count);
    for (size_t i = 0; i < s->arg_count; i++)
        v[i] = str_dupz(a, s->args[i]);
    return v;
}

static bool make_linker(struct component_app *app, const struct component_settings *s,
                        const struct component_host *host, struct arena *a, struct berth_error *e)
{
    const struct berth_wasi_options o = {
        .environment = variables(s, a),
        .environment_count = s->env_count,
        .arguments = arguments(s, a),
        .argument_count = s->arg_count,
        .output = component_output,
    };
    app->linker = berth_linker_new(host->engine);
    return berth_linker_wasi(app->linker, &o, e);
}

/* --- The component --- */

static bool load(struct component_app *app, const struct component_settings *s, const struct component_host *host,
                 struct arena *a, struct berth_error *e)
{
    struct berth_middleware *middleware = arena_new(a, struct berth_middleware, s->middleware_count);
    for (size_t i = 0; i < s->middleware_count; i++)
        middleware[i] = (struct berth_middleware){ str_dupz(a, s->middleware[i].name), s->middleware[i].wasm };
    const struct berth_component_options o = {
        .name = str_dupz(a, s->name),
        .middleware = middleware,
        .middleware_count = s->middleware_count,
        .cache = host->cache,
        .progress = host->progress,
        .progress_ctx = host->progress_ctx,
        .threads = host->workers,
        .tasks = s->concurrency,
        .sharers = host->apps,
        .recycle = s->recycle,
        .memory_bytes = s->memory_bytes,
    };
    return make_linker(app, s, host, a, e) && berth_component_open(app->linker, app->wasm, &o, &app->component, e) &&
           berth_http_handler(app->component, &app->handler, e);
}

/* The files' bytes are the application's from now on. */
static struct component_app *app_new(const struct component_settings *s, const struct component_host *host)
{
    struct component_app *app = mem_new(struct component_app);
    component_app_init(app);
    app->wasm = s->wasm;
    app->middleware = mem_new_n(bytes, s->middleware_count);
    app->middleware_count = s->middleware_count;
    for (size_t i = 0; i < s->middleware_count; i++)
        app->middleware[i] = s->middleware[i].wasm;
    int64_t timeout_ms = s->timeout.ns / 1000000;
    app->timeout_ms = timeout_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)timeout_ms;
    app->plain_output = s->plain_output;
    app->log = host->log;
    app->queue_len = QUEUE_LEN;
    app->queue_time = duration_s(QUEUE_S);
    return app;
}

bool component_open(const struct component_settings *s, const struct component_host *host, struct app **ret,
                    struct err *e)
{
    struct component_app *app = app_new(s, host);
    struct berth_error why;
    struct arena scratch;
    arena_init(&scratch);
    bool ok = load(app, s, host, &scratch, &why);
    arena_fini(&scratch);
    if (!ok) {
        component_close(app);
        return err_take(e, &why);
    }
    app->concurrency = berth_component_tasks(app->component);
    *ret = &app->base;
    return true;
}

void component_close(struct component_app *app)
{
    berth_component_free(app->component);
    berth_linker_free(app->linker);
    wasm_file_free(app->wasm);
    for (size_t i = 0; i < app->middleware_count; i++)
        wasm_file_free(app->middleware[i]);
    mem_free(app->middleware);
    mem_free(app);
}
