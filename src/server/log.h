/* The log: one line an event, written by a single write so that lines of several threads never mix. Foreign text cannot
 * break a line or reach a terminal's control functions: control characters and bytes that are no UTF-8 are written as
 * \n, \r, \t or \xNN. */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include "base/err.h"
#include "base/str.h"

enum log_level {
    LOG_ALERT,  /* the server is not what it was told to be */
    LOG_ERROR,  /* a request or a change failed */
    LOG_WARN,   /* works, but not as one would expect */
    LOG_NOTICE, /* what operators want to know of a server that runs well */
    LOG_INFO,
};

enum log_style {
    LOG_STYLE_PLAIN, /* `2026/11/23 15:45:28 error: message key=value …`, without the word from notice on */
    LOG_STYLE_UNIT,  /* `2026/11/23 15:45:28 [error] PID#TID message key=value …`: NGINX Unit's */
};

/* Longer lines are cut, marked by "..." at the end. */
enum { LOG_LINE_MAX = 16 * 1024 };

/* Any thread may write; the settings are fixed once it is shared. */
struct log {
    int fd;
    enum log_level level; /* lines above it are dropped */
    enum log_style style;
};

struct log_field {
    const char *key;
    str text;
    uint64_t number;
    bool is_number;
};

#define LOG_STR(key, value)      \
    {                            \
        (key), (value), 0, false \
    }
#define LOG_NUM(key, value)            \
    {                                  \
        (key), STR_NONE, (value), true \
    }
#define LOG_FIELDS(...)                        \
    (const struct log_field[]){ __VA_ARGS__ }, \
        sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field)

/* Texts are quoted where they hold spaces, quotes or '='. */
void log_event(const struct log *l, enum log_level level, str message, const struct log_field *fields, size_t count);

/* log_error(log, "message", LOG_STR("key", text), LOG_NUM("key", number)…) */
#define log_alert(l, message, ...)  log_event((l), LOG_ALERT, STR(message), LOG_FIELDS(__VA_ARGS__))
#define log_error(l, message, ...)  log_event((l), LOG_ERROR, STR(message), LOG_FIELDS(__VA_ARGS__))
#define log_warn(l, message, ...)   log_event((l), LOG_WARN, STR(message), LOG_FIELDS(__VA_ARGS__))
#define log_notice(l, message, ...) log_event((l), LOG_NOTICE, STR(message), LOG_FIELDS(__VA_ARGS__))
#define log_info(l, message, ...)   log_event((l), LOG_INFO, STR(message), LOG_FIELDS(__VA_ARGS__))

/* A line without time and level: what an application printed, behind `prefix`. Tabs stay. */
void log_output(const struct log *l, str prefix, str text);

#endif
