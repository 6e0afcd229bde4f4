/* WASI as one of the things that a linker offers. */
#include "berth/wasi.h"

#include <assert.h>

#include "embed/error.h"
#include "embed/instance.h"
#include "embed/linker.h"

static_assert((int)BERTH_WASI_STDOUT == (int)WASI_STDOUT && (int)BERTH_WASI_STDERR == (int)WASI_STDERR,
              "the streams are the same");

static void on_output(void *owner, enum wasi_output which, bytes data)
{
    const struct berth_instance *i = owner;
    i->component->linker->output(i->data, (enum berth_wasi_stream)which, data);
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
        return error_give(e, &why);
    }
    if (!wit_add(l->wit, STR("wasi.wit"), wasi_text(), &why) || !wit_resolve(l->wit, &why))
        return error_give(e, &why);
    for (uint32_t k = 0; k < wasi_interface_count; k++)
        vec_push(&l->interfaces, wasi_interfaces[k]);
    l->has_wasi = true;
    if (o)
        copy_options(l, o);
    return true;
}
