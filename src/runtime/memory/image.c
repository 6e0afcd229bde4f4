/* Images over memfd. Pages that are zero stay holes. */
#include "runtime/memory/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/memory/pages.h"

/* An image with more own pages is better a file of its own, whose pages need no copies in each memory. */
enum { VARY_MAX_PAGES = 256 };

static bool write_page(const struct memory_image *i, size_t at, const uint8_t *page, struct err *e)
{
    for (size_t done = 0; done < PAGE_BYTES;) {
        ssize_t n = pwrite(i->fd, page + done, PAGE_BYTES - done, (off_t)(at + done));
        if (n < 0 && errno != EINTR)
            return err_system(e, errno, "write a memory's image");
        done += n < 0 ? 0 : (size_t)n;
    }
    return true;
}

static bool write_pages(struct memory_image *i, const uint8_t *content, struct err *e)
{
    for (size_t page = 0; page < i->bytes / PAGE_BYTES; page++) {
        const uint8_t *at = content + page * PAGE_BYTES;
        if (page_is_zero(at))
            i->zeros[page / 64] |= (uint64_t)1 << page % 64;
        else if (!write_page(i, page * PAGE_BYTES, at, e))
            return false;
    }
    return true;
}

/* Of the bits, one a page. */
static size_t word_count(const struct memory_image *i)
{
    return i->bytes / PAGE_BYTES / 64 + 1;
}

static struct memory_image *image_alloc(size_t bytes)
{
    struct memory_image *i = mem_new(struct memory_image);
    atomic_init(&i->refs, 1);
    i->bytes = bytes;
    i->zeros = mem_new_n(uint64_t, word_count(i));
    i->fd = -1;
    return i;
}

static bool map_view(struct memory_image *i, struct err *e)
{
    if (!i->bytes)
        return true;
    void *view = mmap(NULL, i->bytes, PROT_READ, MAP_SHARED, i->fd, (off_t)i->offset);
    if (view == MAP_FAILED)
        return err_system(e, errno, "map a memory's image");
    i->view = view;
    return true;
}

bool memory_image_open(int fd, size_t offset, size_t bytes, struct memory_image **ret, struct err *e)
{
    struct memory_image *i = image_alloc(bytes);
    i->likely = mem_new_n(_Atomic uint64_t, word_count(i));
    i->offset = offset;
    i->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (i->fd < 0)
        err_system(e, errno, "keep a memory's image open");
    if (i->fd < 0 || !map_view(i, e)) {
        memory_image_unref(i);
        return false;
    }
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        if (page_is_zero(i->view + page * PAGE_BYTES))
            i->zeros[page / 64] |= (uint64_t)1 << page % 64;
    *ret = i;
    return true;
}

bool memory_image_new(const uint8_t *content, size_t bytes, struct memory_image **ret, struct err *e)
{
    struct memory_image *i = image_alloc(bytes);
    i->likely = mem_new_n(_Atomic uint64_t, word_count(i));
    i->fd = memfd_create("memory image", MFD_CLOEXEC);
    if (i->fd < 0 || ftruncate(i->fd, (off_t)bytes) != 0) {
        err_system(e, errno, "make a memory's image");
        goto failed;
    }
    if (!write_pages(i, content, e) || !map_view(i, e))
        goto failed;
    *ret = i;
    return true;
failed:
    memory_image_unref(i);
    return false;
}

static bool is_zero(const struct memory_image *i, size_t page)
{
    return i->zeros[page / 64] >> page % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t page)
{
    bits[page / 64] |= (uint64_t)1 << page % 64;
}

/* Finds the pages of its own. Returns how many there are, or more than VARY_MAX_PAGES. */
static size_t compare_with_base(struct memory_image *i, const uint8_t *content)
{
    size_t count = 0;
    for (size_t page = 0; page < i->bytes / PAGE_BYTES && count <= VARY_MAX_PAGES; page++) {
        const uint8_t *at = content + page * PAGE_BYTES;
        bool equal = memory_image_page_equals(i->base, page, at);
        if (equal ? is_zero(i->base, page) : page_is_zero(at))
            set_bit(i->zeros, page);
        if (equal)
            continue;
        set_bit(i->own, page);
        count++;
    }
    return count;
}

