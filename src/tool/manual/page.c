/* Manual pages: see page.h. */
#include "tool/manual/page.h"

#include <ctype.h>

#include "tool/manual/daemon.h"
#include "tool/manual/roff.h"

/* --- Parts --- */

static void head(FILE *f, const char *program, const char *command, const char *section, const char *help)
{
    char title[64];
    size_t n = (size_t)snprintf(title, sizeof(title), "%s%s%s", program, command[0] ? "-" : "", command);
    fputs(".\\\" Written by 'berth help --man'.\n.TH ", f);
    for (size_t i = 0; i < n && i < sizeof(title); i++)
        fputc(toupper((unsigned char)title[i]), f);
    fprintf(f, " %s \"\" \"berth %s\" \"Berth\"\n", section, BERTH_VERSION);
    roff_section(f, "NAME");
    roff_text(f, str_of(title));
    fputs(" \\- ", f);
    str line = str_of(help);
    roff_text(f, str_ends(line, STR(".")) ? str_slice(line, 0, line.len - 1) : line);
    fputc('\n', f);
}

static void synopsis(FILE *f, const char *name, const char *args)
{
    roff_section(f, "SYNOPSIS");
    roff_font(f, 'B', str_of(name));
    fputs(" [\\fIoptions\\fR]", f);
    if (args[0])
        fputc(' ', f);
    roff_font(f, 'I', str_of(args));
    fputc('\n', f);
}

static void option_name(FILE *f, const struct option *o)
{
    char shown[64];
    fputs(".TP\n", f);
    if (o->letter) {
        snprintf(shown, sizeof(shown), "-%c", o->letter);
        roff_font(f, 'B', str_of(shown));
        fputs(", ", f);
    }
    snprintf(shown, sizeof(shown), "--%s", o->name);
    roff_font(f, 'B', str_of(shown));
    if (o->value)
        fputc(' ', f);
    roff_font(f, 'I', str_of(o->value));
    fputc('\n', f);
}

