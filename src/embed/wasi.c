/* WASI as one of the things that a linker offers. */
#include "berth/wasi.h"

#include <assert.h>

#include "base/buf.h"
#include "embed/caller.h"
#include "embed/linker.h"

static_assert((int)BERTH_WASI_STDOUT == (int)WASI_STDOUT && (int)BERTH_WASI_STDERR == (int)WASI_STDERR,
              "the streams are the same");

static void on_output(void *owner, enum wasi_output which, bytes data)
{
    const struct caller *c = owner;
    c->linker->output(c->data, (enum berth_wasi_stream)which, data);
}

/* Everything that guests learn of the options, each text with its length before it. */
static str told(struct arena *a, const struct wasi_options *o)
{
    struct buf b;
    buf_init(&b, BUF_NO_LIMIT);
    buf_printf(&b, "%zu arguments, %zu variables", o->arg_count, o->env_count);
    for (size_t i = 0; i < o->arg_count; i++)
        buf_printf(&b, " %zu:%.*s", o->args[i].len, STR_ARG(o->args[i]));
    for (size_t i = 0; i < o->env_count; i++)
        buf_printf(&b, " %zu:%.*s=%zu:%.*s", o->env[i].name.len, STR_ARG(o->env[i].name), o->env[i].value.len,
                   STR_ARG(o->env[i].value));
    str text = str_dup(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void copy_options(struct berth_linker *l, const struct berth_wasi_options *o)
{
    struct wasi_env *env = arena_new(&l->arena, struct wasi_env, o->environment_count);
    for (size_t k = 0; k < o->environment_count; k++)
        env[k] = (struct wasi_env){ str_dup(&l->arena, str_of(o->environment[k].name)),
                                    str_dup(&l->arena, str_of(o->environment[k].value)) };
    str *args = arena_new(&l->arena, str, o->argument_count);
    for (size_t k = 0; k < o->argument_count; k++)
        args[k] = str_dup(&l->arena, str_of(o->arguments[k]));
    l->output = o->output;
    l->wasi = (struct wasi_options){ .env = env,
                                     .env_count = o->environment_count,
                                     .args = args,
                                     .arg_count = o->argument_count,
                                     .output = o->output ? on_output : NULL };
}

bool berth_linker_wasi(struct berth_linker *l, const struct berth_wasi_options *o, struct berth_error *e)
{
    struct err why = ERR_INIT;
    if (l->interfaces.len) {
        err_set(&why, ERR_USAGE, "WASI is offered once, before the first interface of the host's own");
        return err_give(e, &why);
    }
    if (!wasi_wit(&l->wasi_wit, &why))
        return err_give(e, &why);
    for (uint32_t k = 0; k < wasi_interface_count; k++)
        vec_push(&l->interfaces, wasi_interfaces[k]);
    l->has_wasi = true;
    if (o)
        copy_options(l, o);
    l->told = told(&l->arena, &l->wasi);
    return true;
}
