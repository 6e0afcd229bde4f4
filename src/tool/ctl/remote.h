/* `berth ctl` of another machine or container, started there by ssh or docker. */
#ifndef TOOL_CTL_REMOTE_H
#define TOOL_CTL_REMOTE_H

#include "tool/ctl/endpoint.h"

struct remote_call {
    const char *method;
    str path;
    str body; /* NULL: none */
    bool quiet;
};

/* Its output goes where ours does. `ret_status`: its exit status. Errors: the program cannot be started. */
MUST_USE bool remote_run(struct arena *a, const struct endpoint *there, const struct remote_call *call, int *ret_status,
                         struct err *e);

#endif
