/* What every `struct task` begins with: who runs a guest's call knows how to go on with it. There are two kinds, on a
 * loop (task.c) and of a session, whose thread waits (session.c). Internal to run/; host functions see host/host.h. */
#ifndef RUNTIME_RUN_WAKE_H
#define RUNTIME_RUN_WAKE_H

#include "runtime/host/host.h"

struct task_head {
    void (*wake)(struct task_head *t);
    void (*wake_at)(struct task_head *t, instant at);
};

#endif
