/* A connection's exchange as libberth has it (berth/http.h): its table of operations, in terms of io/http. */
#ifndef SERVER_APP_GUEST_EXCHANGE_H
#define SERVER_APP_GUEST_EXCHANGE_H

#include "berth/http.h"

struct http_exchange; /* io/http/exchange.h */

struct guest_exchange {
    struct berth_http_exchange guest;
    struct http_exchange *x;
};

/* What it points to lives until `x` ends. */
void guest_exchange_init(struct guest_exchange *g, struct http_exchange *x);

#endif
