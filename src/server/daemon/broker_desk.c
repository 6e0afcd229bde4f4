/* The supervisor's side of the broker: the sockets and the files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/list.h"
#include "io/net/address.h"
#include "io/net/listener.h"
#include "server/daemon/broker.h"
#include "server/daemon/broker_types.h"
#include "server/daemon/certificate_files.h"
#include "server/daemon/state_dir.h"

struct open_socket {
    struct list node;
    str address;
    int fd;
    struct address parsed;
    char text[BROKER_ADDRESS_MAX];
};

struct broker_desk {
    const char *state_dir;
    struct list sockets;
};

struct broker_desk *broker_desk_new(const char *state_dir)
{
    struct broker_desk *d = mem_new(struct broker_desk);
    d->state_dir = state_dir;
    list_init(&d->sockets);
    return d;
}

static const char *path_of(const struct address *a)
{
    const char *path = ((const struct sockaddr_un *)&a->storage)->sun_path;
    return a->storage.ss_family == AF_UNIX && path[0] ? path : NULL;
}

static void socket_close(struct open_socket *s, bool leave_path)
{
    const char *path = path_of(&s->parsed);
    if (path && !leave_path)
        unlink(path);
    close(s->fd);
    list_remove(&s->node);
    mem_free(s);
}

static void close_all(struct broker_desk *d, bool leave_paths)
{
    while (!list_empty(&d->sockets))
        socket_close(list_first(&d->sockets, struct open_socket, node), leave_paths);
}

void broker_desk_close(struct broker_desk *d)
{
    close_all(d, false);
}

void broker_desk_free(struct broker_desk *d, bool leave_paths)
{
    close_all(d, leave_paths);
    mem_free(d);
}

/* --- Sockets --- */

static struct open_socket *socket_find(struct broker_desk *d, str address)
{
    for (struct list *n = d->sockets.next; n != &d->sockets; n = n->next) {
        struct open_socket *s = CONTAINER_OF(n, struct open_socket, node);
        if (str_eq(s->address, address))
            return s;
    }
    return NULL;
}

static struct open_socket *socket_new(struct broker_desk *d, str address, int fd, const struct address *parsed)
{
    struct open_socket *s = mem_new(struct open_socket);
    list_init(&s->node);
    memcpy(s->text, address.ptr, address.len);
    s->address = str_from(s->text, address.len);
    s->fd = fd;
    s->parsed = *parsed;
    list_push(&d->sockets, &s->node);
    return s;
}

static bool parse_address(str address, struct address *ret, struct err *e)
{
    return (address.len <= BROKER_ADDRESS_MAX && address_parse_literal(address, ret)) ||
           err_set(e, ERR_INVALID, "\"%.*s\" is no address", STR_ARG(address));
}

static uint16_t port_of(const struct address *a)
{
    switch (a->storage.ss_family) {
    case AF_INET: return ((const struct sockaddr_in *)&a->storage)->sin_port;
    case AF_INET6: return ((const struct sockaddr_in6 *)&a->storage)->sin6_port;
    default: return 0;
    }
}

/* "*:80" cannot be opened beside "127.0.0.1:80", nor "0.0.0.0:80" beside "*:80": the system takes that for a use by
 * somebody else. Listeners that a change removes are still open while it is tried. */
static bool say_who_overlaps(const struct broker_desk *d, str address, const struct address *parsed, struct err *e)
{
    for (struct list *n = d->sockets.next; n != &d->sockets; n = n->next) {
        struct open_socket *s = CONTAINER_OF(n, struct open_socket, node);
        if (!port_of(parsed) || s->parsed.storage.ss_family != parsed->storage.ss_family ||
            port_of(&s->parsed) != port_of(parsed))
            continue;
        err_set(e, ERR_SYSTEM, "address %.*s overlaps the listener %.*s of this server", STR_ARG(address),
                STR_ARG(s->address));
        return err_help(e, "have one of the two; to replace the old one, remove it in a change of its own before");
    }
    return false;
}

static bool open_listener(struct broker_desk *d, str address, int backlog, int *ret_fd, struct err *e)
{
    const struct listener_settings settings = { .backlog = backlog, .v6_only = true };
    struct open_socket *s = socket_find(d, address);
    struct address parsed;
    if (s) {
        listen(s->fd, backlog); /* the backlog may be new */
        *ret_fd = s->fd;
        return true;
    }
    if (!parse_address(address, &parsed, e))
        return false;
    int fd = listener_bind(&parsed, &settings, NULL, e);
    if (fd < 0)
        return e->code == EADDRINUSE && say_who_overlaps(d, address, &parsed, e);
    if (path_of(&parsed))
        chmod(path_of(&parsed), 0666); /* as Unit's: whoever reaches the directory may connect */
    *ret_fd = socket_new(d, address, fd, &parsed)->fd;
    return true;
}

void broker_desk_each(struct broker_desk *d, void (*each)(void *ctx, str address, int fd), void *ctx)
{
    for (struct list *n = d->sockets.next; n != &d->sockets; n = n->next) {
        struct open_socket *s = CONTAINER_OF(n, struct open_socket, node);
        each(ctx, s->address, s->fd);
    }
}

bool broker_desk_adopt(struct broker_desk *d, str address, int fd, struct err *e)
{
    struct address parsed;
    if (!parse_address(address, &parsed, e))
        return false;
    socket_new(d, address, fd, &parsed);
    return true;
}

