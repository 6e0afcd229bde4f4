/* A change of the configuration, from the call that asks for it to its answer: edit, check, build (on a thread of its
 * own, since compiling takes its time), put in force, store. */
#ifndef SERVER_CONTROL_CHANGE_H
#define SERVER_CONTROL_CHANGE_H

#include "base/str.h"

struct call;
struct control;

/* Begins with the call; when it fails at once the change is over at once. */
void change_begin(struct control *c, struct call *call);

/* The same with a text that was stored, or the empty configuration when it is of no use. */
void change_restore(struct control *c, str stored);

#endif
