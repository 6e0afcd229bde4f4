/* WASI 0.2 for instances and tasks: clocks, random numbers, environment, arguments, output, streams, waiting. There are
 * no directories and no network; asking for them is answered with the standard's error codes. */
#ifndef BERTH_WASI_H
#define BERTH_WASI_H

#include "berth/linker.h"

#ifdef __cplusplus
extern "C" {
#endif

struct berth_wasi_variable {
    const char *name, *value;
};

enum berth_wasi_stream { BERTH_WASI_STDOUT, BERTH_WASI_STDERR };

/* The same for all instances. Texts are copied. */
struct berth_wasi_options {
    const struct berth_wasi_variable *environment;
    size_t environment_count;
    const char *const *arguments;
    size_t argument_count;
    /* What the guest printed, in the parts in which it printed it; `data` is the instance's or the task's. NULL: nobody
     * wants it. */
    void (*output)(void *data, enum berth_wasi_stream stream, berth_bytes text);
};

/* Offers WASI to the components that are opened from now on; NULL for an empty environment and no output. Once for each
 * linker, before the first berth_linker_define; otherwise BERTH_ERROR_USAGE. */
bool berth_linker_wasi(struct berth_linker *l, const struct berth_wasi_options *o, struct berth_error *e);

#ifdef __cplusplus
}
#endif

#endif
