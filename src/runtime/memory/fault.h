/* Writes to protected pages: the signal handler that finds the memory, and the set of memories that a thread works
 * with. The handler is the process's; it passes every fault that is not ours on to the handler that was there. */
#ifndef RUNTIME_MEMORY_FAULT_H
#define RUNTIME_MEMORY_FAULT_H

#include "base/err.h"

struct linear_memory; /* memory/linear.h */

/* The memories of one store. */
struct memory_set {
    struct linear_memory *first; /* in the order they were made, last first */
    uint32_t count;
    size_t bytes;     /* that they have now */
    size_t max_bytes; /* that they may grow to, all together; 0: each as far as it may */
};

/* Whether one of them may grow by so much; true without a set. */
bool memory_set_has_room(const struct memory_set *s, size_t more_bytes);

/* Installs the handler, in front of what is there, once a process: one that was put in front of it later may pass
 * faults on to it, and would get them back without end. */
MUST_USE bool memory_faults_catch(struct err *e);

/* This thread works with the set from now on, NULL with none; returns the one before. Only memories of the current set
 * may be written to. */
struct memory_set *memory_set_enter(struct memory_set *s);

/* That this thread works with. */
struct memory_set *memory_set_current(void);

void memory_set_add(struct memory_set *s, struct linear_memory *m);
void memory_set_remove(struct linear_memory *m);

#endif
