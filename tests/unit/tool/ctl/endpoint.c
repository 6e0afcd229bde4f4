/* Tests of tool/ctl/endpoint.c: forms of addresses, and finding the server in a made-up /proc. */
#include "tool/ctl/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/daemon/flags.h"

static void forms(void **state)
{
    (void)state;
    static const struct {
        str text;
        enum endpoint_kind kind;
        const char *host, *port, *socket, *address; /* address: of ENDPOINT_SOCKET */
    } cases[] = {
        { STR_INIT("unix:/run/x.sock"), ENDPOINT_SOCKET, "", "", "", "unix:/run/x.sock" },
        { STR_INIT("unix:@name"), ENDPOINT_SOCKET, "", "", "", "unix:@name" },
        { STR_INIT("127.0.0.1:8000"), ENDPOINT_SOCKET, "", "", "", "127.0.0.1:8000" },
        { STR_INIT("[::1]:8000"), ENDPOINT_SOCKET, "", "", "", "[::1]:8000" },
        { STR_INIT("http://127.0.0.1:8000"), ENDPOINT_SOCKET, "", "", "", "127.0.0.1:8000" },
        { STR_INIT("ssh://host"), ENDPOINT_SSH, "host", "", "", NULL },
        { STR_INIT("ssh://me@host:22/run/x.sock"), ENDPOINT_SSH, "me@host", "22", "/run/x.sock", NULL },
        { STR_INIT("docker://box"), ENDPOINT_DOCKER, "box", "", "", NULL },
        { STR_INIT("docker://box/x.sock"), ENDPOINT_DOCKER, "box", "", "/x.sock", NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct endpoint got;
        struct err e = ERR_INIT;
        char address[ADDRESS_TEXT_MAX] = "";
        if (!endpoint_parse(cases[i].text, &got, &e))
            fail_msg("%s: %s", cases[i].text.ptr, e.text);
        if (got.kind == ENDPOINT_SOCKET)
            address_print(address_of(&got.address), address);
        bool same = got.kind == cases[i].kind && str_eq(got.host, str_of(cases[i].host)) &&
                    str_eq(got.port, str_of(cases[i].port)) && str_eq(got.socket, str_of(cases[i].socket)) &&
                    (!cases[i].address || strcmp(address, cases[i].address) == 0);
        if (!same)
            fail_msg("%s: got kind %d, host '%.*s', port '%.*s', socket '%.*s', address '%s'", cases[i].text.ptr,
                     got.kind, STR_ARG(got.host), STR_ARG(got.port), STR_ARG(got.socket), address);
    }
}

static void bad_forms(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *want;
    } cases[] = {
        { STR_INIT("nix"), "'nix' is no address of a control API" },
        { STR_INIT("ssh:///x"), "'/x' names no host" },
        { STR_INIT("ssh://-o/x"), "'-o/x' names no host" },
        { STR_INIT("docker://"), "'' names no host" },
        { STR_INIT("ssh://host:0"), "'0' is no port" },
        { STR_INIT("ssh://host:65536"), "'65536' is no port" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct endpoint got;
        struct err e = ERR_INIT;
        assert_false(endpoint_parse(cases[i].text, &got, &e));
        assert_string_equal(e.text, cases[i].want);
    }
}

/* --- /proc --- */

struct proc {
    char dir[64];
    struct arena arena;
};

static void proc_begin(struct proc *p)
{
    snprintf(p->dir, sizeof(p->dir), "endpoint-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    arena_init(&p->arena);
}

static void proc_write(const struct proc *p, const char *pid, const char *name, const char *text, size_t len)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", p->dir, pid);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/%s", p->dir, pid, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

#define PROC_WRITE(p, pid, name, literal) proc_write((p), (pid), (name), (literal), sizeof(literal) - 1)

static int delete_entry(const char *path, const struct stat *st, int type, struct FTW *f)
{
    (void)st;
    (void)type;
    (void)f;
    return remove(path);
}

static void proc_end(struct proc *p)
{
    assert_int_equal(nftw(p->dir, delete_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    arena_fini(&p->arena);
}

static void discovered(void **state)
{
    (void)state;
    struct proc p;
    struct endpoint got;
    struct err e = ERR_INIT;
    char address[ADDRESS_TEXT_MAX];
    proc_begin(&p);
    PROC_WRITE(&p, "10", "comm", "berthd\n");
    PROC_WRITE(&p, "10", "cmdline", "berthd\0--log\0log.txt\0--control\0unix:/x/c.sock\0");
    PROC_WRITE(&p, "11", "comm", "berthd: server\n");
    PROC_WRITE(&p, "11", "cmdline", "berthd\0");
    PROC_WRITE(&p, "12", "comm", "berthd\n"); /* has ended */
    PROC_WRITE(&p, "12", "cmdline", "");
    PROC_WRITE(&p, "self", "comm", "berthd\n");
    if (!endpoint_discover(&p.arena, p.dir, &got, &e))
        fail_msg("%s", e.text);
    address_print(address_of(&got.address), address);
    assert_string_equal(address, "unix:/x/c.sock");
    char log[128];
    snprintf(log, sizeof(log), "%s/10/cwd/log.txt", p.dir);
    assert_true(str_eq(got.log, str_of(log)));
    proc_end(&p);
}

static void none_or_several(void **state)
{
    (void)state;
    struct proc p;
    struct endpoint got;
    struct err e = ERR_INIT;
    proc_begin(&p);
    assert_false(endpoint_discover(&p.arena, p.dir, &got, &e));
    assert_string_equal(e.text, "no berthd runs on this machine");
    PROC_WRITE(&p, "10", "comm", "berthd\n");
    PROC_WRITE(&p, "10", "cmdline", "berthd\0--nonsense\0");
    assert_false(endpoint_discover(&p.arena, p.dir, &got, &e));
    assert_non_null(strstr(e.text, "command line of process 10: unknown option \"--nonsense\""));
    PROC_WRITE(&p, "11", "comm", "berthd\n");
    PROC_WRITE(&p, "11", "cmdline", "berthd\0");
    assert_false(endpoint_discover(&p.arena, p.dir, &got, &e));
    assert_string_equal(e.text, "2 servers run on this machine");
    proc_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(bad_forms),
        cmocka_unit_test(discovered),
        cmocka_unit_test(none_or_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
