/* Errors are values. A function that can fail returns false and fills the `struct berth_error` that was given last; it
 * writes nothing there when it succeeds. No function of the library prints, logs or exits; only when the system has no
 * memory left does the process abort. */
#ifndef BERTH_ERROR_H
#define BERTH_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_error_kind {
    BERTH_ERROR_NONE,
    BERTH_ERROR_PARSE,       /* bytes or WIT text that do not follow their grammar */
    BERTH_ERROR_INVALID,     /* well-formed, but breaks a rule of the Component Model */
    BERTH_ERROR_UNSUPPORTED, /* valid, but not implemented or switched off */
    BERTH_ERROR_LIMIT,       /* more than a limit allows: of the options, or one stated by the library */
    BERTH_ERROR_LINK,        /* an import that nothing matches, or an export that is missing or of another type */
    BERTH_ERROR_TRAP,        /* the guest trapped, or a host function failed: the instance is dead */
    BERTH_ERROR_TIMEOUT,     /* a time limit passed: the instance is dead */
    BERTH_ERROR_CLOSED,      /* berth_instance_interrupt or berth_task_cancel: the instance is dead */
    BERTH_ERROR_SYSTEM,      /* the operating system refused; `code` is the errno */
    BERTH_ERROR_USAGE        /* the library was called wrongly: nothing has happened */
};

/* `offset` of an error that has no place in the input. */
#define BERTH_NO_OFFSET UINT64_MAX

struct berth_error {
    enum berth_error_kind kind;
    int code;        /* errno of BERTH_ERROR_SYSTEM, else 0 */
    uint64_t offset; /* byte of the component or WIT text that is wrong, or BERTH_NO_OFFSET */
    char text[600];  /* what is wrong, where, and what was expected; one line, NUL-terminated */
    char help[200];  /* what to do about it; may be empty */
};

/* One word: "parse", "link", "trap". Static text. */
const char *berth_error_kind_name(enum berth_error_kind kind);

#ifdef __cplusplus
}
#endif

#endif
