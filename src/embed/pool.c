/* The engine of a component that runs tasks: see pool.h. */
#include "embed/pool.h"

#include <inttypes.h>

#include "berth/component.h"
#include "embed/engine.h"
#include "runtime/run/program.h"

enum {
    TASKS_MAX = 128,
    TASKS_MIN = 4,
    /* Memories of all pools, all threads together: each reserves several GiB of the 128 TiB of addresses. */
    POOL_MEMORIES = 2048,
};

static uint32_t choose_tasks(const struct berth_component_options *o, const struct program_needs *needs)
{
    if (o->tasks)
        return o->tasks;
    uint32_t memories = needs->memories ? needs->memories : 1;
    uint32_t share = POOL_MEMORIES / memories / o->threads / (o->sharers ? o->sharers : 1);
    if (share > TASKS_MAX)
        return TASKS_MAX;
    return share < TASKS_MIN ? TASKS_MIN : share;
}

/* Other components may have taken the addresses: then fewer tasks run at once, unless their number is given. */
static bool make_engine(struct pool *p, const struct program *program, const struct berth_component_options *o,
                        uint32_t *tasks, struct err *e)
{
    const struct program_needs *needs = program_needs(program);
    const uint64_t largest = (uint64_t)1 << 32;
    if (*tasks > UINT32_MAX / o->threads)
        return err_set(e, ERR_LIMIT, "%" PRIu32 " tasks on each of %" PRIu32 " threads are too many", *tasks,
                       o->threads);
    for (;; *tasks /= 2) {
        const struct engine_options options = {
            .recycle = program_recycles(program),
            .stores = *tasks * o->threads,
            .core_instances = needs->core_instances,
            .memories = needs->memories,
            .tables = needs->tables,
            .table_elements = needs->table_elements,
            .memory_bytes = o->memory_bytes && o->memory_bytes < largest ? o->memory_bytes : largest,
        };
        if (engine_new(&options, &p->engine, e))
            return true;
        if (o->tasks || *tasks == 1)
            return false;
    }
}

bool pool_init(struct pool *p, struct berth_engine *engine, const struct program *program,
               const struct berth_component_options *o, uint32_t *ret_tasks, struct err *e)
{
    struct ticker *ticker = NULL;
    *p = (struct pool){ .memory_bytes = o->memory_bytes };
    *ret_tasks = choose_tasks(o, program_needs(program));
    if (!program_check_memory(program, o->memory_bytes, e) || !make_engine(p, program, o, ret_tasks, e) ||
        !engine_ticker(engine, &ticker, e))
        return false;
    ticker_add_engine(ticker, p->engine);
    p->ticker = ticker;
    return true;
}

void pool_fini(struct pool *p)
{
    if (p->ticker)
        ticker_remove_engine(p->ticker, p->engine);
    engine_free(p->engine);
}
