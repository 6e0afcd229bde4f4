/* A program's snapshot as a file (run/snapshot.h): what instances are after their start. Written and read by one
 * machine, so that its byte order will do.
 *
 *   magic | limit on memories u64 | memories u32 | globals u32 | size of each memory u64 | value of each global 16
 * bytes | zeros up to the next page | the memories, one after the other */
#ifndef RUNTIME_BINARY_SNAPSHOT_RECORD_H
#define RUNTIME_BINARY_SNAPSHOT_RECORD_H

#include "base/err.h"
#include "base/str.h"
#include "runtime/abi/abi.h"

struct buf; /* base/buf.h */

#define SNAPSHOT_MAGIC "berth snapshot 1" /* its length is a multiple of eight */

enum { SNAPSHOT_MEMORIES_MAX = 100, SNAPSHOT_GLOBALS_MAX = 1 << 20, SNAPSHOT_PAGE_BYTES = 4096 };

struct snapshot_record {
    uint64_t memory_limit;
    uint32_t memory_count, global_count;
    uint64_t memory_bytes[SNAPSHOT_MEMORIES_MAX]; /* multiples of a page */
    const union core_value *globals;
    uint64_t memory_offset; /* of the first, in the file */
};

/* Appends what comes before the memories. */
void snapshot_record_put(const struct snapshot_record *r, struct buf *out);

/* `file` may have more behind it; aligned as `union core_value` is. Points into it. ERR_PARSE when it is not one. */
MUST_USE bool snapshot_record_read(bytes file, struct snapshot_record *ret, struct err *e);

#endif
