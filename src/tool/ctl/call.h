/* One call of a control API, as a client: blocking, a connection of its own. */
#ifndef TOOL_CTL_CALL_H
#define TOOL_CTL_CALL_H

#include "base/buf.h"
#include "base/err.h"
#include "io/net/address.h"

struct ctl_answer {
    uint32_t status;
    struct buf body; /* the caller ends it with buf_fini */
};

/* Errors: ERR_SYSTEM when there is no connection, ERR_CLOSED or ERR_PARSE when there is no HTTP answer. `ret` may be
 * ended in any case. */
MUST_USE bool ctl_call(const struct address *a, str method, str path, str body, struct ctl_answer *ret, struct err *e);

/* Reads an answer's head and leaves its body in `raw`. Errors: ERR_PARSE. */
MUST_USE bool ctl_answer_parse(struct buf *raw, uint32_t *ret_status, struct err *e);

#endif
