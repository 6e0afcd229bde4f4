/* Our own memories under Wasmtime: it asks for them while a store's instances are made, on the thread whose current set
 * (memory/fault.h) is the store's, and calls back for their address, size and growth. */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "runtime/engine/wasmtime_types.h"
#include "runtime/memory/image.h"
#include "runtime/memory/linear.h"
#include "runtime/memory/pages.h"

static uint8_t *get_memory(void *env, size_t *ret_size, size_t *ret_capacity)
{
    const struct linear_memory *m = env;
    *ret_size = m->size_bytes;
    *ret_capacity = m->max_bytes;
    return m->base;
}

static wasmtime_error_t *grow_memory(void *env, size_t size)
{
    return linear_memory_grow(env, size) ? NULL : wasmtime_error_new("no memory to grow into");
}

static void free_memory(void *env)
{
    linear_memory_fini(env);
    mem_free(env);
}

static size_t round_to_page(size_t bytes_)
{
    return (bytes_ + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static wasmtime_error_t *new_memory(void *env, const wasm_memorytype_t *type, size_t minimum, size_t maximum,
                                    size_t reserved, size_t guard, wasmtime_linear_memory_t *ret)
{
    (void)env, (void)type;
    struct memory_set *set = memory_set_current();
    assert(set);
    struct linear_memory *m = mem_new(struct linear_memory);
    struct err e = ERR_INIT;
    size_t room = round_to_page(reserved > minimum ? reserved : minimum);
    if (!linear_memory_init(m, round_to_page(minimum), maximum < room ? maximum : room, room + round_to_page(guard),
                            &e)) {
        mem_free(m);
        return wasmtime_error_new(e.text);
    }
    memory_set_add(set, m);
    *ret = (wasmtime_linear_memory_t){ m, get_memory, grow_memory, free_memory };
    return NULL;
}

bool engine_can_recycle(void)
{
    return pages_fit();
}

void engine_use_own_memories(wasm_config_t *config)
{
    wasmtime_memory_creator_t creator = { .new_memory = new_memory };
    wasmtime_config_host_memory_creator_set(config, &creator);
    /* Its own way to share initial data needs its own memories. */
    wasmtime_config_memory_init_cow_set(config, false);
}

/* --- Images --- */

enum { MAX_IMAGES = 100 };

struct engine_images {
    pthread_mutex_t lock;
    struct memory_image *at[MAX_IMAGES]; /* of the memories in their order; NULL until the first snapshot */
};

struct engine_images *engine_images_new(void)
{
    struct engine_images *i = mem_new(struct engine_images);
    pthread_mutex_init(&i->lock, NULL);
    return i;
}

void engine_images_free(struct engine_images *i)
{
    if (!i)
        return;
    for (size_t k = 0; k < MAX_IMAGES; k++)
        memory_image_unref(i->at[k]);
    pthread_mutex_destroy(&i->lock);
    mem_free(i);
}

bool engine_images_open(int fd, const struct engine_extent *at, uint32_t count, struct engine_images **ret,
                        struct err *e)
{
    struct engine_images *i = engine_images_new();
    bool ok = count <= MAX_IMAGES || err_set(e, ERR_UNSUPPORTED, "%u memories", count);
    for (uint32_t k = 0; ok && k < count; k++)
        ok = memory_image_open(fd, at[k].offset, at[k].bytes, &i->at[k], e);
    if (!ok)
        engine_images_free(i);
    else
        *ret = i;
    return ok;
}

uint32_t engine_images_count(const struct engine_images *i)
{
    uint32_t count = 0;
    while (count < MAX_IMAGES && i->at[count])
        count++;
    return count;
}

size_t engine_image_bytes(const struct engine_images *i, uint32_t k)
{
    return i->at[k]->bytes;
}

size_t engine_image_used_bytes(const struct engine_images *i, uint32_t k)
{
    return memory_image_used_bytes(i->at[k]);
}

void engine_image_put(const struct engine_images *i, uint32_t k, struct buf *out)
{
    for (size_t page = 0; page < i->at[k]->bytes / PAGE_BYTES; page++) {
        uint8_t content[PAGE_BYTES];
        memory_image_copy_page(i->at[k], page, content);
        buf_put(out, content, sizeof(content));
    }
}

/* --- Snapshots --- */

static struct linear_memory *memory_at(const struct engine_store *s, const uint8_t *base)
{
    for (struct linear_memory *m = s->memories.first; m; m = m->next)
        if (m->base == base)
            return m;
    return NULL;
}

static bool keep_all(struct engine_store *s, struct engine_images *images, struct err *e)
{
    for (uint32_t k = 0; k < s->kept.len; k++) {
        if (!linear_memory_keep(s->kept.at[k].memory, &images->at[k], e))
            return false;
    }
    return true;
}

static bool name_memories(struct engine_store *s, const struct engine_ref *memories, size_t count, struct err *e)
{
    /* One more is the engine's own, for exceptions and references: a guest reaches what is in it by its globals and
     * tables only, and these are restored. */
    if (count + 1 < s->memories.count || count > MAX_IMAGES)
        return err_set(e, ERR_UNSUPPORTED, "%u memories, of which %zu can be restored", s->memories.count, count);
    s->kept.len = 0;
    for (size_t k = 0; k < count; k++) {
        assert(memories[k].kind == ENGINE_MEMORY);
        struct kept_memory m = { 0 };
        memcpy(&m.name, memories[k].opaque, sizeof(m.name));
        m.memory = memory_at(s, wasmtime_memory_data(s->context, &m.name));
        if (!m.memory)
            return err_set(e, ERR_UNSUPPORTED, "a memory is not one of ours");
        vec_push(&s->kept, m);
    }
    return true;
}

bool engine_store_keep(struct engine_store *s, struct engine_images *images, const struct engine_ref *memories,
                       size_t count, struct err *e)
{
    if (!name_memories(s, memories, count, e))
        return false;
    pthread_mutex_lock(&images->lock);
    bool ok = keep_all(s, images, e);
    pthread_mutex_unlock(&images->lock);
    return ok;
}

/* Growing by nothing makes the engine ask for the size. */
static bool tell_size(struct engine_store *s, const struct kept_memory *m)
{
    uint64_t pages = 0;
    wasmtime_error_t *error = wasmtime_memory_grow(s->context, &m->name, 0, &pages);
    if (error)
        wasmtime_error_delete(error);
    return !error;
}

struct engine_images *engine_store_images(const struct engine_store *s)
{
    struct engine_images *i = engine_images_new();
    for (uint32_t k = 0; k < s->kept.len; k++)
        i->at[k] = memory_image_ref(s->kept.at[k].memory->image);
    return i;
}

static bool adopt(struct engine_store *s, const struct kept_memory *m, struct memory_image *image, struct err *e)
{
    size_t began_with = m->memory->size_bytes;
    return linear_memory_adopt(m->memory, image, e) &&
           (m->memory->size_bytes == began_with || tell_size(s, m) ||
            err_set(e, ERR_LIMIT, "a memory cannot have the size that its image has"));
}

bool engine_store_adopt(struct engine_store *s, const struct engine_images *images, const struct engine_ref *memories,
                        size_t count, struct err *e)
{
    assert(!s->future);
    if (!name_memories(s, memories, count, e))
        return false;
    for (uint32_t k = 0; k < s->kept.len; k++)
        if (!adopt(s, &s->kept.at[k], images->at[k], e))
            return false;
    return true;
}

bool engine_store_restore(struct engine_store *s)
{
    assert(!s->future);
    for (uint32_t k = 0; k < s->kept.len; k++) {
        struct linear_memory *m = s->kept.at[k].memory;
        bool grown = m->size_bytes != m->kept_bytes;
        if (!linear_memory_restore(m) || (grown && !tell_size(s, &s->kept.at[k])))
            return false;
    }
    return true;
}

/* The store itself, instances and tables, and the touched part of its stack: about. */
enum { STORE_BYTES = 64 * 1024 };

uint64_t engine_store_warm_bytes(const struct engine_store *s)
{
    uint64_t held = STORE_BYTES;
    for (const struct linear_memory *m = s->memories.first; m; m = m->next)
        held += linear_memory_own_bytes(m);
    return held;
}

uint64_t engine_store_memory_bytes(const struct engine_store *s)
{
    return s->memories.bytes;
}

bool engine_store_is_heavy(const struct engine_store *s)
{
    for (const struct linear_memory *m = s->memories.first; m; m = m->next)
        if (linear_memory_is_heavy(m))
            return true;
    return false;
}

bool engine_store_discard(struct engine_store *s)
{
    for (struct linear_memory *m = s->memories.first; m; m = m->next)
        if (linear_memory_discard(m))
            return true;
    return false;
}
