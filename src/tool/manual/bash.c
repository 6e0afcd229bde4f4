/* Completions for bash. */
#include "tool/manual/completions.h"
#include "tool/manual/daemon.h"

static const char helpers[] =
    "# Completions of berth, berthd and unitc for bash, written by 'berth help --completions bash'.\n\n"
    "_berth_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
    "_berth_names() { mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\"); }\n"
    "_berth_files() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); }\n"
    "_berth_directories() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); }\n"
    "_berth_components() {\n"
    "    compopt -o filenames\n"
    "    mapfile -t COMPREPLY < <(compgen -f -X '!*.wasm' -- \"$cur\"; compgen -d -- \"$cur\")\n"
    "}\n\n";

static const char begin[] = "_berth() {\n"
                            "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=\n"
                            "    case ${COMP_WORDS[0]##*/} in\n"
                            "    berthd) command=berthd ;;\n"
                            "    unitc) command=ctl ;;\n"
                            "    *) [ \"$COMP_CWORD\" -gt 1 ] && command=${COMP_WORDS[1]} ;;\n"
                            "    esac\n"
                            "    case $command in\n";

static const char end[] = "    esac\n"
                          "}\n"
                          "complete -F _berth berth berthd unitc\n";

static void print_action(FILE *f, const char *placeholder)
{
    switch (completion_of(placeholder)) {
    case COMPLETE_NOTHING: fputs("COMPREPLY=()", f); return;
    case COMPLETE_WORDS:
        fputs("_berth_words '", f);
        completion_print_words(f, placeholder);
        fputc('\'', f);
        return;
    case COMPLETE_FILES: fputs("_berth_files", f); return;
    case COMPLETE_COMPONENTS: fputs("_berth_components", f); return;
    case COMPLETE_DIRECTORIES: fputs("_berth_directories", f); return;
    case COMPLETE_USERS: fputs("_berth_names -u", f); return;
    case COMPLETE_GROUPS: fputs("_berth_names -g", f); return;
    }
}

static void print_command(FILE *f, const struct command *cmd)
{
    fprintf(f, "    %s)\n        case $prev in\n", cmd->name);
    for (size_t i = 0; i < cmd->options->len; i++) {
        const struct option *o = &cmd->options->at[i];
        if (!option_is_shown(o) || !o->value)
            continue;
        fprintf(f, "        --%s) ", o->name);
        print_action(f, o->value);
        fputs("; return ;;\n", f);
    }
    fputs("        esac\n        if [[ $cur == -* ]]; then\n            _berth_words '--help", f);
    for (size_t i = 0; i < cmd->options->len; i++)
        if (option_is_shown(&cmd->options->at[i]))
            fprintf(f, " --%s", cmd->options->at[i].name);
    fputs("'\n        else\n            ", f);
    print_action(f, cmd->args);
    fputs("\n        fi ;;\n", f);
}

static void print_names(FILE *f, const struct command_table *t)
{
    for (size_t i = 0; i < t->len; i++)
        fprintf(f, "%s ", t->at[i]->name);
}

void completions_bash(FILE *f, const struct command_table *t)
{
    struct daemon_command d;
    daemon_command_init(&d);
    fputs(helpers, f);
    fputs(begin, f);
    fputs("    '') _berth_words '", f);
    print_names(f, t);
    fputs("help version --help --version' ;;\n    help) _berth_words '", f);
    print_names(f, t);
    fputs("--man --completions' ;;\n", f);
    for (size_t i = 0; i < t->len; i++)
        print_command(f, t->at[i]);
    print_command(f, &d.command);
    fputs(end, f);
}