static bool copy_own(struct memory_image *i, const uint8_t *content)
{
    uint8_t *view = mmap(NULL, i->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (view == MAP_FAILED)
        return false;
    i->view = view;
    for (size_t page = 0; page < i->bytes / PAGE_BYTES; page++)
        if (memory_image_page_is_own(i, page) && !is_zero(i, page))
            memcpy(view + page * PAGE_BYTES, content + page * PAGE_BYTES, PAGE_BYTES);
    return true;
}

bool memory_image_vary(struct memory_image *base, const uint8_t *content, struct memory_image **ret)
{
    struct memory_image *i = image_alloc(base->bytes);
    i->base = memory_image_ref(base);
    i->own = mem_new_n(uint64_t, word_count(i));
    size_t count = base->base ? VARY_MAX_PAGES + 1 : compare_with_base(i, content);
    bool ok = count <= VARY_MAX_PAGES && (!count || copy_own(i, content));
    if (ok)
        *ret = memory_image_ref(count ? i : base);
    memory_image_unref(i);
    return ok;
}

struct memory_image *memory_image_ref(struct memory_image *i)
{
    atomic_fetch_add(&i->refs, 1);
    return i;
}

void memory_image_unref(struct memory_image *i)
{
    if (!i || atomic_fetch_sub(&i->refs, 1) != 1)
        return;
    if (i->view)
        munmap((void *)(uintptr_t)i->view, i->bytes);
    if (i->fd >= 0)
        close(i->fd);
    memory_image_unref(i->base);
    mem_free(i->own);
    mem_free(i->zeros);
    mem_free((void *)(uintptr_t)i->likely);
    mem_free(i);
}

bool memory_image_page_is_own(const struct memory_image *i, size_t page)
{
    return i->own && i->own[page / 64] >> page % 64 & 1;
}

static const uint8_t *page_of(const struct memory_image *i, size_t page)
{
    const struct memory_image *has = i->base && !memory_image_page_is_own(i, page) ? i->base : i;
    return has->view + page * PAGE_BYTES;
}

bool memory_image_page_equals(const struct memory_image *i, size_t page, const uint8_t *content)
{
    return is_zero(i, page) ? page_is_zero(content) : memcmp(page_of(i, page), content, PAGE_BYTES) == 0;
}

void memory_image_copy_page(const struct memory_image *i, size_t page, uint8_t *to)
{
    if (is_zero(i, page))
        memset(to, 0, PAGE_BYTES);
    else
        memcpy(to, page_of(i, page), PAGE_BYTES);
}

size_t memory_image_used_bytes(const struct memory_image *i)
{
    size_t pages = i->bytes / PAGE_BYTES;
    for (size_t w = 0; w < word_count(i); w++)
        pages -= (size_t)__builtin_popcountll(i->zeros[w]);
    return pages * PAGE_BYTES;
}

void memory_image_note_written(struct memory_image *i, const uint64_t *pages)
{
    i = i->base ? i->base : i;
    for (size_t w = 0; w < word_count(i); w++)
        if (pages[w] & ~atomic_load_explicit(&i->likely[w], memory_order_relaxed))
            atomic_fetch_or_explicit(&i->likely[w], pages[w], memory_order_relaxed);
}

static bool is_likely(const struct memory_image *i, size_t page)
{
    const _Atomic uint64_t *likely = (i->base ? i->base : i)->likely;
    return atomic_load_explicit(&likely[page / 64], memory_order_relaxed) >> page % 64 & 1;
}

bool memory_image_next_likely(const struct memory_image *i, size_t page, size_t *ret_first, size_t *ret_count)
{
    size_t all = i->bytes / PAGE_BYTES, end;
    while (page < all && !is_likely(i, page))
        page++;
    for (end = page; end < all && is_likely(i, end);)
        end++;
    *ret_first = page;
    *ret_count = end - page;
    return end > page;
}

/* Private copies take the place of the base's pages, before all of it is write-protected. */
static void put_own(const struct memory_image *i, uint8_t *at)
{
    for (size_t page = 0; page < i->bytes / PAGE_BYTES; page++)
        if (memory_image_page_is_own(i, page))
            memory_image_copy_page(i, page, at + page * PAGE_BYTES);
}

bool memory_image_map(const struct memory_image *i, uint8_t *at, struct err *e)
{
    const struct memory_image *file = i->base ? i->base : i;
    int access = i->base ? PROT_READ | PROT_WRITE : PROT_READ;
    if (!i->bytes)
        return true;
    if (mmap(at, i->bytes, access, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file->fd, (off_t)file->offset) ==
        MAP_FAILED)
        return err_system(e, errno, "map a memory's image");
    if (!i->base)
        return true;
    put_own(i, at);
    return mprotect(at, i->bytes, PROT_READ) == 0 || err_system(e, errno, "protect a memory's image");
}
