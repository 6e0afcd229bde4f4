/* A guest for tests: memory that moves at every realloc, a realloc that keeps a log and can be told to misbehave,
 * and handles that stand for the objects of value.h. */
#ifndef TESTS_RUNTIME_ABI_FAKE_H
#define TESTS_RUNTIME_ABI_FAKE_H

#include <stdio.h>

#include "base/num.h"
#include "runtime/abi/abi.h"
#include "value.h"

enum { FAKE_MEMORY = 4096, FAKE_HEAP = 1024, FAKE_OBJECTS = 64 };

struct fake {
    struct abi_env env;
    struct arena arena;
    uint32_t heap;  /* where the next block goes */
    bool misbehave; /* realloc returns `bad` */
    uint32_t bad;
    int fail_at; /* number of the call to realloc that fails; 0: none */
    int calls;
    struct buf log; /* "realloc(0,0,1,5) own(3) " */
};

static inline struct fake *fake_of(struct abi_env *env)
{
    return CONTAINER_OF(env, struct fake, env);
}

/* Memory elsewhere, so that a pointer kept from before is caught by the address sanitizer. */
static inline void fake_move(struct fake *f)
{
    uint8_t *to = aligned_alloc(64, f->env.memory_len);
    memcpy(to, f->env.memory, f->env.memory_len);
    free(f->env.memory);
    f->env.memory = to;
}

static inline bool fake_realloc(struct abi_env *env, uint32_t old, uint32_t old_size, uint32_t align, uint32_t new_size,
                                uint32_t *ret, struct err *e)
{
    struct fake *f = fake_of(env);
    buf_printf(&f->log, "realloc(%u,%u,%u,%u) ", old, old_size, align, new_size);
    fake_move(f);
    if (++f->calls == f->fail_at)
        return err_set(e, ERR_TRAP, "the guest's realloc trapped");
    uint32_t ptr = f->misbehave ? f->bad : align_up_u32(f->heap, align);
    if (!f->misbehave && new_size > env->memory_len - ptr)
        return err_set(e, ERR_TRAP, "the guest's heap is full");
    if (!f->misbehave) {
        f->heap = ptr + new_size;
        memmove(env->memory + ptr, env->memory + old, old_size < new_size ? old_size : new_size);
    }
    *ret = ptr;
    return true;
}

static inline bool fake_lift(struct abi_env *env, const char *what, uint32_t handle, void **ret, struct err *e)
{
    buf_printf(&fake_of(env)->log, "%s(%u) ", what, handle);
    if (handle == 0 || handle >= FAKE_OBJECTS)
        return err_set(e, ERR_TRAP, "unknown handle index %u", handle);
    *ret = value_objects() + handle;
    return true;
}

static inline bool fake_lift_own(struct abi_env *env, const struct resource_type *r, uint32_t handle, void **ret,
                                 struct err *e)
{
    assert(r);
    return fake_lift(env, "lift-own", handle, ret, e);
}

static inline bool fake_lift_borrow(struct abi_env *env, const struct resource_type *r, uint32_t handle, void **ret,
                                    struct err *e)
{
    assert(r);
    return fake_lift(env, "lift-borrow", handle, ret, e);
}

static inline bool fake_lower(struct abi_env *env, const char *what, void *object, uint32_t *ret, struct err *e)
{
    *ret = (uint32_t)((char *)object - value_objects());
    buf_printf(&fake_of(env)->log, "%s(%u) ", what, *ret);
    return *ret != 13 || err_set(e, ERR_TRAP, "the handle table is full");
}

static inline bool fake_lower_own(struct abi_env *env, const struct resource_type *r, void *object, uint32_t *ret,
                                  struct err *e)
{
    assert(r);
    return fake_lower(env, "lower-own", object, ret, e);
}

static inline bool fake_lower_borrow(struct abi_env *env, const struct resource_type *r, void *object, uint32_t *ret,
                                     struct err *e)
{
    assert(r);
    return fake_lower(env, "lower-borrow", object, ret, e);
}

static inline void fake_init(struct fake *f)
{
    static const struct abi_env_ops ops = { fake_realloc, fake_lift_own, fake_lift_borrow, fake_lower_own,
                                            fake_lower_borrow };
    *f = (struct fake){ .heap = FAKE_HEAP };
    arena_init(&f->arena);
    buf_init(&f->log, BUF_NO_LIMIT);
    f->env = (struct abi_env){
        .ops = &ops, .memory = aligned_alloc(64, FAKE_MEMORY), .memory_len = FAKE_MEMORY, .arena = &f->arena
    };
    memset(f->env.memory, 0, FAKE_MEMORY);
}

static inline void fake_fini(struct fake *f)
{
    free(f->env.memory);
    arena_fini(&f->arena);
    buf_fini(&f->log);
}

/* The log as a C string without the last space; empties it. */
static inline const char *fake_log(struct fake *f)
{
    if (f->log.len)
        f->log.len--;
    buf_put_u8(&f->log, 0);
    f->log.len = 0;
    return (const char *)f->log.ptr;
}

/* Goes through "100: 61 62, 200: 01 00 00 00" (addresses decimal, bytes hexadecimal): one byte a call, false at the
 * end. `*at` starts as the text, `*address` as 0. */
static inline bool fake_next_byte(const char **at, size_t *address, uint8_t *value)
{
    if (!*at || !**at)
        return false;
    const char *colon = strchr(*at, ':'), *comma = strchr(*at, ',');
    if (colon && (!comma || colon < comma)) {
        *address = parse_number(at, false);
        ++*at;
    } else {
        ++*address;
    }
    *value = (uint8_t)parse_number(at, true);
    *at += **at == ',';
    return true;
}

static inline void fake_poke(struct fake *f, const char *text)
{
    uint8_t value;
    for (size_t at = 0; fake_next_byte(&text, &at, &value);)
        f->env.memory[at] = value;
}

/* NULL when memory holds what `text` says; else the first place that differs. */
static inline const char *fake_peek(const struct fake *f, const char *text, char *out, size_t size)
{
    uint8_t want;
    for (size_t at = 0; fake_next_byte(&text, &at, &want);) {
        if (f->env.memory[at] == want)
            continue;
        snprintf(out, size, "memory at %zu: want %02x, got %02x", at, want, f->env.memory[at]);
        return out;
    }
    return NULL;
}

/* "1, 0x20, -1" into the 64 bits of flat slots whose rest is noise: narrower values must not look at it. */
static inline void fake_flat(const char *text, union core_value *flat)
{
    for (uint32_t i = 0; text && *text; i++) {
        flat[i] = (union core_value){ .v128 = { 0, 0xdeadbeefdeadbeef } };
        flat[i].i64 = parse_number(&text, false);
        text += *text == ',';
    }
}

#endif
