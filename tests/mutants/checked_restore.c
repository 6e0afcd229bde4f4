/* In place of linear_memory_restore in the build that tests/mutants/run makes for it, at the end of memory/linear.c:
 * the system's account of the pages written to must hold none that is not marked, but for those that came as private
 * copies, and afterwards all of the memory, marked or not, must be as it was. */

static void check_marks(void *ctx, uint8_t *at, size_t bytes_)
{
    const struct linear_memory *m = ctx;
    size_t first = (size_t)(at - m->base) / PAGE_BYTES;
    for (size_t p = first; p < first + bytes_ / PAGE_BYTES; p++)
        assert(m->marks[p / 64] >> p % 64 & 1 || memory_image_page_is_own(m->image, p));
}

bool linear_memory_restore(struct linear_memory *m)
{
    pages_scan_written(m->base, m->kept_bytes, check_marks, m);
    if (!restore_unchecked(m))
        return false;
    for (size_t p = 0; p < m->kept_bytes / PAGE_BYTES; p++)
        assert(memory_image_page_equals(m->image, p, m->base + p * PAGE_BYTES));
    return true;
}