static bool is_named(str names, str address)
{
    for (str rest = names; rest.ptr;)
        if (str_eq(str_split(rest, '\n', &rest), address))
            return true;
    return false;
}

static bool read_text(int fd, char **ret, size_t *ret_len, struct err *e)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_set(e, ERR_INVALID, "the question has no text");
    char *text = mem_alloc((size_t)st.st_size + 1, 1);
    ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
    if (n < 0) {
        mem_free(text);
        return err_system(e, errno, "read a memory file");
    }
    *ret = text;
    *ret_len = (size_t)n;
    return true;
}

static bool keep_listeners(struct broker_desk *d, int fd, struct err *e)
{
    char *text = NULL;
    size_t len = 0;
    if (!read_text(fd, &text, &len, e))
        return false;
    for (struct list *n = d->sockets.next, *next; n != &d->sockets; n = next) {
        struct open_socket *s = CONTAINER_OF(n, struct open_socket, node);
        next = n->next;
        if (!is_named(str_from(text, len), s->address))
            socket_close(s, false);
    }
    mem_free(text);
    return true;
}

/* --- Files --- */

static bool copy_whole(void *ctx, int to)
{
    const int *from = ctx;
    struct stat st;
    if (fstat(*from, &st) < 0)
        return false;
    for (off_t at = 0; at < st.st_size;)
        if (sendfile(to, *from, &at, (size_t)(st.st_size - at)) <= 0 && errno != EINTR)
            return false;
    return true;
}

static bool open_stored(const struct broker_desk *d, int *ret_fd, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/conf.json", d->state_dir);
    *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
    return *ret_fd >= 0 || err_system(e, errno, "open '%s'", path);
}

/* The supervisor has opened it again as its stderr, before it told the server process to ask. */
static bool share_log(int *ret_fd, struct err *e)
{
    *ret_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    return *ret_fd >= 0 || err_system(e, errno, "share the log");
}

/* A pipe without a reader, or a slow one, must not hold up the supervisor or the workers. */
static bool open_access_log(int text_fd, int *ret_fd, struct err *e)
{
    char *path = NULL;
    size_t len = 0;
    if (!read_text(text_fd, &path, &len, e))
        return false;
    path[len] = '\0';
    *ret_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    bool ok = *ret_fd >= 0 || err_system(e, errno, "open '%s'", path);
    mem_free(path);
    return ok;
}

static bool store_certificate(const struct broker_desk *d, int text_fd, struct err *e)
{
    char *record = NULL;
    size_t len = 0;
    if (!read_text(text_fd, &record, &len, e))
        return false;
    bool ok = certificate_file_store(d->state_dir, str_from(record, len), e);
    explicit_bzero(record, len); /* a private key */
    mem_free(record);
    return ok;
}

static bool delete_certificate(const struct broker_desk *d, int text_fd, struct err *e)
{
    char *name = NULL;
    size_t len = 0;
    if (!read_text(text_fd, &name, &len, e))
        return false;
    bool ok = certificate_file_delete(d->state_dir, str_from(name, len), e);
    mem_free(name);
    return ok;
}

static bool read_certificates(const struct broker_desk *d, int *ret_fd, struct err *e)
{
    *ret_fd = certificate_files_read(d->state_dir, e);
    return *ret_fd >= 0;
}

enum broker_event broker_answer(struct broker_desk *d, int socket)
{
    struct broker_question q;
    struct broker_reply reply = { .e = ERR_INIT };
    int text, fd = -1;
    bool close_fd = false;
    enum broker_event event = BROKER_ANSWERED;
    if (!broker_receive(socket, &q, sizeof(q), &text))
        return BROKER_GONE;
    switch (q.verb) {
    case BROKER_LISTEN:
        if (q.address_len <= sizeof(q.address))
            reply.ok = open_listener(d, str_from(q.address, q.address_len), q.backlog, &fd, &reply.e);
        break;
    case BROKER_KEEP: reply.ok = keep_listeners(d, text, &reply.e); break;
    case BROKER_STORE: reply.ok = file_replace(d->state_dir, "conf.json", copy_whole, &text, &reply.e); break;
    case BROKER_STORED: close_fd = reply.ok = open_stored(d, &fd, &reply.e); break;
    case BROKER_LOG: close_fd = reply.ok = share_log(&fd, &reply.e); break;
    case BROKER_ACCESS_LOG: close_fd = reply.ok = open_access_log(text, &fd, &reply.e); break;
    case BROKER_CERTIFICATES: close_fd = reply.ok = read_certificates(d, &fd, &reply.e); break;
    case BROKER_STORE_CERTIFICATE: reply.ok = store_certificate(d, text, &reply.e); break;
    case BROKER_DELETE_CERTIFICATE: reply.ok = delete_certificate(d, text, &reply.e); break;
    case BROKER_READY: event = BROKER_IS_READY; break;
    case BROKER_STANDBY: event = BROKER_IS_ON_STANDBY; break;
    }
    if (event == BROKER_ANSWERED && !broker_send(socket, &reply, sizeof(reply), fd))
        event = BROKER_GONE;
    if (close_fd)
        close(fd);
    if (text >= 0)
        close(text);
    return event;
}
