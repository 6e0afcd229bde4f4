/* The log's line for a request that is over: see request_log.h. */
#include "server/request_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "io/http/exchange.h"
#include "server/log.h"

/* A longer target is cut: the line is for people. */
enum { REQUEST_LOG_METHOD_MAX = 32, REQUEST_LOG_TARGET_MAX = 2048 };

/* "850 us", "1.24 ms", "12.3 s": three digits are enough. */
static void format_duration(duration d, char *out, size_t size)
{
    double us = (double)d.ns / 1e3;
    if (us < 1000)
        snprintf(out, size, "%.0f us", us);
    else if (us < 1e6)
        snprintf(out, size, "%.*f ms", us < 1e4 ? 2 : us < 1e5 ? 1 : 0, us / 1e3);
    else
        snprintf(out, size, "%.*f s", us < 1e7 ? 2 : 1, us / 1e6);
}

void request_log(const struct log *log, uint64_t number, const struct http_exchange *x, bool complete, instant now)
{
    if (log->level < LOG_INFO)
        return;
    char text[REQUEST_LOG_METHOD_MAX + REQUEST_LOG_TARGET_MAX + 160], took[32], status[32] = "no answer";
    format_duration(instant_diff(now, x->started), took, sizeof(took));
    if (x->status)
        snprintf(status, sizeof(status), "%u %" PRIu64 " bytes", x->status, x->sent_body_bytes);
    int n =
        snprintf(text, sizeof(text), "[%" PRIu64 "] %.*s %.*s %s %s%s", number,
                 STR_ARG(x->request.method.len ? str_slice(x->request.method, 0, REQUEST_LOG_METHOD_MAX) : STR("-")),
                 STR_ARG(x->request.target.len ? str_slice(x->request.target, 0, REQUEST_LOG_TARGET_MAX) : STR("-")),
                 status, took, complete ? "" : " (cut)");
    log_event(log, LOG_INFO, str_from(text, n < 0 ? 0 : (size_t)n), NULL, 0);
}
