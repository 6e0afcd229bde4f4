/* The action `proxy`: hands a request to another HTTP server, and its response to the client. Both bodies stream. */
#ifndef SERVER_ROUTE_PROXY_H
#define SERVER_ROUTE_PROXY_H

#include "server/route/request.h"

struct address; /* io/net/address.h */

/* "http://127.0.0.1:8080", "http://[::1]:8080", "http://unix:/path". False when it is none of these. */
MUST_USE bool proxy_parse_address(str text, struct address *ret);

/* Becomes the exchange's consumer and answers, to its end. `to` is alive as long. */
void proxy_request(struct request *r, const struct address *to);

#endif
