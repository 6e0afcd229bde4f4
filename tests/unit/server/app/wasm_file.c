/* Tests of server/app/wasm_file.c. */
#include "server/app/wasm_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[128];

static int setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(root, sizeof(root), "%s/berth-file-XXXXXX", base ? base : P_tmpdir);
    return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(root);
}

/* A file of `size` bytes (sparse above a few), its name in `path`. */
static void make(char path[200], const char *content, off_t size)
{
    snprintf(path, 200, "%s/file", root);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

static void reads(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        off_t size;
    } cases[] = { { "", 0 }, { "a", 1 }, { "hello", 5 }, { "big", 3000000 } };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char path[200];
        make(path, cases[i].content, cases[i].size);
        bytes got = { NULL, 0 };
        struct err e = ERR_INIT;
        if (!wasm_file_read(str_of(path), &got, &e))
            fail_msg("case %zu: %s", i, e.text);
        assert_int_equal(got.len, cases[i].size);
        assert_memory_equal(got.ptr, cases[i].content, strlen(cases[i].content));
        wasm_file_free(got);
        unlink(path);
    }
    wasm_file_free((bytes){ NULL, 0 });
}

static void expect_error(str path, const char *want, const char *want_help)
{
    bytes got = { NULL, 0 };
    struct err e = ERR_INIT;
    if (wasm_file_read(path, &got, &e))
        fail_msg("%.*s was read", STR_ARG(path));
    if (!strstr(e.text, want) || !strstr(e.help, want_help))
        fail_msg("want '%s' '%s', got '%s' '%s'", want, want_help, e.text, e.help);
}

static void refuses(void **state)
{
    (void)state;
    char path[200], inner[300];
    make(path, "", (off_t)WASM_FILE_MAX_BYTES + 1);
    expect_error(str_of(path), "is larger than 2 GiB", "");
    snprintf(inner, sizeof(inner), "%s/below", path);
    expect_error(str_of(inner), "Not a directory", "");
    unlink(path);
    expect_error(str_of(path), "No such file or directory", "build the component first");
    expect_error(str_of(root), "is a directory, expected a file with a component", "name the .wasm file");
    expect_error(STR("a\0b"), "holds a NUL character", "");
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_error(str_of(path), "is no regular file", "write the component to a file");
    unlink(path);
}

static void helps(void **state)
{
    (void)state;
    static const struct {
        enum err_kind kind;
        const char *own, *want;
    } cases[] = {
        { ERR_PARSE, "", "give a component that was built whole: the file may be cut or damaged" },
        { ERR_INVALID, "",
          "build the component again with a current toolchain: this one breaks a rule of the Component Model" },
        { ERR_UNSUPPORTED, "", "build the component without it" },
        { ERR_LINK, "",
          "build it for the world wasi:http/proxy; 'berth inspect a.wasm' shows what it imports and exports" },
        { ERR_SYSTEM, "", "" },
        { ERR_PARSE, "kept", "kept" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        err_set(&e, cases[i].kind, "x");
        if (cases[i].own[0])
            err_help(&e, "%s", cases[i].own);
        wasm_file_help(&e, STR("a.wasm"));
        assert_string_equal(e.help, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads), cmocka_unit_test(refuses), cmocka_unit_test(helps) };
    return cmocka_run_group_tests(tests, setup, teardown);
}
