/* `berthd` as a command: see daemon.h. */
#include "tool/manual/daemon.h"

#include <assert.h>

#include "server/daemon/flags.h"

static const struct daemon_signal signals[] = {
    { "SIGTERM, SIGINT", "Ends at once; connections are dropped." },
    { "SIGQUIT", "Takes no more connections, lets running requests finish, and ends." },
    { "SIGUSR1", "Opens the log and the access logs again, after they were renamed." },
    { "SIGUSR2", "Upgrades in place: the file that berthd was started from, now another version, takes over. Sockets "
                 "stay open, no request is lost. Where the new file does not run, the old program goes on." },
    { "SIGHUP", "Nothing: the configuration is changed with berth ctl." },
};

static const char about[] =
    "berthd hosts WebAssembly components behind listeners and routes. Flags, configuration and control API are those "
    "of NGINX Unit, and so are their defaults of behaviour.\n\n"
    "It starts with the configuration that was in force last, at first an empty one, and is configured while it runs:\n"
    " berth ctl config.json /config\n"
    "A supervisor, which may be root, binds sockets and opens files; a server process without its privileges answers "
    "requests. When the server process dies, another one is started; listening sockets stay open meanwhile.\n\n"
    "Under systemd it tells when it is ready, reloads and stops (sd_notify(3), Type=notify).";

/* What --help says in a line under each flag becomes a sentence. */
static struct option option_of(const struct flag_help *h)
{
    assert(h->name[0] == '-' && h->name[1] == '-');
    return (struct option){
        .name = h->name + 2,
        .kind = h->value ? OPTION_TEXT : OPTION_FLAG,
        .value = h->value,
        .help = h->help,
        .fallback = h->fallback,
    };
}

void daemon_command_init(struct daemon_command *d)
{
    struct flag_help helps[DAEMON_OPTIONS_MAX];
    size_t count = flags_list_help(helps, DAEMON_OPTIONS_MAX);
    *d = (struct daemon_command){
        .command = {
            .name = "berthd",
            .args = "",
            .help = "Host WebAssembly components behind listeners, routes and TLS.",
            .example = "berthd --no-daemon --log /dev/stderr",
            .about = about,
        },
        .signals = signals,
        .signal_count = ARRAY_LEN(signals),
    };
    for (size_t i = 0; i < count; i++)
        if (!str_eq(str_of(helps[i].name), STR("--help")))
            d->options[d->table.len++] = option_of(&helps[i]);
    d->table.at = d->options;
    d->command.options = &d->table;
}
