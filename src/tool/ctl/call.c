/* One call of a control API: see call.h. */
#include "tool/ctl/call.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"

enum { READ_BYTES = 64 * 1024 };

#define ANSWER_MAX_BYTES ((size_t)1 << 30)

static int connect_to(const struct address *a, struct err *e)
{
    char text[ADDRESS_TEXT_MAX];
    int fd = socket(a->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, address_of(a), a->len) == 0)
        return fd;
    int code = errno;
    if (fd >= 0)
        close(fd);
    address_print(address_of(a), text);
    err_system(e, code, "no connection to the control API at %s", text);
    if (code == EACCES)
        err_help(e, "its owner alone may use it: try as root, or start berthd with --control-group");
    else if (code == ENOENT || code == ECONNREFUSED)
        err_help(e, "is berthd running there? its option --control says where it listens");
    return -1;
}

/* A server that refuses answers before it has read everything: what could not be sent does not matter then. */
static void send_whole(int fd, str text)
{
    while (text.len) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return;
        text = str_slice(text, n > 0 ? (size_t)n : 0, text.len);
    }
}

static bool receive_whole(int fd, struct buf *raw, struct err *e)
{
    for (;;) {
        if (!buf_reserve(raw, READ_BYTES, e))
            return err_wrap(e, "the answer is too long");
        ssize_t n = recv(fd, raw->ptr + raw->len, READ_BYTES, 0);
        if (n == 0 || (n < 0 && errno == ECONNRESET && raw->len))
            return true;
        if (n < 0 && errno != EINTR)
            return err_system(e, errno, "the control API does not answer");
        raw->len += n > 0 ? (size_t)n : 0;
    }
}

bool ctl_answer_parse(struct buf *raw, uint32_t *ret_status, struct err *e)
{
    str text = buf_str(raw);
    size_t end = str_find(text, STR("\r\n\r\n"));
    if (!text.len)
        return err_set(e, ERR_CLOSED, "the control API closed the connection without an answer");
    if (end == SIZE_MAX || !str_starts(text, STR("HTTP/1.")) || !num_parse_u32(str_slice(text, 9, 12), ret_status))
        return err_set(e, ERR_PARSE, "the answer is not HTTP/1.1: is this a control API?");
    buf_consume(raw, end + 4);
    return true;
}

bool ctl_call(const struct address *a, str method, str path, str body, struct ctl_answer *ret, struct err *e)
{
    struct buf head;
    buf_init(&ret->body, ANSWER_MAX_BYTES);
    int fd = connect_to(a, e);
    if (fd < 0)
        return false;
    buf_init(&head, BUF_NO_LIMIT);
    buf_printf(&head, "%.*s %.*s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", STR_ARG(method), STR_ARG(path));
    if (body.ptr)
        buf_printf(&head, "Content-Length: %zu\r\n", body.len);
    buf_put_str(&head, STR("\r\n"));
    send_whole(fd, buf_str(&head));
    send_whole(fd, body);
    buf_fini(&head);
    bool ok = receive_whole(fd, &ret->body, e) && ctl_answer_parse(&ret->body, &ret->status, e);
    close(fd);
    return ok;
}
