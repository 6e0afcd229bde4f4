/* The system's pages, and which of them are in use. */
#ifndef RUNTIME_MEMORY_PAGES_H
#define RUNTIME_MEMORY_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of x86-64 and of AArch64 as Debian has it; where the system has larger ones pages_fit is false. */
enum { PAGE_BYTES = 4096 };

bool pages_fit(void);

bool page_is_zero(const uint8_t *page);

/* Pages of a private mapping that were written to since it was made: present and not the file's. Calls `found` with
 * runs of them. False when the system cannot tell (before Linux 6.7). For tests, as a witness beside the marks.
 * Spec: Linux, Documentation/admin-guide/mm/pagemap.rst, PAGEMAP_SCAN. */
bool pages_scan_written(uint8_t *start, size_t bytes, void (*found)(void *ctx, uint8_t *at, size_t bytes), void *ctx);

#endif
