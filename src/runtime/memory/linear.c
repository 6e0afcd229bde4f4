#include "runtime/memory/linear.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "runtime/memory/fault.h"
#include "runtime/memory/image.h"
#include "runtime/memory/pages.h"

/* More than this to copy or to give back, and a new instance is the better deal; the pause would be felt by other
 * requests. Of what goes piece by piece, a piece is so large. */
enum { RESTORE_MAX_BYTES = 16 << 20, DISCARD_BYTES = 4 << 20 };

/* What is written to by the first call of a memory is likely to be by that of others, if it is not very much. */
enum { LIKELY_MAX_PAGES = 1024 };

static size_t page_count(size_t bytes)
{
    return bytes / PAGE_BYTES;
}

/* Each run of writable pages is a mapping of its own, and one more behind it; the system has room for so many in a
 * process (vm.max_map_count, 65 530 as it comes). All memories together take less than half of that: when they have,
 * a fault gets more than a page, and later ones fall into what is marked already. The process's, like the limit. */
enum { MAPPINGS_FEW = 16000, MAPPINGS_MANY = 24000 };
static atomic_int mappings;

static void count_runs(struct linear_memory *m, int change)
{
    m->runs += (uint32_t)change;
    atomic_fetch_add_explicit(&mappings, 2 * change, memory_order_relaxed);
}

