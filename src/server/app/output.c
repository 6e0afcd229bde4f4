/* What a request's guest prints: see output.h. */
#include "server/app/output.h"

#include <inttypes.h>
#include <stdio.h>

#include "server/log.h"

static const char *const stream_names[] = { [OUTPUT_STDOUT] = "stdout", [OUTPUT_STDERR] = "stderr" };
static const char cut_mark[] = "...";

void output_init(struct output *o, const struct log *log, bool plain)
{
    *o = (struct output){ .log = log, .plain = plain };
    for (size_t i = 0; i < ARRAY_LEN(o->lines); i++)
        buf_init(&o->lines[i].text, OUTPUT_LINE_MAX + sizeof(cut_mark));
}

void output_fini(struct output *o)
{
    for (size_t i = 0; i < ARRAY_LEN(o->lines); i++)
        buf_fini(&o->lines[i].text);
}

void output_begin(struct output *o, uint64_t request)
{
    o->request = request;
}

static void write_line(struct output *o, enum output_stream which)
{
    struct output_line *line = &o->lines[which];
    char prefix[48] = "";
    if (!o->plain)
        snprintf(prefix, sizeof(prefix), "%s [%" PRIu64 "] :: ", stream_names[which], o->request);
    str text = buf_str(&line->text);
    if (str_ends(text, STR("\r")))
        text.len--;
    log_output(o->log, str_of(prefix), text);
    buf_reset(&line->text);
    line->cut = false;
}

static void add_part(struct output_line *line, str part)
{
    if (line->cut)
        return;
    size_t room = OUTPUT_LINE_MAX - line->text.len;
    buf_put_str(&line->text, str_slice(part, 0, room));
    if (part.len > room) {
        buf_put_str(&line->text, STR(cut_mark));
        line->cut = true;
    }
}

void output_add(struct output *o, enum output_stream which, bytes data)
{
    for (str rest = str_of_bytes(data); rest.len;) {
        size_t end = str_find_char(rest, '\n');
        add_part(&o->lines[which], str_slice(rest, 0, end));
        if (end == SIZE_MAX)
            return;
        write_line(o, which);
        rest = str_slice(rest, end + 1, rest.len);
    }
}

void output_end(struct output *o)
{
    for (size_t i = 0; i < ARRAY_LEN(o->lines); i++)
        if (o->lines[i].text.len)
            write_line(o, (enum output_stream)i);
}
