/* Writing JSON into a buffer, for `--json`. Commas are put by the writer. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include "base/buf.h"
#include "base/str.h"

struct json {
    struct buf *out;
    bool needs_comma;
};

/* `key` is NULL inside arrays and for the outermost value. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
/* Text that is no UTF-8 gets U+FFFD in place of each bad byte. */
void json_str(struct json *j, const char *key, str value);
void json_num(struct json *j, const char *key, uint64_t value);

#endif
