/* Certificates in the state directory, a file each in its folder `certs`, 0600: they hold private keys. */
#ifndef SERVER_DAEMON_CERTIFICATE_FILES_H
#define SERVER_DAEMON_CERTIFICATE_FILES_H

#include "base/buf.h"
#include "base/err.h"

/* --- In the supervisor --- */

/* A memory file with a record for each; the descriptor is the caller's. -1 on failure. Files that cannot be read are
 * left out. */
MUST_USE int certificate_files_read(const char *state_dir, struct err *e);

/* A new one, whole or not at all. */
MUST_USE bool certificate_file_store(const char *state_dir, str record, struct err *e);
MUST_USE bool certificate_file_delete(const char *state_dir, str name, struct err *e);

/* --- On both sides: records are a name, NUL, and the PEM text's length in decimal, NUL, and the text --- */

void certificate_record_put(struct buf *out, str name, str pem);

/* Takes the first record off `rest`; false at the end, or where none begins. */
bool certificate_record_take(str *rest, str *ret_name, str *ret_pem);

#endif
