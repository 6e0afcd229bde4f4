/* The program `berth`, which is the production server when it is called `berthd`, and `berth ctl` when it is called
 * `unitc`. One file: the runtime is most of it, and both need it whole. */
#include <nss.h>
#include <signal.h>

#include "server/daemon/daemon.h"
#include "tool/command.h"

static const struct command *const commands[] = { &serve_command, &inspect_command, &ctl_command,
                                                  &check_command, &schema_command,  &wast_command };

/* Unit's script of this name takes its options in any case. */
static void lower_option(char *word)
{
    for (char *c = word; *word == '-' && *c && *c != '='; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
}

/* A static program must not load the modules that the machine's nsswitch.conf names: they are of another C library, and
 * end it. What is built in stays. */
static void look_up_without_modules(void)
{
    static const char *const files_only[] = { "passwd", "group", "initgroups" };
    for (size_t i = 0; i < ARRAY_LEN(files_only); i++)
        __nss_configure_lookup(files_only[i], "files");
    __nss_configure_lookup("hosts", "files dns");
}

static str name_of(str program)
{
    size_t slash = str_rfind_char(program, '/');
    return str_slice(program, slash == SIZE_MAX ? 0 : slash + 1, program.len);
}

int main(int argc, char **argv)
{
    if (BERTH_STATIC)
        look_up_without_modules();
    str name = argc > 0 ? name_of(str_of(argv[0])) : STR("berth");
    if (str_eq(name, STR("berthd")))
        return daemon_main(argc, argv);
    /* A reader that went away is an error of that write, never the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    struct console c = console_of_process();
    struct command_table table = { commands, ARRAY_LEN(commands) };
    bool unitc = str_eq(name, STR("unitc"));
    size_t count = 0;
    str *words = mem_new_n(str, (size_t)argc + 1);
    if (unitc)
        words[count++] = STR("ctl");
    for (int i = 1; i < argc; i++) {
        if (unitc)
            lower_option(argv[i]);
        words[count++] = str_of(argv[i]);
    }
    enum exit_status status = command_main(&c, &table, words, count);
    mem_free(words);
    if (fflush(c.out) != 0 && status == EXIT_DONE)
        status = EXIT_FAILED;
    return (int)status;
}