static void options(FILE *f, const struct option_table *t)
{
    roff_section(f, "OPTIONS");
    for (size_t i = 0; i < t->len; i++) {
        const struct option *o = &t->at[i];
        if (!option_is_shown(o))
            continue;
        option_name(f, o);
        fputc(toupper((unsigned char)o->help[0]), f); /* Unit's flags begin small */
        roff_text(f, str_of(o->help + 1));
        if (o->fallback) {
            fputs(" (default: ", f);
            roff_text(f, str_of(o->fallback));
            fputc(')', f);
        }
        fputc('\n', f);
    }
    fputs(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nPrint a summary.\n", f);
}

static void sentence(FILE *f, const char *text)
{
    if (!text)
        return;
    fputc(toupper((unsigned char)text[0]), f);
    roff_text(f, str_of(text + 1));
    fputs(".\n", f);
}

static void foreign_keys(FILE *f, const struct option *o)
{
    for (size_t i = 0; i < o->key_count; i++) {
        const struct option_key *k = &o->keys[i];
        char shown[64];
        snprintf(shown, sizeof(shown), "-%c %s", o->letter, k->name);
        fputs(".TP\n", f);
        roff_font(f, 'B', str_of(k->name[0] == '*' ? (char[]){ '-', o->letter, '\0' } : shown));
        fputs(k->name[0] == '*' ? " (any other)\n" : "\n", f);
        switch (k->action) {
        case KEY_ACCEPT: fputs("So it is anyway.\n", f); break;
        case KEY_MAP:
            fputs("The same as ", f);
            snprintf(shown, sizeof(shown), "--%s", k->text);
            roff_font(f, 'B', str_of(shown));
            fputs(".\n", f);
            break;
        case KEY_IGNORE:
            fputs("Without effect. ", f);
            sentence(f, k->text);
            break;
        case KEY_REFUSE:
            fputs("Refused. ", f);
            sentence(f, k->text);
            break;
        }
    }
}

/* Rows that are there for people who know them from another program. */
static void foreign_options(FILE *f, const struct option_table *t)
{
    bool any = false;
    for (size_t i = 0; i < t->len; i++) {
        const struct option *o = &t->at[i];
        if (option_is_shown(o))
            continue;
        if (!any)
            roff_section(f, "OPTIONS OF OTHER PROGRAMS");
        any = true;
        if (o->kind == OPTION_KEYS) {
            foreign_keys(f, o);
            continue;
        }
        option_name(f, o);
        fputs(o->kind == OPTION_IGNORED ? "Without effect. " : "Refused. ", f);
        sentence(f, o->help);
        sentence(f, o->instead);
    }
}

static void exit_status(FILE *f, const struct exit_help *exits, size_t count)
{
    static const struct exit_help usual[] = {
        { "0", "Done." },
        { "1", "Failed; standard error says what, where and what to do." },
        { "2", "Wrong usage." },
    };
    roff_section(f, "EXIT STATUS");
    for (size_t i = 0; i < ARRAY_LEN(usual) + count; i++) {
        const struct exit_help *row = i < ARRAY_LEN(usual) ? &usual[i] : &exits[i - ARRAY_LEN(usual)];
        fprintf(f, ".TP\n%s\n", row->status);
        roff_text(f, str_of(row->help));
        fputc('\n', f);
    }
}

static void see_also(FILE *f, const char *pages)
{
    roff_section(f, "SEE ALSO");
    roff_text(f, str_of(pages));
    fputc('\n', f);
}

/* --- Pages --- */

void page_overview(FILE *f, const struct command_table *t)
{
    static const char about[] = "berth serves WebAssembly components over HTTP. Each request finds a fresh instance: "
                                "nothing that one request does can be seen by the next.\n\n"
                                "The production server, with listeners, routes and many applications, is berthd(8).";
    head(f, "berth", "", "1", "serve WebAssembly components over HTTP.");
    roff_section(f, "SYNOPSIS");
    fputs("\\fBberth\\fR \\fICOMMAND\\fR [\\fIoptions\\fR] \\fIARGS\\fR\n", f);
    roff_section(f, "DESCRIPTION");
    roff_paragraphs(f, str_of(about));
    roff_section(f, "COMMANDS");
    for (size_t i = 0; i < t->len; i++) {
        fputs(".TP\n", f);
        roff_font(f, 'B', str_of(t->at[i]->name));
        fputs("\n", f);
        roff_text(f, str_of(t->at[i]->help));
        fprintf(f, " See berth\\-%s(1).\n", t->at[i]->name);
    }
    fputs(".TP\n\\fBhelp\\fR [\\fICOMMAND\\fR]\nExplain a command.\n"
          ".TP\n\\fBhelp \\-\\-man\\fR [\\fICOMMAND\\fR|\\fBberthd\\fR]\nWrite a manual page.\n"
          ".TP\n\\fBhelp \\-\\-completions\\fR \\fBbash\\fR|\\fBzsh\\fR|\\fBfish\\fR\n"
          "Write what a shell needs to complete command lines.\n"
          ".TP\n\\fBversion\\fR\nPrint the version.\n",
          f);
    exit_status(f, NULL, 0);
    roff_section(f, "ENVIRONMENT");
    fputs(".TP\n\\fBNO_COLOR\\fR\nWhen set, nothing is coloured.\n", f);
    roff_section(f, "EXAMPLES");
    roff_example(f, STR("berth serve app.wasm"));
    see_also(f, "berthd(8)");
}

void page_command(FILE *f, const struct command *cmd)
{
    char name[64];
    snprintf(name, sizeof(name), "berth %s", cmd->name);
    head(f, "berth", cmd->name, "1", cmd->help);
    synopsis(f, name, cmd->args);
    roff_section(f, "DESCRIPTION");
    roff_paragraphs(f, str_of(cmd->about ? cmd->about : cmd->help));
    options(f, cmd->options);
    foreign_options(f, cmd->options);
    exit_status(f, cmd->exits, cmd->exit_count);
    roff_section(f, "EXAMPLES");
    roff_example(f, str_of(cmd->example));
    see_also(f, "berth(1), berthd(8)");
}

void page_daemon(FILE *f)
{
    struct daemon_command d;
    daemon_command_init(&d);
    head(f, d.command.name, "", "8", d.command.help);
    synopsis(f, d.command.name, "");
    roff_section(f, "DESCRIPTION");
    roff_paragraphs(f, str_of(d.command.about));
    options(f, d.command.options);
    roff_section(f, "SIGNALS");
    roff_paragraphs(f, STR("To the main process, whose number is in the file of --pid:"));
    for (size_t i = 0; i < d.signal_count; i++) {
        fputs(".TP\n", f);
        roff_font(f, 'B', str_of(d.signals[i].name));
        fputc('\n', f);
        roff_text(f, str_of(d.signals[i].help));
        fputc('\n', f);
    }
    roff_section(f, "EXIT STATUS");
    roff_paragraphs(f, STR("0 after an end that was asked for, 1 when it could not start; standard error says why."));
    roff_section(f, "EXAMPLES");
    roff_example(f, str_of(d.command.example));
    see_also(f, "berth(1), berth-ctl(1), systemd.service(5)");
}
