/* The options of `berth serve`, and what becomes of those that people know from `wasmtime serve`. */
#ifndef TOOL_SERVE_OPTIONS_H
#define TOOL_SERVE_OPTIONS_H

#include "base/clock.h"
#include "tool/options.h"

struct serve_settings {
    str addr;
    option_list env;
    option_list with;
    uint32_t workers;     /* 0: one a core */
    uint32_t concurrency; /* a worker; 0: chosen by serve */
    duration timeout;
    duration client_timeout;
    uint64_t max_memory;
    uint64_t max_body;
    str cache_dir; /* empty: the user's */
    bool no_cache;
    bool recycle;
    bool quiet;
    bool log_requests;
    bool plain_output; /* guests' lines without the request's number */
};

extern const struct option_table serve_options;

#endif
