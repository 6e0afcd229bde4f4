/* Completions for fish. */
#include "tool/manual/completions.h"
#include "tool/manual/daemon.h"

/* A program, and the command of it for which a completion holds; NULL: it has none. */
struct scope {
    const char *program, *command;
};

static void print_start(FILE *f, const struct scope *s)
{
    fprintf(f, "complete -c %s", s->program);
    if (s->command)
        fprintf(f, " -n '__fish_seen_subcommand_from %s'", s->command);
}

static void print_text(FILE *f, const char *text)
{
    fputs(" -d '", f);
    for (const char *c = text; *c; c++) {
        if (*c == '\'' || *c == '\\')
            fputc('\\', f);
        fputc(*c, f);
    }
    fputc('\'', f);
}

static void print_action(FILE *f, const char *placeholder)
{
    switch (completion_of(placeholder)) {
    case COMPLETE_NOTHING: fputs(" -x", f); return;
    case COMPLETE_WORDS:
        fputs(" -x -a '", f);
        completion_print_words(f, placeholder);
        fputc('\'', f);
        return;
    case COMPLETE_FILES: fputs(" -r -F", f); return;
    case COMPLETE_COMPONENTS: fputs(" -x -a '(__fish_complete_suffix .wasm)'", f); return;
    case COMPLETE_DIRECTORIES: fputs(" -x -a '(__fish_complete_directories)'", f); return;
    case COMPLETE_USERS: fputs(" -x -a '(__fish_complete_users)'", f); return;
    case COMPLETE_GROUPS: fputs(" -x -a '(__fish_complete_groups)'", f); return;
    }
}

static void print_command(FILE *f, const struct scope *s, const struct command *cmd)
{
    for (size_t i = 0; i < cmd->options->len; i++) {
        const struct option *o = &cmd->options->at[i];
        if (!option_is_shown(o))
            continue;
        print_start(f, s);
        fprintf(f, " -l %s", o->name);
        if (o->letter)
            fprintf(f, " -s %c", o->letter);
        if (o->value)
            print_action(f, o->value);
        print_text(f, o->help);
        fputc('\n', f);
    }
    if (cmd->args[0] && completion_of(cmd->args) != COMPLETE_NOTHING) {
        print_start(f, s);
        print_action(f, cmd->args);
        fputc('\n', f);
    }
}

static void print_name(FILE *f, const char *name, const char *help)
{
    fprintf(f, "complete -c berth -n __fish_use_subcommand -a %s", name);
    print_text(f, help);
    fputc('\n', f);
}

void completions_fish(FILE *f, const struct command_table *t)
{
    struct daemon_command d;
    daemon_command_init(&d);
    fputs("# Completions of berth, berthd and unitc for fish, written by 'berth help --completions fish'.\n"
          "complete -c berth -f\ncomplete -c berthd -f\ncomplete -c unitc -f\n",
          f);
    for (size_t i = 0; i < t->len; i++)
        print_name(f, t->at[i]->name, t->at[i]->help);
    print_name(f, "help", "Explain a command.");
    print_name(f, "version", "Print the version.");
    for (size_t i = 0; i < t->len; i++) {
        print_command(f, &(struct scope){ "berth", t->at[i]->name }, t->at[i]);
        if (str_eq(str_of(t->at[i]->name), STR("ctl")))
            print_command(f, &(struct scope){ "unitc", NULL }, t->at[i]);
    }
    print_command(f, &(struct scope){ "berthd", NULL }, &d.command);
}
