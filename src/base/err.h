/* Errors are values with a place. A fallible function returns bool, takes `struct err *e` last, and fills it
 * exactly when it returns false. Nothing here allocates, so errors work when memory is gone.
 *
 * Texts say what was expected and what was found, without capital or full stop. Context is added on the way
 * up, once per boundary: "component 'shop.wasm': type section: LEB128 number longer than 32 bits". */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "berth/error.h"

#define ERR_KINDS(X)                                                                                 \
    X(ERR_NONE, "none")               /* no error                                                 */ \
    X(ERR_PARSE, "parse")             /* bytes or text that do not follow their grammar           */ \
    X(ERR_INVALID, "invalid")         /* well-formed, but breaks a rule                           */ \
    X(ERR_UNSUPPORTED, "unsupported") /* valid, but not implemented or switched off               */ \
    X(ERR_LIMIT, "limit")             /* larger than a stated limit                               */ \
    X(ERR_LINK, "link")               /* an import that nothing matches                           */ \
    X(ERR_TRAP, "trap")               /* the guest trapped                                        */ \
    X(ERR_TIMEOUT, "timeout")         /* a time limit passed                                      */ \
    X(ERR_CLOSED, "closed")           /* the other side went away                                 */ \
    X(ERR_SYSTEM, "system")           /* the operating system refused; `code` is the errno        */ \
    X(ERR_USAGE, "usage")             /* a command line or an API used wrongly                    */

enum err_kind {
#define ERR_ENUM(name, text) name,
    ERR_KINDS(ERR_ENUM)
#undef ERR_ENUM
};

#define ERR_NO_OFFSET UINT64_MAX

enum { ERR_TEXT_MAX = 600, ERR_HELP_MAX = 200 };

struct err {
    enum err_kind kind;
    int code;                /* errno for ERR_SYSTEM, else 0 */
    uint64_t offset;         /* byte offset in the input, or ERR_NO_OFFSET */
    char text[ERR_TEXT_MAX]; /* NUL-terminated; cut with "..." when too long */
    char help[ERR_HELP_MAX]; /* what to do about it; may be empty */
};

#define ERR_INIT                                  \
    {                                             \
        .kind = ERR_NONE, .offset = ERR_NO_OFFSET \
    }

/* Each of these sets `e` and returns false, so that `return err_set(...)` ends a function. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);
bool err_at(struct err *e, enum err_kind kind, uint64_t offset, const char *fmt, ...) PRINTF(4, 5);

/* "<what>: <strerror(code)>", kind ERR_SYSTEM. `code` is a positive errno. */
bool err_system(struct err *e, int code, const char *fmt, ...) PRINTF(3, 4);

/* Puts "<context>: " before the text. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* Sets the sentence that says what to do; keeps an earlier one, which knew more. */
bool err_help(struct err *e, const char *fmt, ...) PRINTF(2, 3);

void err_clear(struct err *e);

const char *err_kind_name(enum err_kind kind);

/* Between the library's users and its inside: the same members under other names. Both return false. */
bool err_give(struct berth_error *to, const struct err *from); /* `to` may be NULL */
bool err_take(struct err *to, const struct berth_error *from);

#endif
