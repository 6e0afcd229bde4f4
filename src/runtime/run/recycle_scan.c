#include "runtime/run/recycle_scan.h"

#include <fcntl.h>
#include <unistd.h>

#include "berth/code_cache.h"
#include "runtime/binary/instrument.h"
#include "runtime/run/cache_key.h"
#include "runtime/run/program_types.h"

/* The answer as it is kept, one byte. */
enum { KEPT = 'a', KEPT_POSSIBLE = 1, KEPT_TABLES = 2, KEPT_START_APART = 4, KEPT_ALL = 7 };

static bool find_kept(const struct program *p, str key, bool *ret_possible, struct instrument_options *ret)
{
    char path[4096];
    uint8_t kept = 0;
    struct berth_code_cache *cache = p->options.cache;
    if (!cache->find(cache, key, path, sizeof(path)))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && read(fd, &kept, 1) == 1 && kept >= KEPT && kept <= KEPT + KEPT_ALL;
    if (fd >= 0)
        close(fd);
    kept = (uint8_t)(kept - KEPT);
    *ret_possible = kept & KEPT_POSSIBLE;
    *ret = (struct instrument_options){ .tables = kept & KEPT_TABLES, .start_apart = kept & KEPT_START_APART };
    return ok;
}

static void keep(const struct program *p, str key, bool possible, const struct instrument_options *o)
{
    uint8_t kept = (uint8_t)(KEPT + (possible ? KEPT_POSSIBLE : 0) + (o->tables ? KEPT_TABLES : 0) +
                             (o->start_apart ? KEPT_START_APART : 0));
    p->options.cache->store(p->options.cache, key, bytes_from(&kept, 1));
}

/* A scan that fails finds a module that is not valid, of which the engine says more. What else is made of the facts
 * here has to have another INSTRUMENT_VERSION: it is kept. */
static bool scan(const struct program *p, struct instrument_options *ret)
{
    *ret = (struct instrument_options){ .start_apart = true };
    for (uint32_t i = 0; i < p->plan.modules.len; i++) {
        struct instrument_facts facts = { 0 };
        struct err ignored;
        if (!plan_uses_module(&p->plan, i))
            continue;
        if (!instrument_scan(p->plan.modules.at[i].wasm, &facts, &ignored) || instrument_obstacle(&facts).ptr)
            return false;
        ret->tables = ret->tables || facts.code.changes_tables;
        ret->start_apart = ret->start_apart && instrument_start_can_stand_apart(&facts);
    }
    return true;
}

bool recycle_scan(const struct program *p, struct instrument_options *ret)
{
    char key[CACHE_KEY_BYTES];
    bool possible = false;
    if (!p->options.cache)
        return scan(p, ret);
    cache_key_of_scan(p, key);
    if (find_kept(p, str_of(key), &possible, ret))
        return possible;
    possible = scan(p, ret);
    keep(p, str_of(key), possible, ret);
    return possible;
}
