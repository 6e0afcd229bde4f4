/* Completions for zsh. */
#include "tool/manual/completions.h"
#include "tool/manual/daemon.h"

/* Inside single quotes, and inside the brackets or between the colons of a specification. */
static void print_escaped(FILE *f, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            fputs("'\\''", f);
        else if (*c == '[' || *c == ']' || *c == ':' || *c == '\\')
            fprintf(f, "\\%c", *c);
        else
            fputc(*c, f);
    }
}

static void print_action(FILE *f, const char *placeholder)
{
    switch (completion_of(placeholder)) {
    case COMPLETE_NOTHING: fputc(' ', f); return;
    case COMPLETE_WORDS:
        fputc('(', f);
        completion_print_words(f, placeholder);
        fputc(')', f);
        return;
    case COMPLETE_FILES: fputs("_files", f); return;
    case COMPLETE_COMPONENTS: fputs("_files -g \"*.wasm\"", f); return;
    case COMPLETE_DIRECTORIES: fputs("_directories", f); return;
    case COMPLETE_USERS: fputs("_users", f); return;
    case COMPLETE_GROUPS: fputs("_groups", f); return;
    }
}

static void print_option(FILE *f, const struct option *o, const char *separator)
{
    fputs(" \\\n        ", f);
    if (o->letter)
        fprintf(f, "'(-%c --%s)'{-%c,--%s}'[", o->letter, o->name, o->letter, o->name);
    else
        fprintf(f, "'%s--%s%s[", o->kind == OPTION_LIST ? "*" : "", o->name, o->value ? separator : "");
    print_escaped(f, o->help);
    fputc(']', f);
    if (o->value) {
        fputc(':', f);
        print_escaped(f, o->value);
        fputc(':', f);
        print_action(f, o->value);
    }
    fputc('\'', f);
}

static void print_command(FILE *f, const struct command *cmd, const char *separator)
{
    fprintf(f, "_berth_%s() {\n    _arguments '(-h --help)'{-h,--help}'[Print a summary.]'", cmd->name);
    for (size_t i = 0; i < cmd->options->len; i++)
        if (option_is_shown(&cmd->options->at[i]))
            print_option(f, &cmd->options->at[i], separator);
    if (cmd->args[0]) {
        fputs(" \\\n        '*:argument:", f);
        print_action(f, cmd->args);
        fputc('\'', f);
    }
    fputs("\n}\n\n", f);
}

static const char begin[] = "_berth() {\n"
                            "    case $service in\n"
                            "    berthd) _berth_berthd; return ;;\n"
                            "    unitc) _berth_ctl; return ;;\n"
                            "    esac\n"
                            "    local -a commands=(\n";

static const char end[] = "    )\n"
                          "    if (( CURRENT == 2 )); then\n"
                          "        _describe command commands\n"
                          "    elif [[ $words[2] == help ]]; then\n"
                          "        (( CURRENT == 3 )) && _describe command commands\n"
                          "    elif (( $+functions[_berth_$words[2]] )); then\n"
                          "        shift words\n"
                          "        (( CURRENT-- ))\n"
                          "        _berth_$words[1]\n"
                          "    fi\n"
                          "}\n\n"
                          "_berth \"$@\"\n";

void completions_zsh(FILE *f, const struct command_table *t)
{
    struct daemon_command d;
    daemon_command_init(&d);
    fputs("#compdef berth berthd unitc\n"
          "# Written by 'berth help --completions zsh'.\n\n",
          f);
    for (size_t i = 0; i < t->len; i++)
        print_command(f, t->at[i], "=");
    print_command(f, &d.command, "");
    fputs(begin, f);
    for (size_t i = 0; i < t->len; i++) {
        fprintf(f, "        '%s:", t->at[i]->name);
        print_escaped(f, t->at[i]->help);
        fputs("'\n", f);
    }
    fputs("        'help:Explain a command.'\n        'version:Print the version.'\n", f);
    fputs(end, f);
}
