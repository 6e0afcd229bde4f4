/* wasi:random: bytes of the system's generator. Small requests are served from a buffer, so that a
 * guest which asks for 16 bytes does not cost a system call each time; bytes handed out are wiped
 * from it. The insecure interfaces give the same bytes: they cost no more. */
#include <errno.h>
#include <sys/random.h>

#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi_gen.h"

static bool fill(uint8_t *to, size_t len, struct err *e)
{
    while (len > 0) {
        ssize_t n = getrandom(to, len, 0);
        if (n < 0 && errno != EINTR)
            return err_system(e, errno, "cannot get random bytes");
        if (n > 0) {
            to += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static bool random_take(struct wasi *w, void *to, size_t len, struct err *e)
{
    if (len > sizeof(w->random) / 4)
        return fill(to, len, e);
    if (len > w->random_len) {
        w->random_len = 0;
        if (!fill(w->random, sizeof(w->random), e))
            return false;
        w->random_len = sizeof(w->random);
    }
    w->random_len -= len;
    memcpy(to, w->random + w->random_len, len);
    explicit_bzero(w->random + w->random_len, len);
    return true;
}

static enum host_status random_bytes(struct host_call *c, uint64_t len, bytes *ret)
{
    if (len > WASI_MAX_RANDOM_BYTES)
        return wasi_trap(c, ERR_LIMIT, "%llu random bytes asked for at once, the most is %d", (unsigned long long)len,
                         WASI_MAX_RANDOM_BYTES);
    uint8_t *to = arena_alloc(c->arena, (size_t)len);
    if (!random_take(c->host, to, (size_t)len, c->err))
        return HOST_TRAP;
    *ret = bytes_from(to, (size_t)len);
    return HOST_DONE;
}

static enum host_status random_u64(struct host_call *c, uint64_t *ret)
{
    return random_take(c->host, ret, sizeof(*ret), c->err) ? HOST_DONE : HOST_TRAP;
}

enum host_status wasi_random_random_get_random_bytes(struct host_call *c,
                                                     const struct wasi_random_random_get_random_bytes_args *a,
                                                     bytes *ret)
{
    return random_bytes(c, a->len, ret);
}

enum host_status wasi_random_random_get_random_u64(struct host_call *c, uint64_t *ret)
{
    return random_u64(c, ret);
}

enum host_status wasi_random_insecure_get_insecure_random_bytes(
    struct host_call *c, const struct wasi_random_insecure_get_insecure_random_bytes_args *a, bytes *ret)
{
    return random_bytes(c, a->len, ret);
}

enum host_status wasi_random_insecure_get_insecure_random_u64(struct host_call *c, uint64_t *ret)
{
    return random_u64(c, ret);
}

enum host_status wasi_random_insecure_seed_insecure_seed(struct host_call *c, struct tuple_u64_u64 *ret)
{
    return random_take(c->host, ret, sizeof(*ret), c->err) ? HOST_DONE : HOST_TRAP;
}
