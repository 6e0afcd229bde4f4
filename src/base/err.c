/* Errors as values with a place. */
#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
#define ERR_NAME(name, text) [name] = text,
    ERR_KINDS(ERR_NAME)
#undef ERR_NAME
};

const char *err_kind_name(enum err_kind kind)
{
    return kind_names[kind];
}

void err_clear(struct err *e)
{
    e->kind = ERR_NONE;
    e->code = 0;
    e->offset = ERR_NO_OFFSET;
    e->text[0] = '\0';
    e->help[0] = '\0';
}

/* `written` is what vsnprintf wanted to write into `size` bytes. */
static void mark_cut(char *text, size_t size, int written)
{
    if (written < 0 || (size_t)written >= size)
        memcpy(text + size - 4, "...", 4);
}

static void PRINTF(4, 0) set(struct err *e, enum err_kind kind, uint64_t offset, const char *fmt, va_list args)
{
    err_clear(e);
    e->kind = kind;
    e->offset = offset;
    mark_cut(e->text, sizeof(e->text), vsnprintf(e->text, sizeof(e->text), fmt, args));
}

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set(e, kind, ERR_NO_OFFSET, fmt, args);
    va_end(args);
    return false;
}

bool err_at(struct err *e, enum err_kind kind, uint64_t offset, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set(e, kind, offset, fmt, args);
    va_end(args);
    return false;
}

bool err_system(struct err *e, int code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set(e, ERR_SYSTEM, ERR_NO_OFFSET, fmt, args);
    va_end(args);
    e->code = code;
    size_t used = strlen(e->text);
    mark_cut(e->text, sizeof(e->text),
             (int)used + snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerror(code)));
    return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
    char inner[ERR_TEXT_MAX];
    memcpy(inner, e->text, sizeof(inner));
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    size_t used = n < 0 ? 0 : (size_t)n;
    if (used > sizeof(e->text) - 1)
        used = sizeof(e->text) - 1;
    mark_cut(e->text, sizeof(e->text), (int)used + snprintf(e->text + used, sizeof(e->text) - used, ": %s", inner));
    return false;
}

bool err_help(struct err *e, const char *fmt, ...)
{
    if (e->help[0])
        return false;
    va_list args;
    va_start(args, fmt);
    mark_cut(e->help, sizeof(e->help), vsnprintf(e->help, sizeof(e->help), fmt, args));
    va_end(args);
    return false;
}

/* --- The library's errors --- */

static_assert((int)BERTH_ERROR_NONE == (int)ERR_NONE && (int)BERTH_ERROR_PARSE == (int)ERR_PARSE &&
                  (int)BERTH_ERROR_INVALID == (int)ERR_INVALID &&
                  (int)BERTH_ERROR_UNSUPPORTED == (int)ERR_UNSUPPORTED && (int)BERTH_ERROR_LIMIT == (int)ERR_LIMIT &&
                  (int)BERTH_ERROR_LINK == (int)ERR_LINK && (int)BERTH_ERROR_TRAP == (int)ERR_TRAP &&
                  (int)BERTH_ERROR_TIMEOUT == (int)ERR_TIMEOUT && (int)BERTH_ERROR_CLOSED == (int)ERR_CLOSED &&
                  (int)BERTH_ERROR_SYSTEM == (int)ERR_SYSTEM && (int)BERTH_ERROR_USAGE == (int)ERR_USAGE,
              "the kinds are the same");
static_assert(sizeof(((struct berth_error *)0)->text) == ERR_TEXT_MAX &&
                  sizeof(((struct berth_error *)0)->help) == ERR_HELP_MAX && BERTH_NO_OFFSET == ERR_NO_OFFSET,
              "the texts are as long");

bool err_give(struct berth_error *to, const struct err *from)
{
    if (!to)
        return false;
    to->kind = (enum berth_error_kind)from->kind;
    to->code = from->code;
    to->offset = from->offset;
    memcpy(to->text, from->text, sizeof(to->text));
    memcpy(to->help, from->help, sizeof(to->help));
    return false;
}

bool err_take(struct err *to, const struct berth_error *from)
{
    to->kind = (enum err_kind)from->kind;
    to->code = from->code;
    to->offset = from->offset;
    memcpy(to->text, from->text, sizeof(to->text));
    memcpy(to->help, from->help, sizeof(to->help));
    return false;
}
