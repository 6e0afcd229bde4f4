/* wasi:cli/terminal-*: no stream of a guest is a terminal, so its resources never exist. */
#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi_gen.h"

enum host_status wasi_cli_terminal_stdin_get_terminal_stdin(struct host_call *c,
                                                            struct option_wasi_cli_terminal_input_terminal_input *ret)
{
    (void)c;
    *ret = (struct option_wasi_cli_terminal_input_terminal_input){ .some = false };
    return HOST_DONE;
}

enum host_status
wasi_cli_terminal_stdout_get_terminal_stdout(struct host_call *c,
                                             struct option_wasi_cli_terminal_output_terminal_output *ret)
{
    (void)c;
    *ret = (struct option_wasi_cli_terminal_output_terminal_output){ .some = false };
    return HOST_DONE;
}

enum host_status
wasi_cli_terminal_stderr_get_terminal_stderr(struct host_call *c,
                                             struct option_wasi_cli_terminal_output_terminal_output *ret)
{
    (void)c;
    *ret = (struct option_wasi_cli_terminal_output_terminal_output){ .some = false };
    return HOST_DONE;
}

void wasi_cli_terminal_input_terminal_input_drop(struct wasi_cli_terminal_input_terminal_input *r)
{
    (void)r;
}

void wasi_cli_terminal_output_terminal_output_drop(struct wasi_cli_terminal_output_terminal_output *r)
{
    (void)r;
}
