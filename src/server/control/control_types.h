/* The control API's inside, shared by its files. */
#ifndef SERVER_CONTROL_CONTROL_TYPES_H
#define SERVER_CONTROL_CONTROL_TYPES_H

#include "io/http/server/server.h"
#include "io/loop/loop.h"
#include "server/control/call.h"
#include "server/control/change.h"
#include "server/control/control.h"

struct control {
    struct control_options options;
    struct http_server *http;
    struct generation *current; /* in force; NULL at the start */
    struct list waiting;        /* calls that change something, oldest first */
    struct change *change;      /* what is being changed; NULL: nothing */
    struct loop_job next;       /* begins the next of them */
    bool stopping, http_idle;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
};

/* The change is over: the next one may begin. */
void control_change_over(struct control *c);

void call_free(struct call *c);

#endif
