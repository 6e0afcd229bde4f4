/* What a program's core modules permit: whether their instances can be restored, and how they are to be rewritten for
 * that. To know it, all code is walked over; the answer is kept in the cache. Internal to run/. */
#ifndef RUNTIME_RUN_RECYCLE_SCAN_H
#define RUNTIME_RUN_RECYCLE_SCAN_H

#include <stdbool.h>

struct instrument_options; /* binary/instrument.h */
struct program;            /* run/program.h */

/* False: they cannot be restored. */
bool recycle_scan(const struct program *p, struct instrument_options *ret);

#endif
