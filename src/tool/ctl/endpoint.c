/* Where a control API is: see endpoint.h. */
#include "tool/ctl/endpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/num.h"
#include "server/daemon/flags.h"

enum { COMMAND_LINE_MAX = 64 * 1024, ARGUMENTS_MAX = 256, PATH_BYTES = 4096 };

static const char server_name[] = "berthd";

/* --- What was given --- */

static bool take_prefix(str *text, str prefix)
{
    if (!str_starts(*text, prefix))
        return false;
    *text = str_slice(*text, prefix.len, text->len);
    return true;
}

bool endpoint_is_remote(str word)
{
    return str_starts(word, STR("ssh://")) || str_starts(word, STR("docker://"));
}

/* HOST[/PATH]; the path keeps its slash. */
static bool split_host(str text, struct endpoint *ret, struct err *e)
{
    size_t slash = str_find_char(text, '/');
    ret->host = str_slice(text, 0, slash);
    ret->socket = slash == SIZE_MAX ? STR("") : str_slice(text, slash, text.len);
    if (ret->host.len && ret->host.ptr[0] != '-') /* no option of ssh or docker */
        return true;
    err_set(e, ERR_USAGE, "'%.*s' names no host", STR_ARG(text));
    return err_help(e, "write ssh://[USER@]HOST[:PORT][/PATH/OF/SOCKET] or docker://CONTAINER[/PATH/OF/SOCKET]");
}

static bool parse_ssh(str text, struct endpoint *ret, struct err *e)
{
    uint32_t port;
    ret->kind = ENDPOINT_SSH;
    if (!split_host(text, ret, e))
        return false;
    size_t colon = str_rfind_char(ret->host, ':');
    if (colon == SIZE_MAX)
        return true;
    ret->port = str_slice(ret->host, colon + 1, ret->host.len);
    ret->host = str_slice(ret->host, 0, colon);
    return (num_parse_u32(ret->port, &port) && port >= 1 && port <= 65535) ||
           err_set(e, ERR_USAGE, "'%.*s' is no port", STR_ARG(ret->port));
}

bool endpoint_parse(str text, struct endpoint *ret, struct err *e)
{
    *ret = (struct endpoint){ .kind = ENDPOINT_SOCKET };
    if (take_prefix(&text, STR("ssh://")))
        return parse_ssh(text, ret, e);
    if (take_prefix(&text, STR("docker://"))) {
        ret->kind = ENDPOINT_DOCKER;
        return split_host(text, ret, e);
    }
    if (take_prefix(&text, STR("http://"))) {
        bool ok = address_parse(text, &ret->address, e);
        return ok || err_help(e, "write http://HOST:PORT/config");
    }
    if (address_parse_literal(text, &ret->address))
        return true;
    err_set(e, ERR_USAGE, "'%.*s' is no address of a control API", STR_ARG(text));
    return err_help(e, "write unix:/path/of/socket, IP:PORT or [IPv6]:PORT, as for berthd --control");
}

/* --- Looking for a server --- */

static ssize_t read_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, out, size);
    close(fd);
    return n;
}

/* Supervisors only: the server process has another name. One that has ended has no command line. */
static bool is_server(const char *proc, const char *pid)
{
    char path[PATH_BYTES], name[32], first;
    snprintf(path, sizeof(path), "%s/%s/comm", proc, pid);
    ssize_t n = read_file(path, name, sizeof(name));
    if (n <= 0 || !str_eq(str_trim(str_from(name, (size_t)n)), STR(server_name)))
        return false;
    snprintf(path, sizeof(path), "%s/%s/cmdline", proc, pid);
    return read_file(path, &first, 1) == 1;
}

/* Its flags; the strings are the arena's. */
static bool read_flags(struct arena *a, const char *proc, const char *pid, struct flags *ret, struct err *e)
{
    char path[PATH_BYTES], *argv[ARGUMENTS_MAX], *text = arena_alloc(a, COMMAND_LINE_MAX + 1);
    int argc = 0;
    snprintf(path, sizeof(path), "%s/%s/cmdline", proc, pid);
    ssize_t n = read_file(path, text, COMMAND_LINE_MAX);
    if (n < 0)
        return err_system(e, errno, "read '%s'", path);
    text[n] = '\0';
    for (char *at = text; at < text + n && argc < ARGUMENTS_MAX - 1; at += strlen(at) + 1)
        argv[argc++] = at;
    argv[argc] = NULL;
    return flags_parse(argc, argv, NULL, ret, e) || err_wrap(e, "command line of process %s", pid);
}

/* A path of another process: relative ones begin where it works. */
static str path_there(struct arena *a, const char *proc, const char *pid, const char *path)
{
    return path[0] == '/' ? str_of(path) : str_printf(a, "%s/%s/cwd/%s", proc, pid, path);
}

static bool endpoint_of(struct arena *a, const char *proc, const char *pid, struct endpoint *ret, struct err *e)
{
    struct flags flags;
    if (!read_flags(a, proc, pid, &flags, e))
        return false;
    str control = str_of(flags.control), path = control;
    if (take_prefix(&path, STR("unix:")) && path.len && path.ptr[0] != '@')
        control = str_printf(a, "unix:%.*s", STR_ARG(path_there(a, proc, pid, path.ptr)));
    if (!endpoint_parse(control, ret, e))
        return false;
    ret->log = path_there(a, proc, pid, flags.log);
    return true;
}

static bool not_one(uint32_t count, struct err *e)
{
    if (count == 0)
        err_set(e, ERR_INVALID, "no %s runs on this machine", server_name);
    else
        err_set(e, ERR_INVALID, "%u servers run on this machine", count);
    return err_help(e, "name a control socket: --control unix:/path/of/socket%s", count ? "" : "; or start berthd");
}

bool endpoint_discover(struct arena *a, const char *proc, struct endpoint *ret, struct err *e)
{
    char found[32] = "";
    uint32_t count = 0, pid;
    DIR *dir = opendir(proc);
    if (!dir)
        return err_system(e, errno, "read '%s'", proc);
    for (const struct dirent *d; (d = readdir(dir));) {
        if (!num_parse_u32(str_of(d->d_name), &pid) || !is_server(proc, d->d_name))
            continue;
        snprintf(found, sizeof(found), "%u", pid);
        count++;
    }
    closedir(dir);
    return count == 1 ? endpoint_of(a, proc, found, ret, e) : not_one(count, e);
}
