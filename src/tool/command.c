/* Finding and explaining commands: see command.h. */
#include "tool/command.h"

#include <stdio.h>

#include "tool/manual/manual.h"

enum { COMMANDS_MAX = 32, HELP_COLUMN = 26 };

static void print_overview(FILE *f, const struct command_table *t)
{
    fputs("Berth serves WebAssembly components over HTTP.\n\n"
          "Usage: berth COMMAND [options] ARGS\n\nCommands:\n",
          f);
    for (size_t i = 0; i < t->len; i++)
        fprintf(f, "  %-12s%s\n", t->at[i]->name, t->at[i]->help);
    fputs("  help        Explain a command: berth help COMMAND.\n"
          "  version     Print the version.\n\n"
          "Example:\n  berth serve app.wasm\n\n"
          "berth COMMAND --help lists the options of a command.\n",
          f);
}

static void print_option(FILE *f, const struct option *o)
{
    char left[64];
    int n = o->letter ? snprintf(left, sizeof(left), "-%c, ", o->letter) : 0;
    snprintf(left + n, sizeof(left) - (size_t)n, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    fprintf(f, "  %-*s%s", HELP_COLUMN, left, o->help);
    if (o->fallback)
        fprintf(f, " (default: %s)", o->fallback);
    fputc('\n', f);
}

static void print_help(FILE *f, const struct command *cmd)
{
    fprintf(f, "%s\n\nUsage: berth %s [options]%s%s\n\nOptions:\n", cmd->help, cmd->name, cmd->args[0] ? " " : "",
            cmd->args);
    for (size_t i = 0; i < cmd->options->len; i++)
        if (option_is_shown(&cmd->options->at[i]))
            print_option(f, &cmd->options->at[i]);
    fprintf(f, "  %-*s%s\n", HELP_COLUMN, "-h, --help", "Print this.");
    fprintf(f, "\nExample:\n  %s\n", cmd->example);
}

static const struct command *find(const struct command_table *t, str name)
{
    for (size_t i = 0; i < t->len; i++)
        if (str_eq(name, str_of(t->at[i]->name)))
            return t->at[i];
    return NULL;
}

static enum exit_status usage_error(const struct console *c, struct err *e, const char *where)
{
    err_help(e, "see 'berth %s--help'", where);
    report_error(c, e, STR_NONE);
    return EXIT_USAGE;
}

static enum exit_status unknown(const struct console *c, const struct command_table *t, str word)
{
    str names[COMMANDS_MAX + 2] = { STR("help"), STR("version") };
    size_t count = 2;
    for (size_t i = 0; i < t->len && count < COMMANDS_MAX; i++)
        names[count++] = str_of(t->at[i]->name);
    struct err e = ERR_INIT;
    if (word.len && word.ptr[0] == '-')
        err_set(&e, ERR_USAGE, "unknown option %.*s before the command", STR_ARG(word));
    else
        err_set(&e, ERR_USAGE, "unknown command '%.*s'", STR_ARG(word));
    str near = str_nearest(word, names, count);
    if (near.ptr)
        err_help(&e, "did you mean 'berth %.*s'?", STR_ARG(near));
    else if (str_ends(word, STR(".wasm")))
        err_help(&e, "to serve it: berth serve %.*s", STR_ARG(word));
    return usage_error(c, &e, "");
}

static bool check_count(const struct command *cmd, const struct arguments *args, struct err *e)
{
    if (args->words.len < cmd->args_min)
        return err_set(e, ERR_USAGE, "expected %s, found nothing", cmd->args);
    if (args->words.len > cmd->args_max)
        return err_set(e, ERR_USAGE, "unexpected argument '%.*s'", STR_ARG(args->words.at[cmd->args_max]));
    return true;
}

static enum exit_status run(const struct console *c, const struct command *cmd, const str *words, size_t count)
{
    char where[64];
    snprintf(where, sizeof(where), "%s ", cmd->name);
    void *settings = mem_zalloc(1, cmd->settings_size ? cmd->settings_size : 1);
    options_defaults(cmd->options, settings);
    struct arguments args = { .want_help = false };
    struct err e = ERR_INIT;
    enum exit_status status = EXIT_DONE;
    if (!options_parse(cmd->options, words, count, settings, &args, &e)) {
        status = usage_error(c, &e, where);
    } else if (args.want_help) {
        print_help(c->out, cmd);
    } else if (!check_count(cmd, &args, &e)) {
        status = usage_error(c, &e, where);
    } else {
        for (uint32_t i = 0; i < args.notes.len; i++)
            report_note(c, args.notes.at[i]);
        status = cmd->run(c, settings, &args);
    }
    arguments_fini(&args);
    options_fini(cmd->options, settings);
    mem_free(settings);
    return status;
}

static enum exit_status help(const struct console *c, const struct command_table *t, const str *words, size_t count)
{
    struct err e = ERR_INIT;
    if (manual_is_asked(words, count))
        return manual_print(c->out, t, words, count, &e) ? EXIT_DONE : usage_error(c, &e, "");
    const struct command *cmd = count ? find(t, words[0]) : NULL;
    if (count && !cmd)
        return unknown(c, t, words[0]);
    if (cmd)
        print_help(c->out, cmd);
    else
        print_overview(c->out, t);
    return EXIT_DONE;
}

enum exit_status command_main(const struct console *c, const struct command_table *t, const str *words, size_t count)
{
    if (count == 0) {
        print_overview(c->err, t);
        return EXIT_USAGE;
    }
    if (str_eq(words[0], STR("--help")) || str_eq(words[0], STR("-h")))
        return help(c, t, NULL, 0);
    if (str_eq(words[0], STR("help")))
        return help(c, t, words + 1, count - 1);
    if (str_eq(words[0], STR("--version")) || str_eq(words[0], STR("-V")) || str_eq(words[0], STR("version"))) {
        fputs("berth " BERTH_VERSION "\n", c->out);
        return EXIT_DONE;
    }
    const struct command *cmd = find(t, words[0]);
    return cmd ? run(c, cmd, words + 1, count - 1) : unknown(c, t, words[0]);
}
