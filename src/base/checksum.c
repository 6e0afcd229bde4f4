#include "base/checksum.h"

/* Compiled in, so that the program needs no library for it. */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t checksum(bytes data)
{
    return XXH3_64bits(data.ptr, data.len);
}
