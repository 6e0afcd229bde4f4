/* Tests of server/daemon/flags.c: every flag, its default, and the texts that Unit's users know. */
#include "server/daemon/flags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS_MAX = 8 };

struct parsed {
    struct flags flags;
    struct err e;
    bool ok;
    char *notes;
    size_t notes_len;
};

static void parse(struct parsed *p, char **arguments)
{
    char *argv[ARGUMENTS_MAX + 2] = { (char[]){ "berthd" } };
    int argc = 1;
    while (arguments[argc - 1]) {
        argv[argc] = arguments[argc - 1];
        argc++;
    }
    *p = (struct parsed){ .e = ERR_INIT };
    FILE *notes = open_memstream(&p->notes, &p->notes_len);
    p->ok = flags_parse(argc, argv, notes, &p->flags, &p->e);
    fclose(notes);
}

static void defaults(void **state)
{
    (void)state;
    struct parsed p;
    parse(&p, (char *[]){ NULL });
    assert_true(p.ok);
    assert_string_equal(p.flags.control, "unix:/run/berth/control.sock");
    assert_int_equal(p.flags.control_mode, 0600);
    assert_string_equal(p.flags.pid, "/run/berth/berthd.pid");
    assert_string_equal(p.flags.log, "/var/log/berth/berthd.log");
    assert_string_equal(p.flags.statedir, "/var/lib/berth");
    assert_string_equal(p.flags.tmpdir, "/tmp");
    assert_null(p.flags.user);
    assert_null(p.flags.group);
    assert_null(p.flags.control_user);
    assert_false(p.flags.no_daemon);
    free(p.notes);
}

#define MEMBER(name) offsetof(struct flags, name)

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *flag;
        size_t at;
        const char *note;
    } cases[] = {
        { "--control", MEMBER(control), "" },
        { "--control-user", MEMBER(control_user), "" },
        { "--control-group", MEMBER(control_group), "" },
        { "--pid", MEMBER(pid), "" },
        { "--log", MEMBER(log), "" },
        { "--modulesdir", MEMBER(modulesdir), "" },
        { "--statedir", MEMBER(statedir), "" },
        { "--tmpdir", MEMBER(tmpdir), "" },
        { "--user", MEMBER(user), "" },
        { "--group", MEMBER(group), "" },
        { "--modules", MEMBER(modulesdir), "option \"--modules\" is deprecated; use \"--modulesdir\" instead\n" },
        { "--state", MEMBER(statedir), "option \"--state\" is deprecated; use \"--statedir\" instead\n" },
        { "--tmp", MEMBER(tmpdir), "option \"--tmp\" is deprecated; use \"--tmpdir\" instead\n" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed p;
        char flag[32];
        snprintf(flag, sizeof(flag), "%s", cases[i].flag);
        parse(&p, (char *[]){ flag, (char[]){ "value" }, NULL });
        const char *got = *(const char **)((char *)&p.flags + cases[i].at);
        if (!p.ok || strcmp(got, "value") != 0 || strcmp(p.notes, cases[i].note) != 0)
            fail_msg("%s: got '%s', notes '%s', error '%s'", flag, got, p.notes, p.e.text);
        free(p.notes);
    }
}

static void modes(void **state)
{
    (void)state;
    struct parsed p;
    parse(&p, (char *[]){ (char[]){ "--control-mode" }, (char[]){ "660" }, NULL });
    assert_true(p.ok);
    assert_int_equal(p.flags.control_mode, 0660);
    free(p.notes);
    static const char *const bad[] = { "", "8", "0999", "rw", "01000", "-1" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char text[8];
        snprintf(text, sizeof(text), "%s", bad[i]);
        parse(&p, (char *[]){ (char[]){ "--control-mode" }, text, NULL });
        assert_false(p.ok);
        assert_non_null(strstr(p.e.text, "is no octal mode such as 0600"));
        free(p.notes);
    }
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *flag, *want, *help;
    } cases[] = {
        { "--control", "option \"--control\" requires socket address", "" },
        { "--control-mode", "option \"--control-mode\" requires a mode", "" },
        { "--control-user", "option \"--control-user\" requires a username", "" },
        { "--control-group", "option \"--control-group\" requires a group name", "" },
        { "--pid", "option \"--pid\" requires filename", "" },
        { "--log", "option \"--log\" requires filename", "" },
        { "--modulesdir", "option \"--modulesdir\" requires directory", "" },
        { "--statedir", "option \"--statedir\" requires directory", "" },
        { "--tmpdir", "option \"--tmpdir\" requires directory", "" },
        { "--user", "option \"--user\" requires username", "" },
        { "--group", "option \"--group\" requires group name", "" },
        { "--zzzzzzzzz", "unknown option \"--zzzzzzzzz\", try \"berthd -h\" for available options", "" },
        { "--statdir", "unknown option \"--statdir\", try \"berthd -h\" for available options",
          "did you mean \"--statedir\"?" },
        { "--pid=x", "unknown option \"--pid=x\", try \"berthd -h\" for available options", "did you mean \"--pid\"?" },
        { "x", "unknown option \"x\", try \"berthd -h\" for available options", "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed p;
        char flag[32];
        snprintf(flag, sizeof(flag), "%s", cases[i].flag);
        parse(&p, (char *[]){ flag, NULL });
        if (p.ok || strcmp(p.e.text, cases[i].want) != 0 || strcmp(p.e.help, cases[i].help) != 0)
            fail_msg("%s: want '%s' (%s), got '%s' (%s)", flag, cases[i].want, cases[i].help, p.e.text, p.e.help);
        free(p.notes);
    }
}

static void help_shows_defaults(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    flags_print_help(f);
    fclose(f);
    assert_non_null(strstr(text, "  --control ADDRESS\n"));
    assert_non_null(strstr(text, "default: \"unix:/run/berth/control.sock\"\n"));
    assert_non_null(strstr(text, "default: \"/var/log/berth/berthd.log\"\n"));
    assert_null(strstr(text, "--modules "));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(values),
        cmocka_unit_test(modes),
        cmocka_unit_test(errors),
        cmocka_unit_test(help_shows_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
