/* Tests of tool/manual: the pages and completions of a small table, and what is asked for that does not exist. What man
 * and the shells make of the real ones, tests/serve/test_install.py finds out. */
#include "tool/manual/manual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#include "tool/manual/completions.h"

static const struct option_key keys[] = { { "http", KEY_ACCEPT, NULL },
                                          { "*", KEY_IGNORE, "it tunes another runtime" } };
static const struct option rows[] = {
    { "quiet", 'q', OPTION_FLAG, NULL, 0, "Say less." },
    { "mode", 0, OPTION_SWITCH, "on|off", 0, "Switch it: on [or off].", .fallback = "on" },
    { "where", 0, OPTION_TEXT, "DIR", 0, "Somebody's place." },
    { "wasi", 'S', OPTION_KEYS, "KEY", 0, NULL, .keys = keys, .key_count = 2 },
    { "old", 0, OPTION_IGNORED, NULL, 0, "it is the default" },
    { "gone", 0, OPTION_REFUSED, "X", 0, "nobody needs it", .instead = "leave it out" },
};
static const struct option_table options = { rows, 6 };
static const struct exit_help exits[] = { { "9", "Tired." } };
static const struct command greet_command = {
    .name = "greet",
    .args = "FILE.wasm",
    .help = "Greet somebody.",
    .example = "berth greet al.wasm",
    .exits = exits,
    .exit_count = 1,
    .options = &options,
};
static const struct command *const commands[] = { &greet_command };
static const struct command_table table = { commands, 1 };

static const char *const page_parts[] = {
    ".TH BERTH-GREET 1 ",
    "berth\\-greet \\- Greet somebody\n",
    "\\fBberth greet\\fR [\\fIoptions\\fR] \\fIFILE.wasm\\fR\n",
    ".TP\n\\fB\\-q\\fR, \\fB\\-\\-quiet\\fR\nSay less.\n",
    ".TP\n\\fB\\-\\-mode\\fR \\fIon|off\\fR\nSwitch it: on [or off]. (default: on)\n",
    ".SH \"OPTIONS OF OTHER PROGRAMS\"\n.TP\n\\fB\\-S http\\fR\nSo it is anyway.\n",
    "\\fB\\-S\\fR (any other)\nWithout effect. It tunes another runtime.\n",
    "\\fB\\-\\-old\\fR\nWithout effect. It is the default.\n",
    "\\fB\\-\\-gone\\fR \\fIX\\fR\nRefused. Nobody needs it.\nLeave it out.\n",
    ".TP\n9\nTired.\n",
    NULL,
};
static const char *const overview_parts[] = { ".TH BERTH 1 ", "\\fBgreet\\fR\nGreet somebody. See berth\\-greet(1).\n",
                                              NULL };
static const char *const daemon_parts[] = { ".TH BERTHD 8 ", "\\fB\\-\\-statedir\\fR \\fIDIR\\fR\n", "SIGUSR2", NULL };
static const char *const bash_parts[] = {
    "    greet)\n",
    "        --mode) _berth_words 'on off'; return ;;\n        --where) _berth_directories; return ;;\n",
    "_berth_words '--help --quiet --mode --where'\n        else\n            _berth_components\n",
    "    berthd)\n",
    NULL,
};
static const char *const zsh_parts[] = {
    "'(-q --quiet)'{-q,--quiet}'[Say less.]'",
    "'--mode=[Switch it\\: on \\[or off\\].]:on|off:(on off)'",
    "'--where=[Somebody'\\''s place.]:DIR:_directories'",
    "'--pid[file for the process id]:FILE:_files'",
    NULL,
};
static const char *const fish_parts[] = {
    "complete -c berth -n '__fish_seen_subcommand_from greet' -l quiet -s q -d 'Say less.'\n",
    " -l where -x -a '(__fish_complete_directories)' -d 'Somebody\\'s place.'\n",
    "complete -c berthd -l pid -r -F ",
    NULL,
};

static const struct {
    const char *name;
    const char *words[4];
    const char *const *parts;
    const char *error;
} cases[] = {
    { "page of a command", { "--man", "greet" }, page_parts, NULL },
    { "page of all", { "--man" }, overview_parts, NULL },
    { "page of the daemon", { "--man", "berthd" }, daemon_parts, NULL },
    { "no such page", { "--man", "gret" }, NULL, "no manual page of 'gret'" },
    { "bash", { "--completions", "bash" }, bash_parts, NULL },
    { "zsh", { "--completions", "zsh" }, zsh_parts, NULL },
    { "fish", { "--completions", "fish" }, fish_parts, NULL },
    { "no such shell",
      { "--completions", "csh" },
      NULL,
      "option --completions expects bash, zsh or fish, found 'csh'" },
    { "no shell", { "--completions" }, NULL, "option --completions expects bash, zsh or fish, found ''" },
    { "too much", { "--man", "greet", "twice" }, NULL, "unexpected argument 'twice'" },
};

static void check(size_t i, bool ok, const char *got, const struct err *e)
{
    if (ok != (cases[i].error == NULL) || (!ok && strcmp(e->text, cases[i].error) != 0))
        fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].error ? cases[i].error : "success", e->text);
    for (const char *const *part = cases[i].parts; part && *part; part++)
        if (!strstr(got, *part))
            fail_msg("%s: want\n%s\nin\n%s", cases[i].name, *part, got);
    if (got && strstr(got, "--gone"))
        fail_msg("%s: a refused option is offered", cases[i].name);
}

static void test_prints(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str words[4];
        size_t count = 0, len;
        char *got;
        struct err e = ERR_INIT;
        for (; cases[i].words[count]; count++)
            words[count] = str_of(cases[i].words[count]);
        assert_true(manual_is_asked(words, count));
        FILE *f = open_memstream(&got, &len);
        bool ok = manual_print(f, &table, words, count, &e);
        fclose(f);
        check(i, ok, got, &e);
        free(got);
    }
}

static void test_completion_of(void **state)
{
    (void)state;
    static const struct {
        const char *placeholder;
        enum completion want;
    } rows_of[] = {
        { "N", COMPLETE_NOTHING },       { "on|off", COMPLETE_WORDS },
        { "FILE", COMPLETE_FILES },      { "FILE.wasm", COMPLETE_COMPONENTS },
        { "DIR", COMPLETE_DIRECTORIES }, { "USER", COMPLETE_USERS },
        { "GROUP", COMPLETE_GROUPS },    { "[METHOD] [FILE...] PATH", COMPLETE_FILES },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows_of); i++)
        if (completion_of(rows_of[i].placeholder) != rows_of[i].want)
            fail_msg("%s: want %d, got %d", rows_of[i].placeholder, rows_of[i].want,
                     completion_of(rows_of[i].placeholder));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_prints), cmocka_unit_test(test_completion_of) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
