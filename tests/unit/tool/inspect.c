/* Tests of tool/inspect.c and tool/world.c: what is printed about a component. */
#include "tool/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* clang-format off */
/* Assembled from:
 *   (component
 *     (import "a:b/types@1.0.0" (instance $t
 *       (export "r" (type $r (sub resource)))
 *       (type $p' (record (field "x" u32) (field "type" (list u8))))
 *       (export "point" (type $p (eq $p')))
 *       (type $rp (own $r))
 *       (type $bp (borrow $r))
 *       (export "[constructor]r" (func (param "at" $p) (result $rp)))
 *       (export "[method]r.get" (func (param "self" $bp) (result $p)))
 *       (export "[static]r.all" (func (result (list $rp))))
 *       (export "now" (func (result u64)))))
 *     (alias export $t "r" (type $r))
 *     (alias export $t "point" (type $p))
 *     (import "a:b/uses@1.0.0" (instance
 *       (export "r" (type $r2 (eq $r)))
 *       (export "point" (type $p2 (eq $p)))
 *       (type $b (borrow $r2))
 *       (export "f" (func (param "r" $b) (result (option $p2))))))
 *     (import "plain" (func $pf (param "x" u8) (result string)))
 *     (core module (memory 1) (func) (table 2 funcref))
 *     (component $inner (core module))
 *     (instance $o (export "f" (func $pf)))
 *     (export "out" (instance $o))
 *   )
 */
static const uint8_t component[] = {
    0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, 0x07, 0x89, 0x01, 0x01, 0x42, 0x0f, 0x04, 0x00,
    0x01, 0x72, 0x03, 0x01, 0x01, 0x70, 0x7d, 0x01, 0x72, 0x02, 0x01, 0x78, 0x79, 0x04, 0x74, 0x79,
    0x70, 0x65, 0x01, 0x04, 0x00, 0x05, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x03, 0x00, 0x02, 0x01, 0x69,
    0x00, 0x01, 0x68, 0x00, 0x01, 0x40, 0x01, 0x02, 0x61, 0x74, 0x03, 0x00, 0x04, 0x04, 0x00, 0x0e,
    0x5b, 0x63, 0x6f, 0x6e, 0x73, 0x74, 0x72, 0x75, 0x63, 0x74, 0x6f, 0x72, 0x5d, 0x72, 0x01, 0x06,
    0x01, 0x40, 0x01, 0x04, 0x73, 0x65, 0x6c, 0x66, 0x05, 0x00, 0x03, 0x04, 0x00, 0x0d, 0x5b, 0x6d,
    0x65, 0x74, 0x68, 0x6f, 0x64, 0x5d, 0x72, 0x2e, 0x67, 0x65, 0x74, 0x01, 0x07, 0x01, 0x70, 0x04,
    0x01, 0x40, 0x00, 0x00, 0x08, 0x04, 0x00, 0x0d, 0x5b, 0x73, 0x74, 0x61, 0x74, 0x69, 0x63, 0x5d,
    0x72, 0x2e, 0x61, 0x6c, 0x6c, 0x01, 0x09, 0x01, 0x40, 0x00, 0x00, 0x77, 0x04, 0x00, 0x03, 0x6e,
    0x6f, 0x77, 0x01, 0x0a, 0x0a, 0x14, 0x01, 0x00, 0x0f, 0x61, 0x3a, 0x62, 0x2f, 0x74, 0x79, 0x70,
    0x65, 0x73, 0x40, 0x31, 0x2e, 0x30, 0x2e, 0x30, 0x05, 0x00, 0x06, 0x0f, 0x02, 0x03, 0x00, 0x00,
    0x01, 0x72, 0x03, 0x00, 0x00, 0x05, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x07, 0x33, 0x01, 0x42, 0x08,
    0x02, 0x03, 0x02, 0x01, 0x01, 0x04, 0x00, 0x01, 0x72, 0x03, 0x00, 0x00, 0x02, 0x03, 0x02, 0x01,
    0x02, 0x04, 0x00, 0x05, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x03, 0x00, 0x02, 0x01, 0x68, 0x01, 0x01,
    0x6b, 0x03, 0x01, 0x40, 0x01, 0x01, 0x72, 0x04, 0x00, 0x05, 0x04, 0x00, 0x01, 0x66, 0x01, 0x06,
    0x0a, 0x13, 0x01, 0x00, 0x0e, 0x61, 0x3a, 0x62, 0x2f, 0x75, 0x73, 0x65, 0x73, 0x40, 0x31, 0x2e,
    0x30, 0x2e, 0x30, 0x05, 0x03, 0x07, 0x08, 0x01, 0x40, 0x01, 0x01, 0x78, 0x7d, 0x00, 0x73, 0x0a,
    0x0a, 0x01, 0x00, 0x05, 0x70, 0x6c, 0x61, 0x69, 0x6e, 0x01, 0x04, 0x01, 0x23, 0x00, 0x61, 0x73,
    0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x04,
    0x04, 0x01, 0x70, 0x00, 0x02, 0x05, 0x03, 0x01, 0x00, 0x01, 0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b,
    0x04, 0x2b, 0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, 0x01, 0x08, 0x00, 0x61, 0x73, 0x6d,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x17, 0x0e, 0x63, 0x6f, 0x6d, 0x70, 0x6f, 0x6e, 0x65, 0x6e, 0x74,
    0x2d, 0x6e, 0x61, 0x6d, 0x65, 0x00, 0x06, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x05, 0x08, 0x01,
    0x01, 0x01, 0x00, 0x01, 0x66, 0x01, 0x00, 0x0b, 0x09, 0x01, 0x00, 0x03, 0x6f, 0x75, 0x74, 0x05,
    0x02, 0x00, 0x00, 0x36, 0x0e, 0x63, 0x6f, 0x6d, 0x70, 0x6f, 0x6e, 0x65, 0x6e, 0x74, 0x2d, 0x6e,
    0x61, 0x6d, 0x65, 0x01, 0x06, 0x01, 0x01, 0x00, 0x02, 0x70, 0x66, 0x01, 0x08, 0x03, 0x02, 0x01,
    0x01, 0x72, 0x02, 0x01, 0x70, 0x01, 0x09, 0x04, 0x01, 0x00, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72,
    0x01, 0x08, 0x05, 0x02, 0x00, 0x01, 0x74, 0x02, 0x01, 0x6f,
};
/* clang-format on */

