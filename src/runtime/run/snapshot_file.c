#include "runtime/run/snapshot_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "berth/code_cache.h"
#include "runtime/binary/snapshot_record.h"
#include "runtime/run/memory_limit.h"
#include "runtime/run/snapshot.h"

/* Content that is copied faster than a file is found is not worth one; and one file is not to fill the cache. */
enum { WORTH_BYTES = 1 << 20, FILE_MAX_BYTES = 128 << 20 };

/* --- Reading --- */

static bool is_of(const struct snapshot_record *r, const struct program *p)
{
    return r->memory_limit == memory_limit_each(p, p->options.memory_bytes) &&
           r->memory_count == snapshot_memory_count(p) && r->global_count == snapshot_global_count(p);
}

static struct snapshot *from_record(const struct snapshot_record *r, const struct program *p, int fd)
{
    struct engine_extent at[SNAPSHOT_MEMORIES_MAX];
    struct engine_images *images = NULL;
    struct err ignored;
    size_t offset = (size_t)r->memory_offset;
    for (uint32_t k = 0; k < r->memory_count; k++) {
        at[k] = (struct engine_extent){ offset, (size_t)r->memory_bytes[k] };
        offset += at[k].bytes;
    }
    if (!engine_images_open(fd, at, r->memory_count, &images, &ignored))
        return NULL;
    struct snapshot *s = snapshot_new(p, r->memory_limit, images);
    if (s->global_count)
        memcpy(s->globals, r->globals, s->global_count * sizeof(*s->globals));
    return s;
}

static struct snapshot *read_file(const struct program *p, int fd)
{
    struct stat st;
    struct snapshot_record r;
    struct err ignored;
    struct snapshot *s = NULL;
    if (fstat(fd, &st) != 0 || st.st_size <= 0)
        return NULL;
    void *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (file == MAP_FAILED)
        return NULL;
    if (snapshot_record_read(bytes_from(file, (size_t)st.st_size), &r, &ignored) && is_of(&r, p))
        s = from_record(&r, p, fd);
    munmap(file, (size_t)st.st_size);
    return s;
}

void snapshot_load(struct program *p)
{
    char path[4096];
    if (!p->recycle.options.start_apart || !p->options.cache)
        return;
    char *key = p->recycle.found->key;
    cache_key_of_snapshot(p, key);
    if (!p->options.cache->find(p->options.cache, str_of(key), path, sizeof(path)))
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    atomic_store(&p->recycle.found->snapshot, read_file(p, fd));
    close(fd);
}

/* --- Writing --- */

/* The whole file; what it holds is immutable. */
static void put_file(const struct snapshot *s, struct buf *out)
{
    struct snapshot_record r = { .memory_limit = s->memory_limit,
                                 .memory_count = engine_images_count(s->images),
                                 .global_count = s->global_count,
                                 .globals = s->globals };
    for (uint32_t k = 0; k < r.memory_count; k++)
        r.memory_bytes[k] = engine_image_bytes(s->images, k);
    snapshot_record_put(&r, out);
    for (uint32_t k = 0; k < r.memory_count; k++)
        engine_image_put(s->images, k, out);
}

static void *save(void *found)
{
    const struct program *p = ((struct program_findings *)found)->program;
    struct buf file;
    buf_init(&file, BUF_NO_LIMIT);
    put_file(atomic_load(&p->recycle.found->snapshot), &file);
    p->options.cache->store(p->options.cache, str_of(p->recycle.found->key), bytes_from(file.ptr, file.len));
    buf_fini(&file);
    return NULL;
}

static bool is_worth_it(const struct snapshot *s)
{
    size_t used = 0, all = 0;
    for (uint32_t k = 0; k < engine_images_count(s->images); k++) {
        used += engine_image_used_bytes(s->images, k);
        all += engine_image_bytes(s->images, k);
    }
    return used >= WORTH_BYTES && all <= FILE_MAX_BYTES;
}

/* Handles are not in the file: what they are of is known to this process only. */
static bool has_handles(const struct snapshot *s)
{
    for (uint32_t k = 0; k < s->table_count; k++)
        if (s->tables[k].len > 1)
            return true;
    return false;
}

void snapshot_save(const struct program *p, const struct snapshot *s)
{
    struct program_findings *f = p->recycle.found;
    if (p->options.cache && s->memory_limit == memory_limit_each(p, p->options.memory_bytes) && !has_handles(s) &&
        is_worth_it(s))
        f->saving = pthread_create(&f->saver, NULL, save, f) == 0;
}

void snapshot_save_end(const struct program *p)
{
    if (p->recycle.found->saving)
        pthread_join(p->recycle.found->saver, NULL);
}
