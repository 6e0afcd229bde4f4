/* OpenSSL's errors as ours. Internal to io/tls. */
#ifndef IO_TLS_OPENSSL_ERROR_H
#define IO_TLS_OPENSSL_ERROR_H

#include "base/err.h"

/* Sets "<what>: <OpenSSL's reason>" from this thread's queue of errors, which is empty afterwards. Returns false. */
bool openssl_error(struct err *e, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);

#endif
