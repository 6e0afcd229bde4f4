/* Making an application of a component's file: reading, checking, compiling, and an engine of its own whose pool is
 * measured by what the component needs. */
#include <inttypes.h>

#include "base/buf.h"
#include "runtime/engine/engine.h"
#include "runtime/run/program.h"
#include "server/app/component.h"
#include "server/app/wasm_file.h"
#include "runtime/engine/ticker.h"

enum {
    QUEUE_LEN = 1024,
    QUEUE_S = 10,
    CONCURRENCY_MAX = 128,
    CONCURRENCY_MIN = 4,
    /* Memories of all pools, all workers together: each reserves several GiB of the 128 TiB of addresses. */
    POOL_MEMORIES = 2048,
};

static uint32_t choose_concurrency(const struct component_settings *s, const struct component_host *host,
                                   const struct program_needs *needs)
{
    if (s->concurrency)
        return s->concurrency;
    uint32_t memories = needs->memories ? needs->memories : 1;
    uint32_t share = POOL_MEMORIES / memories / host->workers / host->apps;
    if (share > CONCURRENCY_MAX)
        return CONCURRENCY_MAX;
    return share < CONCURRENCY_MIN ? CONCURRENCY_MIN : share;
}

/* Otherwise every request would fail. */
static bool check_memory(const struct component_settings *s, const struct program_needs *needs, struct err *e)
{
    if (needs->memory_min_bytes <= s->limits.memory_bytes)
        return true;
    return err_set(e, ERR_LIMIT,
                   "the component starts with %" PRIu64 " KiB of memory, more than the limit of %" PRIu64 " bytes",
                   needs->memory_min_bytes / 1024, s->limits.memory_bytes);
}

/* Other applications may have taken the addresses: then fewer requests run at once. */
static bool make_engine(struct component_app *app, const struct component_host *host, bool fixed, struct err *e)
{
    const struct program_needs *needs = program_needs(app->program);
    const uint64_t largest = (uint64_t)1 << 32;
    bool recycle = program_recycles(app->program);
    for (;; app->concurrency /= 2) {
        struct engine_options o = {
            .recycle = recycle,
            .stores = app->concurrency * host->workers,
            .core_instances = needs->core_instances,
            .memories = needs->memories,
            .tables = needs->tables,
            .table_elements = needs->table_elements,
            .memory_bytes = app->limits.memory_bytes < largest ? app->limits.memory_bytes : largest,
        };
        if (engine_new(&o, &app->engine, e))
            return true;
        if (fixed || app->concurrency == 1)
            return false;
    }
}

/* Everything that guests learn of the application's settings, each text with its length before it. */
static str told(struct component_app *app)
{
    struct buf b;
    buf_init(&b, BUF_NO_LIMIT);
    buf_printf(&b, "%zu arguments, %zu variables", app->wasi.arg_count, app->wasi.env_count);
    for (size_t i = 0; i < app->wasi.arg_count; i++)
        buf_printf(&b, " %zu:%.*s", app->wasi.args[i].len, STR_ARG(app->wasi.args[i]));
    for (size_t i = 0; i < app->wasi.env_count; i++)
        buf_printf(&b, " %zu:%.*s=%zu:%.*s", app->wasi.env[i].name.len, STR_ARG(app->wasi.env[i].name),
                   app->wasi.env[i].value.len, STR_ARG(app->wasi.env[i].value));
    str text = str_dup(&app->arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static bool load(struct component_app *app, bool recycle, const struct component_host *host, struct err *e)
{
    struct program_options o = {
        .interfaces = wasi_interfaces,
        .interface_count = wasi_interface_count,
        .cache = host->cache,
        .progress = host->progress,
        .progress_ctx = host->progress_ctx,
        .recycle = recycle,
        .memory_bytes = app->limits.memory_bytes,
        .told = told(app),
        .middleware = app->middleware,
        .middleware_count = app->middleware_count,
        .name = app->name,
    };
    if (!wasi_wit(&o.wit, e) || !program_open(app->wasm, &o, &app->program, e))
        return false;
    app->handle = program_func(app->program, STR("wasi:http/incoming-handler@0.2.0"), STR("handle"), e);
    return app->handle != NULL;
}

static void copy_settings(struct component_app *app, const struct component_settings *s)
{
    struct wasi_env *env = arena_new(&app->arena, struct wasi_env, s->env_count);
    for (size_t i = 0; i < s->env_count; i++)
        env[i] = (struct wasi_env){ str_dup(&app->arena, s->env[i].name), str_dup(&app->arena, s->env[i].value) };
    str *args = arena_new(&app->arena, str, s->arg_count);
    for (size_t i = 0; i < s->arg_count; i++)
        args[i] = str_dup(&app->arena, s->args[i]);
    app->wasi.args = args;
    app->wasi.arg_count = s->arg_count;
    app->wasi.env = env;
    app->wasi.env_count = s->env_count;
    app->name = str_dup(&app->arena, s->name);
    app->middleware = arena_new(&app->arena, struct program_middleware, s->middleware_count);
    app->middleware_count = s->middleware_count;
    for (size_t i = 0; i < s->middleware_count; i++)
        app->middleware[i] =
            (struct program_middleware){ str_dup(&app->arena, s->middleware[i].name), s->middleware[i].wasm };
    app->limits = s->limits;
    app->plain_output = s->plain_output;
}

static bool open_from(struct component_app *app, const struct component_settings *s, const struct component_host *host,
                      struct err *e)
{
    if (!load(app, s->recycle, host, e) || !check_memory(s, program_needs(app->program), e))
        return false;
    app->concurrency = choose_concurrency(s, host, program_needs(app->program));
    if (!make_engine(app, host, s->concurrency != 0, e) || !program_compile(app->program, app->engine, e))
        return false;
    ticker_add_engine(app->ticker, app->engine);
    app->ticking = true;
    return true;
}

bool component_open(const struct component_settings *s, const struct component_host *host, struct app **ret,
                    struct err *e)
{
    struct component_app *app = mem_new(struct component_app);
    component_app_init(app);
    app->wasm = s->wasm;
    arena_init(&app->arena);
    app->ticker = host->ticker;
    app->log = host->log;
    app->queue_len = QUEUE_LEN;
    app->queue_time = duration_s(QUEUE_S);
    copy_settings(app, s);
    if (!open_from(app, s, host, e)) {
        component_close(app);
        return false;
    }
    *ret = &app->base;
    return true;
}

void component_close(struct component_app *app)
{
    if (app->ticking)
        ticker_remove_engine(app->ticker, app->engine);
    program_free(app->program);
    engine_free(app->engine);
    wasm_file_free(app->wasm);
    for (size_t i = 0; i < app->middleware_count; i++)
        wasm_file_free(app->middleware[i].wasm);
    arena_fini(&app->arena);
    mem_free(app);
}
