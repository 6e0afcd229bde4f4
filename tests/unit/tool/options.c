/* Tests of tool/options.c. */
#include "tool/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/clock.h"

struct settings {
    bool quiet;
    str addr;
    option_list env;
    uint32_t workers;
    uint64_t max_body;
    duration timeout;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_key keys[] = {
    { "cli", KEY_ACCEPT, NULL },
    { "timeout", KEY_MAP, "timeout" },
    { "fuel", KEY_REFUSE, "use --timeout" },
    { "tcp", KEY_IGNORE, "there is no network" },
};

static const struct option_key any_key[] = { { "*", KEY_IGNORE, "it is tuned" } };

static const struct option rows[] = {
    { "addr", 'a', OPTION_TEXT, "HOST:PORT", AT(addr), "Address.", .fallback = "0.0.0.0:80" },
    { "env", 0, OPTION_LIST, "K=V", AT(env), "Variables." },
    { "quiet", 'q', OPTION_FLAG, NULL, AT(quiet), "Less." },
    { "workers", 'w', OPTION_COUNT, "N", AT(workers), "Threads.", .min = 1, .max = 64 },
    { "max-body", 0, OPTION_BYTES, "SIZE", AT(max_body), "Body.", .min = 1024, .max = 1 << 20 },
    { "timeout", 0, OPTION_DURATION, "TIME", AT(timeout), "Time.", .fallback = "30s", .max = 60000 },
    { "wasi", 'S', OPTION_KEYS, "KEY", 0, NULL, .keys = keys, .key_count = ARRAY_LEN(keys) },
    { "opt", 'O', OPTION_KEYS, "KEY", 0, NULL, .keys = any_key, .key_count = 1 },
    { "reuse", 0, OPTION_IGNORED, "N", 0, "instances are fresh" },
    { "dir", 0, OPTION_REFUSED, "DIR", 0, "no files yet", .instead = "build them in" },
};
static const struct option_table table = { rows, ARRAY_LEN(rows) };

enum { WORDS_MAX = 8 };

/* Parses a NULL-terminated list of words. */
static bool parse(const char *const *typed, struct settings *s, struct arguments *args, struct err *e)
{
    str words[WORDS_MAX];
    size_t count = 0;
    while (count < WORDS_MAX && typed[count]) {
        words[count] = str_of(typed[count]);
        count++;
    }
    *s = (struct settings){ .quiet = false };
    options_defaults(&table, s);
    return options_parse(&table, words, count, s, args, e);
}

static void accepts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *typed[WORDS_MAX];
        const char *want; /* quiet addr envs workers max_body timeout_ms words notes */
    } cases[] = {
        { "defaults", { NULL }, "0 0.0.0.0:80 [] 0 0 30000 [] []" },
        { "equals", { "--addr=x:1", NULL }, "0 x:1 [] 0 0 30000 [] []" },
        { "space", { "--addr", "x:1", NULL }, "0 x:1 [] 0 0 30000 [] []" },
        { "last wins", { "--addr=x", "--addr=y", NULL }, "0 y [] 0 0 30000 [] []" },
        { "list", { "--env", "a=b=c", "--env=d", NULL }, "0 0.0.0.0:80 [a=b=c,d] 0 0 30000 [] []" },
        { "empty in list", { "--env=", NULL }, "0 0.0.0.0:80 [] 0 0 30000 [] []" },
        { "short flag", { "-q", NULL }, "1 0.0.0.0:80 [] 0 0 30000 [] []" },
        { "short cluster", { "-qw3", NULL }, "1 0.0.0.0:80 [] 3 0 30000 [] []" },
        { "short with space", { "-w", "64", NULL }, "0 0.0.0.0:80 [] 64 0 30000 [] []" },
        { "size", { "--max-body", "64KiB", NULL }, "0 0.0.0.0:80 [] 0 65536 30000 [] []" },
        { "time", { "--timeout", "1.5s", NULL }, "0 0.0.0.0:80 [] 0 0 1500 [] []" },
        { "zero time", { "--timeout=0", NULL }, "0 0.0.0.0:80 [] 0 0 0 [] []" },
        { "words", { "a", "-q", "b", NULL }, "1 0.0.0.0:80 [] 0 0 30000 [a,b] []" },
        { "end of options", { "--", "-q", "--x", NULL }, "0 0.0.0.0:80 [] 0 0 30000 [-q,--x] []" },
        { "lone dash is a word", { "-", NULL }, "0 0.0.0.0:80 [] 0 0 30000 [-] []" },
        { "value like an option", { "--env", "--quiet", NULL }, "0 0.0.0.0:80 [--quiet] 0 0 30000 [] []" },
        { "accepted keys", { "-Scli", "-S", "cli=y", "--wasi=cli", NULL }, "0 0.0.0.0:80 [] 0 0 30000 [] []" },
        { "mapped key", { "-S", "cli,timeout=2s", NULL }, "0 0.0.0.0:80 [] 0 0 2000 [] []" },
        { "ignored key",
          { "-S", "tcp=n", NULL },
          "0 0.0.0.0:80 [] 0 0 30000 [] [-S tcp has no effect: there is no network]" },
        { "any key", { "-Olevel=2", NULL }, "0 0.0.0.0:80 [] 0 0 30000 [] [-O level has no effect: it is tuned]" },
        { "ignored option",
          { "--reuse", "3", NULL },
          "0 0.0.0.0:80 [] 0 0 30000 [] [--reuse has no effect: instances are fresh]" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct settings s;
        struct arguments args;
        struct err e = ERR_INIT;
        char env[64] = "", words[64] = "", notes[128] = "", got[400];
        if (!parse(cases[i].typed, &s, &args, &e))
            fail_msg("%s: %s", cases[i].name, e.text);
        size_t n = 0;
        for (uint32_t k = 0; k < s.env.len; k++)
            n += (size_t)snprintf(env + n, sizeof(env) - n, "%s%.*s", k ? "," : "", STR_ARG(s.env.at[k]));
        n = 0;
        for (uint32_t k = 0; k < args.words.len; k++)
            n += (size_t)snprintf(words + n, sizeof(words) - n, "%s%.*s", k ? "," : "", STR_ARG(args.words.at[k]));
        n = 0;
        for (uint32_t k = 0; k < args.notes.len; k++)
            n += (size_t)snprintf(notes + n, sizeof(notes) - n, "%s%s", k ? "," : "", args.notes.at[k]);
        snprintf(got, sizeof(got), "%d %.*s [%s] %u %llu %lld [%s] [%s]", s.quiet, STR_ARG(s.addr), env, s.workers,
                 (unsigned long long)s.max_body, (long long)(s.timeout.ns / 1000000), words, notes);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: want %s, got %s", cases[i].name, cases[i].want, got);
        arguments_fini(&args);
        options_fini(&table, &s);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *typed[WORDS_MAX];
        const char *want, *want_help;
    } cases[] = {
        { "unknown", { "--xyz", NULL }, "unknown option --xyz", "" },
        { "misspelt", { "--adr=1", NULL }, "unknown option --adr", "did you mean --addr?" },
        { "unknown letter", { "-qx", NULL }, "unknown option -x in '-qx'", "" },
        { "no value", { "--addr", NULL }, "option --addr expects HOST:PORT, found nothing", "" },
        { "empty value", { "--addr=", NULL }, "option --addr expects HOST:PORT, found nothing", "" },
        { "no value, short", { "-w", NULL }, "option -w expects N, found nothing", "" },
        { "value for a flag", { "--quiet=1", NULL }, "option --quiet takes no value, found '1'", "" },
        { "no number", { "-wx", NULL }, "option -w expects a whole number, found 'x'", "" },
        { "too small", { "-w0", NULL }, "option -w expects a number from 1 to 64, found '0'", "" },
        { "too large", { "-w65", NULL }, "option -w expects a number from 1 to 64, found '65'", "" },
        { "no size", { "--max-body=x", NULL }, "option --max-body expects a size such as 64MiB, found 'x'", "" },
        { "size too small",
          { "--max-body=1", NULL },
          "option --max-body expects 1024 to 1048576 bytes, found '1'",
          "" },
        { "size too large",
          { "--max-body=1g", NULL },
          "option --max-body expects 1024 to 1048576 bytes, found '1g'",
          "" },
        { "no time",
          { "--timeout=soon", NULL },
          "option --timeout expects a time such as 500ms, 30s or 2m, found 'soon'",
          "" },
        { "time too long", { "--timeout=2m", NULL }, "option --timeout expects 0 to 60000 ms, found '2m'", "" },
        { "unknown key",
          { "-Sx=1", NULL },
          "unknown option -S x",
          "leave it out; 'berth serve --help' lists what there is" },
        { "refused key", { "-Sfuel=1", NULL }, "option -S fuel is not offered", "use --timeout" },
        { "mapped key without value", { "-Stimeout", NULL }, "option -S timeout expects TIME after '='", "" },
        { "refused option", { "--dir=/x", NULL }, "option --dir is not offered: no files yet", "build them in" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct settings s;
        struct arguments args;
        struct err e = ERR_INIT;
        if (parse(cases[i].typed, &s, &args, &e))
            fail_msg("%s: accepted", cases[i].name);
        if (strcmp(e.text, cases[i].want) != 0 || strcmp(e.help, cases[i].want_help) != 0)
            fail_msg("%s: want '%s' '%s', got '%s' '%s'", cases[i].name, cases[i].want, cases[i].want_help, e.text,
                     e.help);
        assert_int_equal(e.kind, ERR_USAGE);
        options_fini(&table, &s);
    }
}

static void help_ends_reading(void **state)
{
    (void)state;
    static const char *const typed[][WORDS_MAX] = { { "--help", "--bad", NULL }, { "-qh", "--bad", NULL } };
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        struct settings s;
        struct arguments args;
        struct err e = ERR_INIT;
        assert_true(parse(typed[i], &s, &args, &e));
        assert_true(args.want_help);
        arguments_fini(&args);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(help_ends_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
