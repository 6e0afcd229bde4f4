/* The names of what the cache has of a program (berth/code_cache.h): the code of each core module, what scanning all of
 * them found, the snapshot. They are made of digests of the modules as they came, so that each byte is digested once,
 * and none has to be rewritten for its code to be found. Internal to run/. */
#ifndef RUNTIME_RUN_CACHE_KEY_H
#define RUNTIME_RUN_CACHE_KEY_H

#include <stdint.h>

struct program; /* run/program.h */

enum { CACHE_KEY_BYTES = 160 };

/* Digests the core modules that the plan uses; for the three below. */
void cache_key_prepare(struct program *p);

/* What engine_compile makes of the module, rewritten as recycling wants it or as it came. */
void cache_key_of_code(const struct program *p, uint32_t module, char ret[CACHE_KEY_BYTES]);

/* What a scan finds in the modules (recycle_scan.h). */
void cache_key_of_scan(const struct program *p, char ret[CACHE_KEY_BYTES]);

/* The program's snapshot, if its start depends on nothing besides: the components' bytes, the limit on memory, what
 * constant functions of the host tell, the versions of Berth and the engine. */
void cache_key_of_snapshot(const struct program *p, char ret[CACHE_KEY_BYTES]);

#endif
