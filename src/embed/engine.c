/* The engine, and the clock that makes its guests look at their time limits. */
#include "embed/engine.h"

bool berth_engine_new(struct berth_engine **ret, struct berth_error *e)
{
    const struct engine_options o = { .recycle = true };
    struct engine *engine = NULL;
    struct err why = ERR_INIT;
    if (!engine_new(&o, &engine, &why))
        return err_give(e, &why);
    struct berth_engine *n = mem_new(struct berth_engine);
    n->engine = engine;
    pthread_mutex_init(&n->lock, NULL);
    *ret = n;
    return true;
}

void berth_engine_free(struct berth_engine *engine)
{
    if (!engine)
        return;
    if (engine->ticker) {
        ticker_remove_client(&engine->calls);
        ticker_remove_engine(engine->ticker, engine->engine);
    }
    ticker_free(engine->ticker);
    engine_free(engine->engine);
    pthread_mutex_destroy(&engine->lock);
    mem_free(engine);
}

const char *berth_version(void)
{
    return BERTH_VERSION;
}

static bool make_ticker(struct berth_engine *engine, struct err *e)
{
    if (engine->ticker)
        return true;
    if (!ticker_new(&engine->ticker, e))
        return false;
    ticker_add_client(engine->ticker, &engine->calls);
    ticker_add_engine(engine->ticker, engine->engine);
    return true;
}

bool engine_ticker(struct berth_engine *engine, struct ticker **ret, struct err *e)
{
    pthread_mutex_lock(&engine->lock);
    bool ok = make_ticker(engine, e);
    *ret = engine->ticker;
    pthread_mutex_unlock(&engine->lock);
    return ok;
}
