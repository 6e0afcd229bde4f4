/* What commands say to people: see report.h. */
#include "tool/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

struct console console_of_process(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool is_terminal = isatty(STDERR_FILENO) && !(term && str_eq(str_of(term), STR("dumb")));
    return (struct console){
        .out = stdout,
        .err = stderr,
        .is_terminal = is_terminal,
        .colour = is_terminal && !(no_color && no_color[0]),
    };
}

/* Control characters of file names and guests' texts must not reach the terminal as such. */
static void print_safe(FILE *f, str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\n') || c == 0x7f)
            fprintf(f, "\\x%02x", c);
        else
            fputc(c, f);
    }
}

static void print_label(const struct console *c, const char *colour, const char *label)
{
    if (c->colour)
        fprintf(c->err, "\033[%sm%s:\033[0m ", colour, label);
    else
        fprintf(c->err, "%s: ", label);
}

void report_error(const struct console *c, const struct err *e, str file)
{
    print_label(c, "1;31", "error");
    print_safe(c->err, str_of(e->text));
    fputc('\n', c->err);
    if (file.len) {
        fputs("  --> ", c->err);
        print_safe(c->err, file);
        if (e->offset != ERR_NO_OFFSET)
            fprintf(c->err, ", byte 0x%" PRIx64, e->offset);
        fputc('\n', c->err);
    }
    report_help(c, e);
    fflush(c->err);
}

void report_help(const struct console *c, const struct err *e)
{
    if (!e->help[0])
        return;
    print_label(c, "1;36", "help");
    print_safe(c->err, str_of(e->help));
    fputc('\n', c->err);
}

void report_note(const struct console *c, const char *text)
{
    print_label(c, "1", "note");
    print_safe(c->err, str_of(text));
    fputc('\n', c->err);
}
