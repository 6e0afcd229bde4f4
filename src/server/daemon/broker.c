/* Asking the supervisor: see broker.h. */
#include "server/daemon/broker.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/daemon/broker_types.h"
#include "server/daemon/certificate_files.h"
#include "server/daemon/state_dir.h"

struct broker {
    int fd;
    pthread_mutex_t lock; /* one question at a time */
};

bool broker_send(int socket, const void *packet, size_t size, int fd)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { .iov_base = (char *)(uintptr_t)packet, .iov_len = size };
    struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
    if (fd >= 0) {
        m.msg_control = &control;
        m.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(socket, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)size;
}

bool broker_receive(int socket, void *packet, size_t size, int *ret_fd)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { .iov_base = packet, .iov_len = size };
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control.bytes)
    };
    ssize_t n;
    *ret_fd = -1;
    do
        n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
    if (n == (ssize_t)size)
        return true;
    if (*ret_fd >= 0)
        close(*ret_fd);
    *ret_fd = -1;
    return false;
}

struct broker *broker_connect(int fd)
{
    struct broker *b = mem_new(struct broker);
    b->fd = fd;
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void broker_disconnect(struct broker *b)
{
    if (!b)
        return;
    close(b->fd);
    pthread_mutex_destroy(&b->lock);
    mem_free(b);
}

static bool ask(struct broker *b, const struct broker_question *q, int fd, int *ret_fd, struct err *e)
{
    struct broker_reply reply;
    pthread_mutex_lock(&b->lock);
    bool heard = broker_send(b->fd, q, sizeof(*q), fd) && broker_receive(b->fd, &reply, sizeof(reply), ret_fd);
    pthread_mutex_unlock(&b->lock);
    if (!heard)
        return err_set(e, ERR_CLOSED, "the supervisor does not answer");
    if (!reply.ok)
        *e = reply.e;
    return reply.ok;
}

/* A question whose text comes in a memory file. */
static bool ask_with_text(struct broker *b, enum broker_verb verb, str text, int *ret_fd, struct err *e)
{
    const struct broker_question q = { .verb = verb };
    int fd = memfd_create("text", MFD_CLOEXEC);
    if (fd < 0)
        return err_system(e, errno, "make a memory file");
    bool ok = write_whole(fd, text) || err_system(e, errno, "write a memory file");
    ok = ok && ask(b, &q, fd, ret_fd, e);
    close(fd);
    return ok;
}

int broker_listen(struct broker *b, str address, int backlog, struct err *e)
{
    struct broker_question q = { .verb = BROKER_LISTEN, .backlog = backlog, .address_len = (uint32_t)address.len };
    int fd;
    if (address.len > sizeof(q.address)) {
        err_set(e, ERR_LIMIT, "the address is too long");
        return -1;
    }
    memcpy(q.address, address.ptr, address.len);
    return ask(b, &q, -1, &fd, e) ? fd : -1;
}

bool broker_keep(struct broker *b, str addresses, struct err *e)
{
    int none;
    return ask_with_text(b, BROKER_KEEP, addresses, &none, e);
}

bool broker_store(struct broker *b, str text, struct err *e)
{
    int none;
    return ask_with_text(b, BROKER_STORE, text, &none, e);
}

int broker_access_log(struct broker *b, str path, struct err *e)
{
    int fd;
    return ask_with_text(b, BROKER_ACCESS_LOG, path, &fd, e) ? fd : -1;
}

int broker_certificates(struct broker *b, struct err *e)
{
    const struct broker_question q = { .verb = BROKER_CERTIFICATES };
    int fd;
    return ask(b, &q, -1, &fd, e) ? fd : -1;
}

bool broker_store_certificate(struct broker *b, str name, str pem, struct err *e)
{
    int none;
    struct buf record;
    buf_init(&record, BUF_NO_LIMIT);
    certificate_record_put(&record, name, pem);
    bool ok = ask_with_text(b, BROKER_STORE_CERTIFICATE, buf_str(&record), &none, e);
    explicit_bzero(record.ptr, record.len); /* a private key */
    buf_fini(&record);
    return ok;
}

bool broker_delete_certificate(struct broker *b, str name, struct err *e)
{
    int none;
    return ask_with_text(b, BROKER_DELETE_CERTIFICATE, name, &none, e);
}

static int ask_for_file(struct broker *b, enum broker_verb verb)
{
    const struct broker_question q = { .verb = verb };
    struct err ignored = ERR_INIT;
    int fd;
    return ask(b, &q, -1, &fd, &ignored) ? fd : -1;
}

int broker_stored(struct broker *b)
{
    return ask_for_file(b, BROKER_STORED);
}

int broker_log(struct broker *b)
{
    return ask_for_file(b, BROKER_LOG);
}

static void tell(struct broker *b, enum broker_verb verb)
{
    const struct broker_question q = { .verb = verb };
    pthread_mutex_lock(&b->lock);
    broker_send(b->fd, &q, sizeof(q), -1); /* a supervisor that is gone ends this process soon */
    pthread_mutex_unlock(&b->lock);
}

void broker_tell_ready(struct broker *b)
{
    tell(b, BROKER_READY);
}

void broker_tell_standby(struct broker *b)
{
    tell(b, BROKER_STANDBY);
}
