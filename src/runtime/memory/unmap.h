/* Giving large memories back to the system. Freeing a gigabyte of pages takes it a tenth of a second, for which the
 * requests of other guests on the same thread would have to wait: that is done on a thread of its own. */
#ifndef RUNTIME_MEMORY_UNMAP_H
#define RUNTIME_MEMORY_UNMAP_H

#include <stddef.h>
#include <stdint.h>

/* Unmaps `bytes` at `base`, of which up to `used_bytes` hold something. Soon, if that is much: a few at the same time,
 * so that memory is not taken faster than it is given back. */
void memory_unmap(uint8_t *base, size_t bytes, size_t used_bytes);

#endif
