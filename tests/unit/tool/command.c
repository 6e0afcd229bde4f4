/* Tests of tool/command.c and tool/report.c: what is printed where, and the exit status. */
#include "tool/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

struct settings {
    bool fail;
    str name;
};

static enum exit_status greet(const struct console *c, const void *settings, const struct arguments *args)
{
    const struct settings *s = settings;
    if (s->fail) {
        struct err e = ERR_INIT;
        err_at(&e, ERR_PARSE, 0x1a2b, "expected a thing, found\tno\nthing");
        err_help(&e, "bring one");
        report_error(c, &e, args->words.at[0]);
        return EXIT_FAILED;
    }
    fprintf(c->out, "%.*s greets %.*s\n", STR_ARG(s->name), STR_ARG(args->words.at[0]));
    return EXIT_DONE;
}

static const struct option rows[] = {
    { "fail", 'f', OPTION_FLAG, NULL, offsetof(struct settings, fail), "Fail." },
    { "name", 0, OPTION_TEXT, "NAME", offsetof(struct settings, name), "Who greets.", .fallback = "Bo" },
    { "old", 0, OPTION_IGNORED, NULL, 0, "it is the default" },
};
static const struct option_table options = { rows, ARRAY_LEN(rows) };
static const struct command greet_command = {
    .name = "greet",
    .args = "WHOM",
    .args_min = 1,
    .args_max = 1,
    .help = "Greet somebody.",
    .example = "berth greet Al",
    .options = &options,
    .settings_size = sizeof(struct settings),
    .run = greet,
};
static const struct command *const commands[] = { &greet_command };
static const struct command_table table = { commands, 1 };

enum { WORDS_MAX = 6 };

static const char overview[] = "Berth serves WebAssembly components over HTTP.\n\n"
                               "Usage: berth COMMAND [options] ARGS\n\n"
                               "Commands:\n"
                               "  greet       Greet somebody.\n"
                               "  help        Explain a command: berth help COMMAND.\n"
                               "  version     Print the version.\n\n"
                               "Example:\n  berth serve app.wasm\n\n"
                               "berth COMMAND --help lists the options of a command.\n";

static const char greet_help[] = "Greet somebody.\n\n"
                                 "Usage: berth greet [options] WHOM\n\n"
                                 "Options:\n"
                                 "  -f, --fail                Fail.\n"
                                 "  --name NAME               Who greets. (default: Bo)\n"
                                 "  -h, --help                Print this.\n\n"
                                 "Example:\n  berth greet Al\n";

static const struct {
    const char *name;
    bool colour;
    const char *typed[WORDS_MAX];
    enum exit_status want;
    const char *out, *err;
} cases[] = {
    { "nothing", false, { NULL }, EXIT_USAGE, "", overview },
    { "--help", false, { "--help", NULL }, EXIT_DONE, overview, "" },
    { "-h", false, { "-h", NULL }, EXIT_DONE, overview, "" },
    { "help", false, { "help", NULL }, EXIT_DONE, overview, "" },
    { "help of a command", false, { "help", "greet", NULL }, EXIT_DONE, greet_help, "" },
    { "command --help", false, { "greet", "--help", NULL }, EXIT_DONE, greet_help, "" },
    { "--version", false, { "--version", NULL }, EXIT_DONE, "berth " BERTH_VERSION "\n", "" },
    { "version", false, { "version", NULL }, EXIT_DONE, "berth " BERTH_VERSION "\n", "" },
    { "runs", false, { "greet", "Al", NULL }, EXIT_DONE, "Bo greets Al\n", "" },
    { "option", false, { "greet", "--name", "Cy", "Al", NULL }, EXIT_DONE, "Cy greets Al\n", "" },
    { "note",
      false,
      { "greet", "--old", "Al", NULL },
      EXIT_DONE,
      "Bo greets Al\n",
      "note: --old has no effect: it is the default\n" },
    { "misspelt command",
      false,
      { "gret", NULL },
      EXIT_USAGE,
      "",
      "error: unknown command 'gret'\nhelp: did you mean 'berth greet'?\n" },
    { "unknown command",
      false,
      { "zzzzzz", NULL },
      EXIT_USAGE,
      "",
      "error: unknown command 'zzzzzz'\nhelp: see 'berth --help'\n" },
    { "a file as command",
      false,
      { "some/app.wasm", NULL },
      EXIT_USAGE,
      "",
      "error: unknown command 'some/app.wasm'\nhelp: to serve it: berth serve some/app.wasm\n" },
    { "help of an unknown command",
      false,
      { "help", "gret", NULL },
      EXIT_USAGE,
      "",
      "error: unknown command 'gret'\nhelp: did you mean 'berth greet'?\n" },
    { "option before the command",
      false,
      { "--name=x", "greet", NULL },
      EXIT_USAGE,
      "",
      "error: unknown option --name=x before the command\nhelp: see 'berth --help'\n" },
    { "missing argument",
      false,
      { "greet", NULL },
      EXIT_USAGE,
      "",
      "error: expected WHOM, found nothing\nhelp: see 'berth greet --help'\n" },
    { "extra argument",
      false,
      { "greet", "a", "b", NULL },
      EXIT_USAGE,
      "",
      "error: unexpected argument 'b'\nhelp: see 'berth greet --help'\n" },
    { "bad option",
      false,
      { "greet", "--nme=x", "a", NULL },
      EXIT_USAGE,
      "",
      "error: unknown option --nme\nhelp: did you mean --name?\n" },
    { "error with place",
      false,
      { "greet", "-f", "x.wasm", NULL },
      EXIT_FAILED,
      "",
      "error: expected a thing, found\\x09no\nthing\n  --> x.wasm, byte 0x1a2b\nhelp: bring one\n" },
    { "in colour",
      true,
      { "greet", "-f", "x\033", NULL },
      EXIT_FAILED,
      "",
      "\033[1;31merror:\033[0m expected a thing, found\\x09no\nthing\n  --> x\\x1b, byte 0x1a2b\n"
      "\033[1;36mhelp:\033[0m bring one\n" },
};

static void commands_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *out = NULL, *err = NULL;
        size_t out_len, err_len;
        struct console c = { .out = open_memstream(&out, &out_len),
                             .err = open_memstream(&err, &err_len),
                             .colour = cases[i].colour };
        str words[WORDS_MAX];
        size_t count = 0;
        for (; cases[i].typed[count]; count++)
            words[count] = str_of(cases[i].typed[count]);
        enum exit_status got = command_main(&c, &table, words, count);
        fclose(c.out);
        fclose(c.err);
        if (got != cases[i].want || strcmp(out, cases[i].out) != 0 || strcmp(err, cases[i].err) != 0)
            fail_msg("%s: want %d '%s' '%s', got %d '%s' '%s'", cases[i].name, (int)cases[i].want, cases[i].out,
                     cases[i].err, (int)got, out, err);
        free(out);
        free(err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(commands_print) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
