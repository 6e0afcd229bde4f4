/* The log: see log.h. */
#include "server/log.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"

/* How long a reader of the log may keep a thread waiting before a line is lost. */
enum { LOG_WAIT_MS = 1000 };

/* A line under construction; always room for the end mark and the newline. */
struct line {
    size_t len;
    bool cut;
    char text[LOG_LINE_MAX + 4];
};

static void line_add(struct line *l, const char *p, size_t n)
{
    if (l->cut || !n)
        return;
    if (n > LOG_LINE_MAX - l->len) {
        l->cut = true;
        return;
    }
    memcpy(l->text + l->len, p, n);
    l->len += n;
}

static void line_add_str(struct line *l, str s)
{
    line_add(l, s.ptr, s.len);
}

static void line_add_byte(struct line *l, uint8_t b)
{
    static const char hex[] = "0123456789abcdef";
    char text[] = { '\\', 'x', hex[b >> 4], hex[b & 15] };
    switch (b) {
    case '\n': line_add(l, "\\n", 2); return;
    case '\r': line_add(l, "\\r", 2); return;
    case '\t': line_add(l, "\\t", 2); return;
    default: line_add(l, text, sizeof(text));
    }
}

/* C0 and C1 controls, and the characters that turn the direction of text. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Foreign text; `quoted` escapes quotes and backslashes, too. */
static void line_add_escaped(struct line *l, str s, bool quoted, bool keep_tabs)
{
    if (!s.len)
        return;
    const uint8_t *at = (const uint8_t *)s.ptr, *end = at + s.len;
    while (at < end) {
        const uint8_t *start = at;
        uint32_t c = utf8_next(&at, end);
        if (c == UTF8_BAD) {
            line_add_byte(l, *start);
            at = start + 1;
        } else if (is_control(c) && !(keep_tabs && c == '\t')) {
            for (const uint8_t *b = start; b < at; b++)
                line_add_byte(l, *b);
        } else {
            if (quoted && (c == '"' || c == '\\'))
                line_add(l, "\\", 1);
            line_add(l, (const char *)start, (size_t)(at - start));
        }
    }
}

static bool needs_quotes(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
            return true;
    }
    return s.len == 0;
}

static void line_add_number(struct line *l, uint64_t v)
{
    char digits[20];
    line_add(l, digits, num_format_u64(v, digits));
}

static void line_add_field(struct line *l, const struct log_field *f)
{
    line_add(l, " ", 1);
    line_add_str(l, str_of(f->key));
    line_add(l, "=", 1);
    if (f->is_number) {
        line_add_number(l, f->number);
    } else if (needs_quotes(f->text)) {
        line_add(l, "\"", 1);
        line_add_escaped(l, f->text, true, false);
        line_add(l, "\"", 1);
    } else {
        line_add_str(l, f->text);
    }
}

/* Ends the line and writes it whole. A log whose reader stopped loses lines, it does not stop the server. */
static void line_write(struct line *l, int fd)
{
    if (l->cut) {
        memcpy(l->text + l->len, "...", 3);
        l->len += 3;
    }
    l->text[l->len++] = '\n';
    for (size_t done = 0; done < l->len;) {
        ssize_t n = write(fd, l->text + done, l->len - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd p = { .fd = fd, .events = POLLOUT };
            if (poll(&p, 1, LOG_WAIT_MS) <= 0)
                return;
        } else if (errno != EINTR) {
            return;
        }
    }
}

static const char *const level_names[] = {
    [LOG_ALERT] = "alert", [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_NOTICE] = "notice", [LOG_INFO] = "info",
};

static const char *const level_labels[] = {
    [LOG_ALERT] = "error: ", [LOG_ERROR] = "error: ", [LOG_WARN] = "warning: ", [LOG_NOTICE] = "", [LOG_INFO] = "",
};

/* Who says it, and how bad it is. */
static void line_add_origin(struct line *l, enum log_style style, enum log_level level)
{
    switch (style) {
    case LOG_STYLE_PLAIN: line_add_str(l, str_of(level_labels[level])); return;
    case LOG_STYLE_UNIT:
        line_add(l, "[", 1);
        line_add_str(l, str_of(level_names[level]));
        line_add(l, "] ", 2);
        line_add_number(l, (uint64_t)getpid());
        line_add(l, "#", 1);
        line_add_number(l, (uint64_t)gettid());
        line_add(l, " ", 1);
        return;
    }
}

void log_event(const struct log *l, enum log_level level, str message, const struct log_field *fields, size_t count)
{
    if (level > l->level)
        return;
    struct line line;
    line.len = 0;
    line.cut = false;
    char date[DATE_LOG_LEN];
    date_log(wall_clock_ns() / 1000000000, date);
    line_add(&line, date, sizeof(date));
    line_add(&line, " ", 1);
    line_add_origin(&line, l->style, level);
    line_add_escaped(&line, message, false, false);
    for (size_t i = 0; i < count; i++)
        line_add_field(&line, &fields[i]);
    line_write(&line, l->fd);
}

void log_output(const struct log *l, str prefix, str text)
{
    struct line line;
    line.len = 0;
    line.cut = false;
    line_add_str(&line, prefix);
    line_add_escaped(&line, text, false, true);
    line_write(&line, l->fd);
}
