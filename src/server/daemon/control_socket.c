/* The control API's socket: see control_socket.h. */
#include "server/daemon/control_socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "io/net/address.h"
#include "io/net/listener.h"
#include "server/daemon/flags.h"
#include "server/daemon/identity.h"
#include "server/daemon/state_dir.h"

enum { BACKLOG = 511 };

/* NULL for addresses that are no file. */
static const char *path_of(const struct address *a)
{
    const char *path = ((const struct sockaddr_un *)&a->storage)->sun_path;
    return a->storage.ss_family == AF_UNIX && path[0] ? path : NULL;
}

static bool parse(const struct flags *f, struct address *ret, struct err *e)
{
    if (address_parse_literal(str_of(f->control), ret))
        return true;
    err_set(e, ERR_USAGE, "\"%s\" is no address for the control API", f->control);
    return err_help(e, "write unix:/path/of/socket, IP:PORT or [IPv6]:PORT");
}

/* Nothing there, or a socket that a dead server has left. */
static bool is_free(const struct address *a, const char *path, struct err *e)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return errno == ENOENT || err_system(e, errno, "look at '%s'", path);
    if (!S_ISSOCK(st.st_mode)) {
        err_set(e, ERR_INVALID, "control socket '%s': a file that is no socket is in the way", path);
        return err_help(e, "remove it, or name another place: --control unix:/path/of/socket");
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = fd >= 0 && connect(fd, address_of(a), a->len) == 0;
    if (fd >= 0)
        close(fd);
    if (!alive)
        return true;
    err_set(e, ERR_SYSTEM, "control socket '%s': socket already in use", path);
    return err_help(e, "stop the server that listens there, or give this one another --control");
}

static bool set_rights(const struct flags *f, const char *path, struct err *e)
{
    uid_t uid;
    gid_t gid;
    if (!identity_ids(f->control_user, f->control_group, &uid, &gid, e))
        return false;
    if (chown(path, uid, gid) < 0 || chmod(path, (mode_t)f->control_mode) < 0)
        return err_system(e, errno, "set the rights of '%s'", path);
    return true;
}

/* Made under another name, which nobody knows, until it is as it should be. */
static int open_file(const struct flags *f, const struct address *a, const char *path, struct err *e)
{
    const struct listener_settings settings = { .backlog = BACKLOG };
    char text[ADDRESS_TEXT_MAX];
    struct address temporary;
    if (!directory_make_above(path, e)) {
        err_help(e, "name a place that this user may write: --control unix:/path/of/socket");
        return -1;
    }
    if (!is_free(a, path, e))
        return -1;
    int n = snprintf(text, sizeof(text), "unix:%s.tmp", path);
    if (n >= (int)sizeof(text) || !address_parse_literal(str_of(text), &temporary)) {
        err_set(e, ERR_LIMIT, "control socket '%s': the path is too long", path);
        return -1;
    }
    unlink(path_of(&temporary));
    mode_t mask = umask(0177);
    int fd = listener_bind(&temporary, &settings, NULL, e);
    umask(mask);
    if (fd < 0)
        return -1;
    if (set_rights(f, path_of(&temporary), e)) {
        if (rename(path_of(&temporary), path) == 0)
            return fd;
        err_system(e, errno, "rename the control socket to '%s'", path);
    }
    unlink(path_of(&temporary));
    close(fd);
    return -1;
}

int control_socket_open(const struct flags *f, struct err *e)
{
    const struct listener_settings settings = { .backlog = BACKLOG };
    struct address a;
    if (!parse(f, &a, e))
        return -1;
    if (path_of(&a))
        return open_file(f, &a, path_of(&a), e);
    int fd = listener_bind(&a, &settings, NULL, e);
    if (fd < 0)
        err_wrap(e, "control API");
    return fd;
}

void control_socket_remove(const struct flags *f)
{
    struct address a;
    if (address_parse_literal(str_of(f->control), &a) && path_of(&a))
        unlink(path_of(&a));
}
