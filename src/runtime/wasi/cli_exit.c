/* wasi:cli/exit: ends the instance the way a trap does; the embedder asks wasi_exited which of both
 * it was. */
#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi_gen.h"

static enum host_status exit_with(struct host_call *c, uint8_t status)
{
    struct wasi *w = c->host;
    w->exited = true;
    w->exit_status = status;
    return wasi_trap(c, ERR_TRAP, "the guest exited with status %u", status);
}

enum host_status wasi_cli_exit_exit(struct host_call *c, const struct wasi_cli_exit_exit_args *a)
{
    return exit_with(c, a->status.is_err ? 1 : 0);
}

enum host_status wasi_cli_exit_exit_with_code(struct host_call *c, const struct wasi_cli_exit_exit_with_code_args *a)
{
    return exit_with(c, a->status_code);
}
