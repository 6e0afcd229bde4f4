/* Text for man(7): see roff.h. */
#include "tool/manual/roff.h"

static const char *escape_of(char c)
{
    switch (c) {
    case '\\': return "\\e";
    case '-': return "\\-";
    case '\'': return "\\(aq";
    case '`': return "\\(ga";
    case '^': return "\\(ha";
    case '~': return "\\(ti";
    default: return NULL;
    }
}

/* Long lines are cut at a space, as mandoc's lint likes them. */
enum { LINE_LENGTH = 70 };

void roff_text(FILE *f, str text)
{
    size_t column = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' && column >= LINE_LENGTH)
            c = '\n';
        if (column == 0 && c == '.')
            fputs("\\&", f);
        const char *escape = escape_of(c);
        if (escape)
            fputs(escape, f);
        else
            fputc(c, f);
        column = c == '\n' ? 0 : column + 1;
    }
}

void roff_font(FILE *f, char font, str text)
{
    if (!text.len)
        return;
    fprintf(f, "\\f%c", font);
    roff_text(f, text);
    fputs("\\fR", f);
}

void roff_example(FILE *f, str line)
{
    fputs(".RS 4\n.EX\n", f);
    roff_text(f, line); /* too short to be cut */
    fputs("\n.EE\n.RE\n", f);
}

void roff_paragraphs(FILE *f, str text)
{
    bool begins = false;
    for (str rest = text; rest.ptr;) {
        str line = str_split(rest, '\n', &rest);
        if (line.len == 0) {
            begins = true;
        } else if (line.ptr[0] == ' ') {
            fputs(".PP\n", f);
            roff_example(f, str_trim(line));
            begins = true;
        } else {
            if (begins)
                fputs(".PP\n", f);
            begins = false;
            roff_text(f, line);
            fputc('\n', f);
        }
    }
}

void roff_section(FILE *f, const char *title)
{
    fprintf(f, ".SH \"%s\"\n", title);
}
