#include "runtime/memory/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"

/* Debian 12's kernel headers are older than this interface. */
struct page_region {
    uint64_t start, end, categories;
};
struct pm_scan_arg {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define PAGEMAP_SCAN    _IOWR('f', 16, struct pm_scan_arg)
#define PAGE_IS_FILE    (1u << 2)
#define PAGE_IS_PRESENT (1u << 3)
#define PAGE_IS_SWAPPED (1u << 4)
#define PAGE_IS_PFNZERO (1u << 5)

bool pages_fit(void)
{
    return sysconf(_SC_PAGESIZE) == PAGE_BYTES;
}

bool page_is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_BYTES - 1) == 0;
}

static int open_pagemap(void)
{
    return open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

static bool scan(struct pm_scan_arg *arg, uint8_t *start, size_t bytes,
                 void (*found)(void *ctx, uint8_t *at, size_t bytes), void *ctx)
{
    struct page_region regions[64];
    int fd = open_pagemap();
    bool ok = fd >= 0;
    arg->size = sizeof(*arg);
    arg->start = (uintptr_t)start;
    arg->end = (uintptr_t)start + bytes;
    arg->vec = (uintptr_t)regions;
    arg->vec_len = ARRAY_LEN(regions);
    while (ok && arg->start < arg->end) {
        int n = ioctl(fd, PAGEMAP_SCAN, arg);
        if (n < 0 && errno == EINTR)
            continue;
        ok = n >= 0;
        for (int i = 0; i < n; i++) {
            uint64_t end = regions[i].end < arg->end ? regions[i].end : arg->end;
            found(ctx, start + (regions[i].start - (uintptr_t)start), end - regions[i].start);
        }
        arg->start = arg->walk_end;
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

bool pages_scan_written(uint8_t *start, size_t bytes, void (*found)(void *ctx, uint8_t *at, size_t bytes), void *ctx)
{
    struct pm_scan_arg arg = {
        .category_inverted = PAGE_IS_PFNZERO | PAGE_IS_FILE,
        .category_mask = PAGE_IS_PFNZERO | PAGE_IS_FILE,
        .category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
        .return_mask = PAGE_IS_PRESENT,
    };
    return scan(&arg, start, bytes, found, ctx);
}
