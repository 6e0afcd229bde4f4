/* What a client may ask of an HTTP/2 connection without getting on: frames that cost us work and bring no request
 * further, streams that are opened only to be reset ("rapid reset", CVE-2023-44487; "MadeYouReset", CVE-2025-8671).
 * A budget is spent one by one and filled again by time. Pure. */
#ifndef IO_HTTP_SERVER_H2_GUARD_H
#define IO_HTTP_SERVER_H2_GUARD_H

#include "base/clock.h"

struct h2_budget {
    uint32_t burst; /* the most there can be at a time, and what there is at the beginning */
    uint32_t per_s; /* what comes back */
    uint32_t left;
    instant filled; /* when `left` was last right */
};

void h2_budget_init(struct h2_budget *b, uint32_t burst, uint32_t per_s);

/* Takes one; false when nothing is left: the client has had its share. */
bool h2_budget_take(struct h2_budget *b);

/* Gives some back before their time: the client did something useful. */
void h2_budget_give(struct h2_budget *b, uint32_t count);

#endif
