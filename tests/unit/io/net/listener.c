/* Tests of io/net/listener.c: sockets of this machine's loopback. */
#include "io/net/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "io/loop/loop.h"

static const struct listener_settings settings = { .backlog = 16 };

static struct address parsed(const char *text)
{
    struct address a;
    struct err e = ERR_INIT;
    assert_true(address_parse(str_of(text), &a, &e));
    return a;
}

static int connect_to(const struct address *a)
{
    int fd = socket(a->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, address_of(a), a->len), 0);
    return fd;
}

struct acceptor {
    struct loop *loop;
    struct listener listeners[2];
    int accepted, wanted, closed;
};

static void on_connection(void *owner, int fd)
{
    struct acceptor *a = owner;
    close(fd);
    if (++a->accepted == a->wanted)
        loop_stop(a->loop);
}

static void on_closed(void *owner)
{
    struct acceptor *a = owner;
    if (++a->closed == ARRAY_LEN(a->listeners))
        loop_stop(a->loop);
}

static void two_share_a_socket(void **state)
{
    (void)state;
    struct address wanted = parsed("127.0.0.1:0"), bound;
    struct err e = ERR_INIT;
    int fd = listener_bind(&wanted, &settings, &bound, &e);
    assert_true(fd >= 0);
    assert_int_not_equal(((struct sockaddr_in *)&bound.storage)->sin_port, 0);

    struct acceptor a = { .loop = loop_new(), .wanted = 8 };
    for (size_t i = 0; i < ARRAY_LEN(a.listeners); i++) {
        a.listeners[i] = (struct listener){ .owner = &a, .on_connection = on_connection, .on_closed = on_closed };
        assert_true(listener_open(&a.listeners[i], a.loop, fd, &e));
    }
    close(fd); /* they have their own */
    int clients[8];
    for (size_t i = 0; i < ARRAY_LEN(clients); i++)
        clients[i] = connect_to(&bound);
    loop_run(a.loop);
    assert_int_equal(a.accepted, ARRAY_LEN(clients)); /* each by one of the two */

    /* Somebody else's server is told apart. */
    assert_int_equal(listener_bind(&bound, &settings, NULL, &e), -1);
    assert_int_equal(e.code, EADDRINUSE);
    assert_non_null(strstr(e.text, "in use by another program"));
    assert_true(e.help[0]);

    listener_close(&a.listeners[0]);
    listener_close(&a.listeners[1]);
    listener_close(&a.listeners[1]); /* again: nothing happens */
    loop_run(a.loop);
    assert_int_equal(a.closed, ARRAY_LEN(a.listeners));
    for (size_t i = 0; i < ARRAY_LEN(clients); i++)
        close(clients[i]);
    loop_free(a.loop);
}

static void address_of_another_machine(void **state)
{
    (void)state;
    struct address a = parsed("192.0.2.1:0"); /* RFC 5737: nobody's */
    struct err e = ERR_INIT;
    assert_int_equal(listener_bind(&a, &settings, NULL, &e), -1);
    assert_int_equal(e.code, EADDRNOTAVAIL);
    assert_non_null(strstr(e.help, "no such address"));
}

static void unix_path_of_the_dead_is_taken_over(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    char folder[48], path[64];
    snprintf(folder, sizeof(folder), "%s/berth-XXXXXX", base ? base : P_tmpdir);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "unix:%s/s", folder);
    struct address a = parsed(path);
    struct err e = ERR_INIT;

    int first = listener_bind(&a, &settings, NULL, &e);
    assert_true(first >= 0);
    assert_int_equal(listener_bind(&a, &settings, NULL, &e), -1); /* somebody listens */
    assert_int_equal(e.code, EADDRINUSE);
    close(first);
    int second = listener_bind(&a, &settings, NULL, &e); /* nobody does */
    assert_true(second >= 0);
    close(connect_to(&a));
    close(second);

    /* What is no socket stays. */
    assert_int_equal(unlink(path + 5), 0);
    FILE *file = fopen(path + 5, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(listener_bind(&a, &settings, NULL, &e), -1);
    struct stat st;
    assert_int_equal(stat(path + 5, &st), 0);
    unlink(path + 5);
    rmdir(folder);
}

static void abstract_names_are_exact(void **state)
{
    (void)state;
    char name[64];
    struct err e = ERR_INIT;
    snprintf(name, sizeof(name), "unix:@berth-listener-%d", (int)getpid());
    struct address a = parsed(name), bound;
    char text[ADDRESS_TEXT_MAX];
    int fd = listener_bind(&a, &settings, &bound, &e);
    assert_true(fd >= 0);
    address_print(address_of(&bound), text);
    assert_string_equal(text, name);
    close(connect_to(&a));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_share_a_socket),
        cmocka_unit_test(address_of_another_machine),
        cmocka_unit_test(unix_path_of_the_dead_is_taken_over),
        cmocka_unit_test(abstract_names_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
