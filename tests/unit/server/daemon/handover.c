/* Tests of server/daemon/handover.c: what one supervisor writes the next one reads; what is damaged is refused. */
#include "server/daemon/handover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"
#include "server/daemon/broker.h"

static int text_fd(const char *text)
{
    int fd = memfd_create("test", 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static int any_fd(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

struct seen {
    int fd, count;
    char address[64];
};

static void see(void *ctx, str address, int fd)
{
    struct seen *s = ctx;
    s->fd = fd;
    s->count++;
    snprintf(s->address, sizeof(s->address), "%.*s", STR_ARG(address));
}

static void round_trip(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct handover h = { .control_fd = any_fd(), .lock_fd = any_fd(), .server = 4711 }, got;
    struct broker_desk *from = broker_desk_new("/"), *to = broker_desk_new("/");
    int listener = any_fd();
    assert_true(broker_desk_adopt(from, STR("127.0.0.1:80"), listener, &e));
    int fd = handover_write(&h, from, &e);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(listener, F_GETFD), 0);
    assert_int_equal(fcntl(h.control_fd, F_GETFD), 0);
    if (!handover_read(fd, &got, to, &e))
        fail_msg("%s", e.text);
    struct seen s = { .fd = -1 };
    broker_desk_each(to, see, &s);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.address, "127.0.0.1:80");
    assert_int_equal(s.fd, listener);
    assert_int_equal(got.control_fd, h.control_fd);
    assert_int_equal(got.lock_fd, h.lock_fd);
    assert_int_equal(got.server, 4711);
    assert_int_equal(fcntl(listener, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fcntl(h.lock_fd, F_GETFD), FD_CLOEXEC);
    close(h.control_fd);
    close(h.lock_fd);
    broker_desk_free(from, true);
    broker_desk_free(to, true); /* the same descriptor once more: nobody else has taken it */
}

static void undone(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct handover h = { .control_fd = any_fd(), .lock_fd = any_fd() };
    struct broker_desk *d = broker_desk_new("/");
    int fd = handover_write(&h, d, &e);
    handover_undo(fd, &h, d);
    assert_int_equal(fcntl(h.control_fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    close(h.control_fd);
    close(h.lock_fd);
    broker_desk_free(d, true);
}

static void newer_lines_are_skipped(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct handover got;
    struct broker_desk *d = broker_desk_new("/");
    char text[128];
    int control = any_fd(), lock = any_fd();
    snprintf(text, sizeof(text), "colour blue\ncontrol %d\nlock %d\nserver 1\nshape\n", control, lock);
    assert_true(handover_read(text_fd(text), &got, d, &e));
    assert_int_equal(got.server, 1);
    close(control);
    close(lock);
    broker_desk_free(d, true);
}

static void damaged(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "", "no control socket or no lock" },
        { "control 0\n", "no control socket or no lock" },
        { "control 99999\n", "'control 99999' names no open descriptor" },
        { "control x\n", "'control x' names no open descriptor" },
        { "lock 99999999999\n", "names no open descriptor" },
        { "control", "'control' names no open descriptor" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        struct handover got;
        struct broker_desk *d = broker_desk_new("/");
        assert_false(handover_read(text_fd(cases[i].text), &got, d, &e));
        if (!strstr(e.text, cases[i].want))
            fail_msg("'%s': want '%s', got '%s'", cases[i].text, cases[i].want, e.text);
        broker_desk_free(d, true);
    }
}

static void no_handover(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct handover got;
    struct broker_desk *d = broker_desk_new("/");
    assert_false(handover_read(99999, &got, d, &e));
    assert_non_null(strstr(e.text, "descriptor 99999"));
    int fd = any_fd();
    assert_false(handover_read(fd, &got, d, &e));
    assert_non_null(strstr(e.text, "is no handover"));
    close(fd);
    broker_desk_free(d, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip), cmocka_unit_test(undone),      cmocka_unit_test(newer_lines_are_skipped),
        cmocka_unit_test(damaged),    cmocka_unit_test(no_handover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
