/* The program `berth`. */
#include <signal.h>

#include "tool/command.h"

static const struct command *const commands[] = { &serve_command, &inspect_command };

int main(int argc, char **argv)
{
    /* A reader that went away is an error of that write, never the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    struct console c = console_of_process();
    struct command_table table = { commands, ARRAY_LEN(commands) };
    size_t count = argc > 1 ? (size_t)argc - 1 : 0;
    str *words = mem_new_n(str, count);
    for (size_t i = 0; i < count; i++)
        words[i] = str_of(argv[i + 1]);
    enum exit_status status = command_main(&c, &table, words, count);
    mem_free(words);
    if (fflush(c.out) != 0 && status == EXIT_DONE)
        status = EXIT_FAILED;
    return (int)status;
}
