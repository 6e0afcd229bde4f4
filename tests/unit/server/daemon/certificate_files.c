/* Tests of server/daemon/certificate_files.c. */
#include "server/daemon/certificate_files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void records(void **state)
{
    static const struct {
        const char *name;
        str text;
    } broken[] = {
        { "nothing", STR_INIT("") },
        { "no length", STR_INIT("a\0") },
        { "no number", STR_INIT("a\0x\0text") },
        { "no end of the length", STR_INIT("a\0"
                                           "4") },
        { "longer than there is", STR_INIT("a\0"
                                           "5\0text") },
        { "a name that is none", STR_INIT("../a\0"
                                          "4\0text") },
        { "no name", STR_INIT("\0"
                              "4\0text") },
    };
    struct buf b;
    str name, pem;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        str rest = broken[i].text;
        if (certificate_record_take(&rest, &name, &pem))
            fail_msg("%s", broken[i].name);
    }
    buf_init(&b, BUF_NO_LIMIT);
    certificate_record_put(&b, STR("one"), STR("te\0xt"));
    certificate_record_put(&b, STR("two"), STR(""));
    str rest = buf_str(&b);
    assert_true(certificate_record_take(&rest, &name, &pem));
    assert_true(str_eq(name, STR("one")) && str_eq(pem, STR("te\0xt")));
    assert_true(certificate_record_take(&rest, &name, &pem));
    assert_true(str_eq(name, STR("two")) && !pem.len && !rest.len);
    buf_fini(&b);
}

static void store(const char *folder, const char *name, const char *pem)
{
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, BUF_NO_LIMIT);
    certificate_record_put(&b, str_of(name), str_of(pem));
    if (!certificate_file_store(folder, buf_str(&b), &e))
        fail_msg("%s", e.text);
    buf_fini(&b);
}

/* How many records there are; `ret`: the text of "a". */
static int count(const char *folder, char ret[64])
{
    char text[1024];
    struct err e = ERR_INIT;
    int fd = certificate_files_read(folder, &e), n = 0;
    assert_true(fd >= 0);
    ssize_t len = pread(fd, text, sizeof(text), 0);
    close(fd);
    str rest = str_from(text, (size_t)len), name, pem;
    for (; certificate_record_take(&rest, &name, &pem); n++)
        if (str_eq(name, STR("a")))
            snprintf(ret, 64, "%.*s", STR_ARG(pem));
    assert_int_equal(rest.len, 0);
    return n;
}

static void files(void **state)
{
    const char *base = getenv("TMPDIR");
    char folder[128], path[160], text[64] = "";
    struct err e = ERR_INIT;
    struct stat st;
    (void)state;
    snprintf(folder, sizeof(folder), "%s/berth-XXXXXX", base ? base : P_tmpdir);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(count(folder, text), 0); /* no folder yet */
    store(folder, "a", "old");
    store(folder, "b", "other");
    store(folder, "a", "new");
    snprintf(path, sizeof(path), "%s/certs/.a.tmp", folder); /* left by a machine that stopped */
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(count(folder, text), 2);
    assert_string_equal(text, "new");
    unlink(path);
    snprintf(path, sizeof(path), "%s/certs/a", folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    assert_false(certificate_file_store(folder,
                                        STR("../x\0"
                                            "1\0x"),
                                        &e));
    assert_false(certificate_file_delete(folder, STR("../certs/a"), &e));
    assert_true(certificate_file_delete(folder, STR("a"), &e));
    assert_true(certificate_file_delete(folder, STR("a"), &e)); /* gone is gone */
    assert_int_equal(count(folder, text), 1);
    assert_true(certificate_file_delete(folder, STR("b"), &e));
    snprintf(path, sizeof(path), "%s/certs", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(records), cmocka_unit_test(files) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
