/* Calls below /certificates. Internal to server/control. */
#ifndef SERVER_CONTROL_CERTIFICATE_CALL_H
#define SERVER_CONTROL_CERTIFICATE_CALL_H

struct call;

/* Answers what only reads. */
void certificate_call_read(struct call *call);

/* An upload or a deletion, in its turn: answered before it returns. */
void certificate_call_change(struct call *call);

#endif
