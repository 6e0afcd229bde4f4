/* Limits on the memories of an instance: see memory_limit.h. */
#include "runtime/run/memory_limit.h"

uint64_t memory_limit_each(const struct program *p, uint64_t total)
{
    uint64_t others = p->needs.memory_min_bytes - p->needs.memory_main_bytes;
    if (!total)
        return 0;
    return total > others ? total - others : 1;
}

void memory_limit_explain(struct instance *i, uint64_t total, struct err *e)
{
    if (e->kind != ERR_TRAP || !total) /* after a time-out the guest is in the middle of something */
        return;
    uint64_t used = instance_memory_bytes(i);
    if (used < total - total / 4)
        return;
    char why[ERR_TEXT_MAX];
    memcpy(why, e->text, sizeof(why));
    err_set(e, ERR_LIMIT, "out of memory: the guest holds %llu of %llu MiB allowed, then: %s",
            (unsigned long long)(used >> 20), (unsigned long long)(total >> 20), why);
}
