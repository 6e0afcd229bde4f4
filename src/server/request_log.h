/* The log's line for a request that is over: `[12] GET /hello 200 58 bytes 1.24 ms`. */
#ifndef SERVER_REQUEST_LOG_H
#define SERVER_REQUEST_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct http_exchange; /* io/http/exchange.h */
struct log;           /* server/log.h */

/* `complete`: the response was sent whole; otherwise the line says that it was not. */
void request_log(const struct log *log, uint64_t number, const struct http_exchange *x, bool complete, instant now);

#endif
