/* OpenSSL's errors: see openssl_error.h. */
#include "io/tls/openssl_error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/err.h>

bool openssl_error(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    char what[ERR_TEXT_MAX];
    const char *data = NULL;
    int flags = 0;
    /* The oldest error is the cause; what comes after it is where it passed. */
    unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags);
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    bool has_data = data && data[0] && flags & ERR_TXT_STRING;
    va_list args;
    assert(fmt);
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    err_set(e, kind, "%s: %s%s%s%s", what, reason ? reason : "unknown error", has_data ? " (" : "",
            has_data ? data : "", has_data ? ")" : "");
    ERR_clear_error();
    return false;
}
