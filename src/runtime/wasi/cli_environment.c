/* wasi:cli/environment: what the application was configured with; there is no current directory. */
#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi.h"
#include "runtime/wasi/wasi_gen.h"

enum host_status wasi_cli_environment_get_environment(struct host_call *c, struct list_tuple_string_string *ret)
{
    const struct wasi_options *o = ((struct wasi *)c->host)->options;
    struct tuple_string_string *env = arena_alloc(c->arena, o->env_count * sizeof(*env));
    for (size_t i = 0; i < o->env_count; i++)
        env[i] = (struct tuple_string_string){ o->env[i].name, o->env[i].value };
    *ret = (struct list_tuple_string_string){ env, o->env_count };
    return HOST_DONE;
}

enum host_status wasi_cli_environment_get_arguments(struct host_call *c, struct list_string *ret)
{
    const struct wasi_options *o = ((struct wasi *)c->host)->options;
    *ret = (struct list_string){ o->args, o->arg_count };
    return HOST_DONE;
}

enum host_status wasi_cli_environment_initial_cwd(struct host_call *c, struct option_string *ret)
{
    (void)c;
    *ret = (struct option_string){ .some = false };
    return HOST_DONE;
}
