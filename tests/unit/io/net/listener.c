/* Tests of io/net/listener.c: sockets of this machine's loopback. */
#include "io/net/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "io/loop/loop.h"
#include "io/net/address.h"

static struct address any_port(void)
{
    struct address a;
    struct err e = ERR_INIT;
    assert_true(address_parse(STR("127.0.0.1:0"), &a, &e));
    return a;
}

static void reserved_port_is_real_and_shared(void **state)
{
    (void)state;
    struct address a = any_port();
    struct sockaddr_storage bound;
    struct err e = ERR_INIT;
    int fd = listener_reserve((const struct sockaddr *)&a.storage, &bound, &e);
    assert_true(fd >= 0);
    assert_int_not_equal(((struct sockaddr_in *)&bound)->sin_port, 0);

    struct loop *loop = loop_new();
    struct listener first = { .owner = NULL }, second = { .owner = NULL };
    assert_true(listener_open(&first, loop, (const struct sockaddr *)&bound, &e));
    assert_true(listener_open(&second, loop, (const struct sockaddr *)&bound, &e));

    /* Somebody else's server is told apart. */
    struct sockaddr_storage ignored;
    assert_int_equal(listener_reserve((const struct sockaddr *)&bound, &ignored, &e), -1);
    assert_int_equal(e.code, EADDRINUSE);
    assert_non_null(strstr(e.text, "in use by another program"));
    assert_true(e.help[0]);

    listener_close(&first);
    listener_close(&second);
    listener_close(&second); /* again: nothing happens */
    close(fd);
    loop_free(loop);
}

static void address_of_another_machine(void **state)
{
    (void)state;
    struct address a;
    struct sockaddr_storage bound;
    struct err e = ERR_INIT;
    assert_true(address_parse(STR("192.0.2.1:0"), &a, &e)); /* RFC 5737: nobody's */
    assert_int_equal(listener_reserve((const struct sockaddr *)&a.storage, &bound, &e), -1);
    assert_int_equal(e.code, EADDRNOTAVAIL);
    assert_non_null(strstr(e.help, "no such address"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reserved_port_is_real_and_shared),
                                        cmocka_unit_test(address_of_another_machine) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
