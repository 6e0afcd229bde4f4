/* Generations: see generation.h. */
#include "server/generation.h"

#include "io/tls/context.h"
#include "server/access_log/file.h"
#include "server/app/app.h"

struct generation *generation_new(void)
{
    struct generation *g = mem_new(struct generation);
    arena_init(&g->arena);
    g->refs = 1;
    return g;
}

struct generation *generation_retain(struct generation *g)
{
    g->refs++;
    return g;
}

void generation_release(struct generation *g)
{
    if (!g || --g->refs > 0)
        return;
    for (uint32_t i = 0; i < g->app_count; i++)
        app_release(g->apps[i]);
    for (uint32_t i = 0; i < g->listener_count; i++)
        tls_context_release(g->listeners[i].tls);
    access_file_release(g->access_file);
    arena_fini(&g->arena);
    mem_free(g);
}