static const char want_text[] = "FILE: a component of 442 bytes\n"
                                "\n"
                                "world root {\n"
                                "  import a:b/types@1.0.0;\n"
                                "  import a:b/uses@1.0.0;\n"
                                "  import plain: func(x: u8) -> string;\n"
                                "  export out;\n"
                                "}\n"
                                "\n"
                                "package a:b@1.0.0;\n"
                                "\n"
                                "interface types {\n"
                                "  resource r {\n"
                                "    constructor(at: point);\n"
                                "    get: func() -> point;\n"
                                "    all: static func() -> list<r>;\n"
                                "  }\n"
                                "  record point {\n"
                                "    x: u32,\n"
                                "    %type: list<u8>,\n"
                                "  }\n"
                                "  now: func() -> u64;\n"
                                "}\n"
                                "\n"
                                "interface uses {\n"
                                "  use a:b/types@1.0.0.{r};\n"
                                "  use a:b/types@1.0.0.{point};\n"
                                "  f: func(r: borrow<r>) -> option<point>;\n"
                                "}\n"
                                "\n"
                                "interface out {\n"
                                "  f: func(x: u8) -> string;\n"
                                "}\n"
                                "\n"
                                "2 core modules:\n"
                                "  offset      size         functions  memories  tables  memory at start\n"
                                "  0x11d       35 bytes             1         1       1  64.0 KiB\n"
                                "  0x14c       8 bytes              0         0       0  -\n"
                                "\n"
                                "1 nested component:\n"
                                "  0x142  43 bytes  inner\n";