bool linear_memory_init(struct linear_memory *m, size_t size_bytes, size_t max_bytes, size_t reserved_bytes,
                        struct err *e)
{
    assert(size_bytes % PAGE_BYTES == 0 && reserved_bytes % PAGE_BYTES == 0 && max_bytes <= reserved_bytes);
    *m = (struct linear_memory){ .reserved_bytes = reserved_bytes, .max_bytes = max_bytes, .size_bytes = size_bytes };
    void *at = mmap(NULL, reserved_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return err_system(e, errno, "reserve %zu MiB of addresses for a memory", reserved_bytes >> 20);
    m->base = at;
    if (size_bytes && mprotect(at, size_bytes, PROT_READ | PROT_WRITE) != 0) {
        err_system(e, errno, "get %zu KiB for a memory", size_bytes >> 10);
        munmap(at, reserved_bytes);
        return false;
    }
    return true;
}

void linear_memory_fini(struct linear_memory *m)
{
    memory_set_remove(m);
    count_runs(m, -(int)m->runs);
    munmap(m->base, m->reserved_bytes);
    memory_image_unref(m->image);
    mem_free(m->marks);
    mem_free(m->used);
}

static void set_size(struct linear_memory *m, size_t size_bytes)
{
    if (m->set)
        m->set->bytes += size_bytes - m->size_bytes;
    m->size_bytes = size_bytes;
}

bool linear_memory_grow(struct linear_memory *m, size_t size_bytes)
{
    assert(size_bytes >= m->size_bytes && size_bytes % PAGE_BYTES == 0);
    if (size_bytes > m->max_bytes)
        return false;
    size_t more = size_bytes - m->size_bytes;
    if (!memory_set_has_room(m->set, more) ||
        (more && mprotect(m->base + m->size_bytes, more, PROT_READ | PROT_WRITE) != 0))
        return false;
    set_size(m, size_bytes);
    return true;
}

/* --- Marks --- */

static size_t pages_at_once(const struct linear_memory *m)
{
    int all = atomic_load_explicit(&mappings, memory_order_relaxed);
    if (all < MAPPINGS_FEW)
        return 1;
    return all < MAPPINGS_MANY && m->runs < 64 ? 16 : 1024;
}

static bool is_marked(const struct linear_memory *m, size_t page)
{
    return m->marks[page / 64] >> page % 64 & 1;
}

static bool mark(struct linear_memory *m, size_t first, size_t count)
{
    if (mprotect(m->base + first * PAGE_BYTES, count * PAGE_BYTES, PROT_READ | PROT_WRITE) != 0)
        return false;
    for (size_t p = first; p < first + count; p++)
        m->marks[p / 64] |= (uint64_t)1 << p % 64;
    count_runs(m, 1);
    return true;
}

/* Faults are dear: pages that others wrote to are made writable, and their own, before it comes to them. */
static void mark_likely(struct linear_memory *m)
{
    size_t first = 0, count = 0;
    while (pages_at_once(m) == 1 && memory_image_next_likely(m->image, first + count, &first, &count))
        if (!mark(m, first, count) ||
            madvise(m->base + first * PAGE_BYTES, count * PAGE_BYTES, MADV_POPULATE_WRITE) != 0)
            return; /* the rest faults, as all would have */
}

/* --- The snapshot --- */

static bool take_image(struct linear_memory *m, struct memory_image *image, struct err *e)
{
    if (!memory_image_map(image, m->base, e))
        return false;
    m->image = memory_image_ref(image);
    m->kept = true;
    set_size(m, image->bytes);
    m->kept_bytes = image->bytes;
    m->words = (uint32_t)(page_count(m->kept_bytes) / 64 + 1);
    m->marks = mem_new_n(uint64_t, m->words);
    m->used = mem_new_n(uint64_t, m->words);
    mark_likely(m);
    return true;
}

bool linear_memory_adopt(struct linear_memory *m, struct memory_image *image, struct err *e)
{
    assert(!m->kept);
    if (image->bytes < m->size_bytes || image->bytes > m->max_bytes ||
        !memory_set_has_room(m->set, image->bytes - m->size_bytes))
        return err_set(e, ERR_LIMIT, "a memory's image of %zu KiB", image->bytes >> 10);
    return take_image(m, image, e);
}

bool linear_memory_keep(struct linear_memory *m, struct memory_image **shared, struct err *e)
{
    assert(!m->kept);
    struct memory_image *image = NULL;
    bool varies = *shared && (*shared)->bytes == m->size_bytes && memory_image_vary(*shared, m->base, &image);
    if (!varies && !memory_image_new(m->base, m->size_bytes, &image, e))
        return false;
    bool ok = take_image(m, image, e);
    if (ok && !*shared)
        *shared = memory_image_ref(image);
    memory_image_unref(image);
    return ok;
}

/* --- Faults --- */

bool linear_memory_unprotect(struct linear_memory *m, const void *address)
{
    const uint8_t *at = address;
    if (!m->kept || at < m->base || at >= m->base + m->kept_bytes)
        return false;
    size_t page = (size_t)(at - m->base) / PAGE_BYTES, all = page_count(m->kept_bytes);
    if (is_marked(m, page))
        return false;
    size_t n = pages_at_once(m), first = page / n * n;
    /* Without room for another mapping, all of it becomes one. */
    return mark(m, first, first + n < all ? n : all - first) || mark(m, 0, all);
}

/* --- Restoring --- */

static size_t marked_pages(const struct linear_memory *m)
{
    size_t n = 0;
    for (uint32_t w = 0; w < m->words; w++)
        n += (size_t)__builtin_popcountll(m->marks[w]);
    return n;
}

size_t linear_memory_own_bytes(const struct linear_memory *m)
{
    return m->kept ? marked_pages(m) * PAGE_BYTES : m->size_bytes;
}

bool linear_memory_is_heavy(const struct linear_memory *m)
{
    size_t loose = m->kept ? marked_pages(m) * PAGE_BYTES + m->size_bytes - m->kept_bytes : m->size_bytes;
    return loose > RESTORE_MAX_BYTES;
}

/* From its end, where a guest that grows writes to. */
bool linear_memory_discard(struct linear_memory *m)
{
    size_t bytes = m->size_bytes < DISCARD_BYTES ? m->size_bytes : DISCARD_BYTES;
    set_size(m, m->size_bytes - bytes);
    if (bytes)
        madvise(m->base + m->size_bytes, bytes, MADV_DONTNEED);
    return m->size_bytes > 0;
}

/* The pages past the snapshot are given back: they must be zeros when the memory grows again. */
static bool restore_size(struct linear_memory *m)
{
    if (m->size_bytes == m->kept_bytes)
        return true;
    uint8_t *tail = m->base + m->kept_bytes;
    size_t bytes = m->size_bytes - m->kept_bytes;
    set_size(m, m->kept_bytes);
    return madvise(tail, bytes, MADV_DONTNEED) == 0 && mprotect(tail, bytes, PROT_NONE) == 0;
}

/* Comparing first: what was not written to this time stays out of the cache's way, and is known as unused. */
static void restore_page(struct linear_memory *m, size_t page)
{
    uint8_t *at = m->base + page * PAGE_BYTES;
    if (memory_image_page_equals(m->image, page, at))
        return;
    memory_image_copy_page(m->image, page, at);
    m->used[page / 64] |= (uint64_t)1 << page % 64;
}

static bool unmark(struct linear_memory *m, size_t first, size_t count)
{
    uint8_t *at = m->base + first * PAGE_BYTES;
    for (size_t p = first; p < first + count; p++)
        m->marks[p / 64] &= ~((uint64_t)1 << p % 64);
    return mprotect(at, count * PAGE_BYTES, PROT_READ) == 0 && madvise(at, count * PAGE_BYTES, MADV_DONTNEED) == 0;
}

/* What is mapped below a page of the image's own is not its content: once marked, it stays. */
static bool stays_marked(const struct linear_memory *m, size_t page)
{
    return m->used[page / 64] >> page % 64 & 1 || memory_image_page_is_own(m->image, page);
}

/* Takes back the marks of pages that were not written to since the last sweep, but for single ones in between. */
static bool sweep(struct linear_memory *m)
{
    size_t all = page_count(m->kept_bytes), idle = 0; /* marked pages in a row that were not used */
    int runs = 0;
    for (size_t p = 0; p <= all; p++) {
        bool marked = p < all && is_marked(m, p), used = marked && stays_marked(m, p);
        if (marked && !used) {
            idle++;
            continue;
        }
        bool joins = idle == 1 && used && p >= 2 && is_marked(m, p - 2);
        if (idle && !joins && !unmark(m, p - idle, idle))
            return false;
        idle = 0;
        runs += used && (p == 0 || !is_marked(m, p - 1));
    }
    count_runs(m, runs - (int)m->runs);
    memset(m->used, 0, m->words * sizeof(*m->used));
    return true;
}

/* Soon after the snapshot, when much is known already, and then now and then. */
static bool is_time_to_sweep(uint32_t restores)
{
    return restores == 2 || restores == 16 || restores == 128 || restores % 1024 == 0;
}

bool linear_memory_restore(struct linear_memory *m)
{
    assert(m->kept);
    if (linear_memory_is_heavy(m) || !restore_size(m))
        return false;
    for (uint32_t w = 0; w < m->words; w++)
        for (uint64_t left = m->marks[w]; left; left &= left - 1)
            restore_page(m, w * 64 + (size_t)__builtin_ctzll(left));
    if (m->restores == 0 && marked_pages(m) <= LIKELY_MAX_PAGES)
        memory_image_note_written(m->image, m->marks);
    return !is_time_to_sweep(++m->restores) || sweep(m);
}
