/* The command line of berthd. */
#include "server/daemon/flags.h"

#include "base/str.h"

struct flag {
    const char *name;
    const char *value; /* "requires …" when it is missing; NULL: takes none */
    const char *metavar, *fallback, *help;
    const char *instead; /* an old name: the new one */
    size_t at;           /* of a const char *, or of a bool */
};

#define AT(member) offsetof(struct flags, member)

static const struct flag flags[] = {
    { "--control", "socket address", "ADDRESS", "unix:/run/berth/control.sock", "address of the control API", NULL,
      AT(control) },
    { "--control-mode", "a mode", "MODE", "0600", "mode of the control API's socket", NULL, AT(control_mode) },
    { "--control-user", "a username", "USER", NULL, "owner of the control API's socket", NULL, AT(control_user) },
    { "--control-group", "a group name", "GROUP", NULL, "group of the control API's socket", NULL, AT(control_group) },
    { "--pid", "filename", "FILE", "/run/berth/berthd.pid", "file for the process id", NULL, AT(pid) },
    { "--log", "filename", "FILE", "/var/log/berth/berthd.log", "log file", NULL, AT(log) },
    { "--modulesdir", "directory", "DIR", "/usr/lib/berth/modules", "accepted for Unit's sake, without effect", NULL,
      AT(modulesdir) },
    { "--statedir", "directory", "DIR", "/var/lib/berth", "configuration and certificates are kept here", NULL,
      AT(statedir) },
    { "--tmpdir", "directory", "DIR", "/tmp", "temporary files", NULL, AT(tmpdir) },
    { "--user", "username", "USER", "nobody", "user of the server process", NULL, AT(user) },
    { "--group", "group name", "GROUP", NULL, "group of the server process (default: the user's)", NULL, AT(group) },
    { "--no-daemon", NULL, NULL, NULL, "stay in the foreground", NULL, AT(no_daemon) },
    { "--version", NULL, NULL, NULL, "print the version and leave", NULL, AT(version) },
    { "--help", NULL, NULL, NULL, "print this and leave", NULL, AT(help) },
    { "-h", NULL, NULL, NULL, NULL, NULL, AT(help) },
    { "--modules", "directory", NULL, NULL, NULL, "--modulesdir", AT(modulesdir) },
    { "--state", "directory", NULL, NULL, NULL, "--statedir", AT(statedir) },
    { "--tmp", "directory", NULL, NULL, NULL, "--tmpdir", AT(tmpdir) },
};

static bool set_mode(const char *text, struct flags *ret, struct err *e)
{
    uint32_t mode = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '7' && mode <= 0777; c++)
        mode = mode * 8 + (uint32_t)(*c - '0');
    if (c == text || *c || mode > 0777)
        return err_set(e, ERR_USAGE, "option \"--control-mode\": \"%s\" is no octal mode such as 0600", text);
    ret->control_mode = mode;
    return true;
}

static bool set(const struct flag *f, const char *value, struct flags *ret, struct err *e)
{
    void *at = (char *)ret + f->at;
    if (!f->value)
        *(bool *)at = true;
    else if (f->at == AT(control_mode))
        return set_mode(value, ret, e);
    else
        *(const char **)at = value;
    return true;
}

static const struct flag *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (strcmp(flags[i].name, name) == 0)
            return &flags[i];
    return NULL;
}

static bool unknown(const char *name, struct err *e)
{
    str names[ARRAY_LEN(flags)];
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        names[i] = str_of(flags[i].name);
    err_set(e, ERR_USAGE, "unknown option \"%s\", try \"berthd -h\" for available options", name);
    str nearest = str_nearest(str_of(name), names, ARRAY_LEN(names));
    return nearest.len ? err_help(e, "did you mean \"%.*s\"?", STR_ARG(nearest)) : false;
}

bool flags_parse(int argc, char **argv, FILE *notes, struct flags *ret, struct err *e)
{
    *ret = (struct flags){ .control = NULL };
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (flags[i].fallback && flags[i].at != AT(user) && !set(&flags[i], flags[i].fallback, ret, e))
            return false;
    for (int i = 1; i < argc; i++) {
        const struct flag *f = find(argv[i]);
        if (!f)
            return unknown(argv[i], e);
        if (f->instead && notes)
            fprintf(notes, "option \"%s\" is deprecated; use \"%s\" instead\n", f->name, f->instead);
        const char *value = NULL;
        if (f->value && !(value = argv[++i]))
            return err_set(e, ERR_USAGE, "option \"%s\" requires %s", f->name, f->value);
        if (!set(f, value, ret, e))
            return false;
    }
    return true;
}

void flags_print_help(FILE *out)
{
    fprintf(out, "Berth hosts WebAssembly components behind listeners, routes and TLS.\n\nUsage: berthd [options]\n\n");
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        const struct flag *f = &flags[i];
        if (!f->help)
            continue;
        fprintf(out, "  %s%s%s\n      %s\n", f->name, f->metavar ? " " : "", f->metavar ? f->metavar : "", f->help);
        if (f->fallback)
            fprintf(out, "      default: \"%s\"\n", f->fallback);
    }
}

size_t flags_list_help(struct flag_help *ret, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(flags) && count < max; i++) {
        const struct flag *f = &flags[i];
        if (f->help)
            ret[count++] =
                (struct flag_help){ .name = f->name, .value = f->metavar, .fallback = f->fallback, .help = f->help };
    }
    return count;
}
