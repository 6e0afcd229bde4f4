/* Tests of server/access_log/file.c. */
#include "server/access_log/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static void assert_holds(int fd, const char *want)
{
    char got[64];
    ssize_t n = pread(fd, got, sizeof(got), 0);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(got, want, strlen(want));
}

static void written_and_replaced(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    int one = memfd_create("one", MFD_CLOEXEC), two = memfd_create("two", MFD_CLOEXEC);
    struct access_file *f = access_file_new(STR("/a/log"), dup(one));
    assert_true(str_eq(access_file_path(f), STR("/a/log")));
    assert_true(access_file_write(f, STR("a\nb\n"), &e));
    access_file_replace(f, dup(two));
    assert_true(access_file_write(f, STR("c\n"), &e));
    assert_holds(one, "a\nb\n");
    assert_holds(two, "c\n");
    access_file_release(f);
    close(one);
    close(two);
}

static void closed_with_the_last_reference(void **state)
{
    (void)state;
    int ends[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    struct access_file *f = access_file_new(STR("pipe"), ends[1]);
    assert_ptr_equal(access_file_retain(f), f);
    access_file_release(f);
    assert_int_equal(read(ends[0], &byte, 1), -1); /* open still */
    access_file_release(f);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    access_file_release(NULL);
    close(ends[0]);
}

static void errors(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0)
        skip();
    struct access_file *f = access_file_new(STR("/dev/full"), full);
    assert_false(access_file_write(f, STR("line\n"), &e));
    assert_non_null(strstr(e.text, "write to '/dev/full'"));
    access_file_release(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_replaced),
        cmocka_unit_test(closed_with_the_last_reference),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