/* Up to the WIT, which is that of the text. */
static const char want_json[] =
    "{\"file\":\"FILE\",\"bytes\":442,\"imports\":[{\"name\":\"a:b/types@1.0.0\",\"kind\":\"interface\",\"items\""
    ":[{\"name\":\"r\",\"kind\":\"resource\"},{\"name\":\"point\",\"kind\":\"type\"},{\"name\":\"[constructor]r\",\""
    "kind\":\"function\"},{\"name\":\"[method]r.get\",\"kind\":\"function\"},{\"name\":\"[static]r.all\",\"kind"
    "\":\"function\"},{\"name\":\"now\",\"kind\":\"function\"}]},{\"name\":\"a:b/uses@1.0.0\",\"kind\":\"interfac"
    "e\",\"items\":[{\"name\":\"r\",\"kind\":\"resource\"},{\"name\":\"point\",\"kind\":\"type\"},{\"name\":\"f\",\"kin"
    "d\":\"function\"}]},{\"name\":\"plain\",\"kind\":\"function\"}],\"exports\":[{\"name\":\"out\",\"kind\":\"inte"
    "rface\",\"items\":[{\"name\":\"f\",\"kind\":\"function\"}]}],\"core_modules\":[{\"offset\":285,\"bytes\":35"
    ",\"functions\":1,\"memories\":1,\"memory_bytes\":65536,\"tables\":1,\"globals\":0,\"imports\":0,\"expor"
    "ts\":0},{\"offset\":332,\"bytes\":8,\"functions\":0,\"memories\":0,\"memory_bytes\":0,\"tables\":0,\"glo"
    "bals\":0,\"imports\":0,\"exports\":0}],\"components\":[{\"name\":\"inner\",\"offset\":322,\"bytes\":43,\"d"
    "epth\":0}],";

static char path[128];

static int setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof(path), "%s/berth-inspect-XXXXXX", base ? base : P_tmpdir);
    int fd = mkstemp(path);
    return fd >= 0 && close(fd) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    close(fd);
}

/* Puts FILE in place of the path, which differs from run to run. */
static void hide_path(char *text)
{
    for (char *at; (at = strstr(text, path)) != NULL;) {
        memcpy(at, "FILE", 4);
        memmove(at + 4, at + strlen(path), strlen(at + strlen(path)) + 1);
    }
}

/* Runs `berth inspect`; the caller frees both texts. */
static enum exit_status inspect(bool json, char **out, char **err)
{
    static const struct command *const commands[] = { &inspect_command };
    static const struct command_table table = { commands, 1 };
    size_t out_len, err_len;
    struct console c = { .out = open_memstream(out, &out_len), .err = open_memstream(err, &err_len) };
    str words[] = { STR("inspect"), str_of(path), STR("--json") };
    enum exit_status status = command_main(&c, &table, words, json ? 3 : 2);
    fclose(c.out);
    fclose(c.err);
    hide_path(*out);
    hide_path(*err);
    return status;
}

static void text(void **state)
{
    (void)state;
    char *out = NULL, *err = NULL;
    write_file(component, sizeof(component));
    assert_int_equal(inspect(false, &out, &err), EXIT_DONE);
    assert_string_equal(out, want_text);
    assert_string_equal(err, "");
    free(out);
    free(err);
}

static void json(void **state)
{
    (void)state;
    char *out = NULL, *err = NULL;
    write_file(component, sizeof(component));
    assert_int_equal(inspect(true, &out, &err), EXIT_DONE);
    char *wit = strstr(out, "\"wit\":\"world root {");
    assert_non_null(wit);
    *wit = '\0';
    assert_string_equal(out, want_json);
    free(out);
    free(err);
}

static void every_truncation_is_an_error_or_a_component(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(component); len++) {
        char *out = NULL, *err = NULL;
        write_file(component, len);
        enum exit_status status = inspect(false, &out, &err);
        /* Cut between two sections, the rest is a component still. */
        if (status == EXIT_FAILED ? strncmp(err, "error: ", 7) != 0 || !strstr(err, "--> FILE") : err[0] != '\0')
            fail_msg("%zu bytes: exit %d, '%s'", len, (int)status, err);
        free(out);
        free(err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text),
        cmocka_unit_test(json),
        cmocka_unit_test(every_truncation_is_an_error_or_a_component),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
