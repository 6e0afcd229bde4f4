/* Changes of the configuration: see change.h. */
#include "server/control/change.h"

#include <assert.h>
#include <pthread.h>

#include "io/loop/loop.h"
#include "server/control/control_types.h"
#include "server/generation.h"
#include "server/json/edit.h"
#include "server/log.h"
#include "server/server.h"

struct change {
    struct control *control;
    struct call *call; /* NULL: what was stored is restored */
    struct arena arena;
    const struct json *root; /* the new configuration */
    struct config_before before;
    struct generation *built;
    struct config_error error;
    bool ok;
    pthread_t builder;
};

static const char empty_text[] = "{\"listeners\": {}, \"routes\": [], \"applications\": {}}";

/* Before the answer: who has it finds closed what is not in force. */
static void settle(struct control *c)
{
    if (c->current)
        c->options.settled(c->options.ctx, c->current);
}

static void end(struct change *ch)
{
    struct control *c = ch->control;
    c->change = NULL;
    generation_release(ch->built);
    arena_fini(&ch->arena);
    mem_free(ch);
    control_change_over(c);
}

static struct change *change_new(struct control *c, struct call *call)
{
    struct change *ch = mem_new(struct change);
    assert(!c->change);
    ch->control = c;
    ch->call = call;
    ch->before.generation = c->current;
    ch->before.restart = STR_NONE;
    arena_init(&ch->arena);
    c->change = ch;
    return ch;
}

/* --- Storing --- */

static bool store(struct change *ch)
{
    struct control *c = ch->control;
    struct err e = ERR_INIT;
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    json_print_compact(&text, ch->root);
    bool ok = c->options.store(c->options.ctx, buf_str(&text), &e);
    buf_fini(&text);
    if (!ok)
        log_alert(c->options.log, "the configuration is in force but could not be stored",
                  LOG_STR("why", str_of(e.text)));
    return ok;
}

/* --- Putting in force --- */

/* Logged before it is answered: who reads the answer may read the log next. */
static void refuse(struct change *ch)
{
    struct control *c = ch->control;
    str why = str_of(ch->error.why.text);
    if (!ch->call) {
        log_alert(c->options.log, "failed to apply previous configuration", LOG_STR("why", why));
        return;
    }
    if (ch->before.restart.ptr) { /* the configuration is what it was; the file is not */
        log_error(c->options.log, "failed to restart app", LOG_STR("app", ch->before.restart), LOG_STR("why", why));
        call_error_detail(ch->call, 500, "Failed to restart app.", why);
        return;
    }
    if (!ch->error.is_invalid)
        log_error(c->options.log, "failed to apply new configuration", LOG_STR("why", why));
    call_refused(ch->call, &ch->error);
}

static void on_applied(void *ctx, const struct err *e)
{
    struct change *ch = ctx;
    struct control *c = ch->control;
    if (e)
        log_error(c->options.log, "a worker does not listen everywhere", LOG_STR("why", str_of(e->text)));
    generation_release(c->current);
    c->current = generation_retain(ch->built);
    bool stored = !ch->call || ch->before.restart.ptr || store(ch);
    settle(c);
    if (ch->call && !stored)
        call_error(ch->call, 500, "Failed to store new configuration.");
    else if (ch->call)
        call_success(ch->call, ch->before.restart.ptr ? "Ok" : "Reconfiguration done.");
    end(ch);
}

static void on_built(void *ctx)
{
    struct change *ch = ctx;
    struct control *c = ch->control;
    bool restoring = !ch->call;
    pthread_join(ch->builder, NULL);
    if (ch->ok) {
        server_apply(c->options.server, ch->built, on_applied, ch);
        return;
    }
    settle(c);
    refuse(ch);
    end(ch);
    if (restoring && !c->current)
        change_restore(c, str_of(empty_text));
}

static void *builder_main(void *arg)
{
    struct change *ch = arg;
    const struct control_options *o = &ch->control->options;
    ch->ok = config_build(&ch->arena, o->host, ch->root, &ch->before, &ch->built, &ch->error);
    loop_post(o->loop, on_built, ch);
    return NULL;
}

static bool build(struct change *ch)
{
    int code = pthread_create(&ch->builder, NULL, builder_main, ch);
    if (code == 0)
        return true;
    ch->error = (struct config_error){ .at = JSON_NO_PLACE };
    err_system(&ch->error.why, code, "start a thread");
    return false;
}

/* --- Beginning --- */

static bool edit(struct change *ch, const struct json *value, enum edit_result *ret)
{
    struct path p = path_rest(ch->call->path); /* without "config" */
    const struct json *old = ch->control->current->config;
    switch (ch->call->kind) {
    case CALL_PUT: *ret = edit_put(&ch->arena, old, p, value, &ch->root); return true;
    case CALL_POST: *ret = edit_post(&ch->arena, old, p, value, &ch->root); return true;
    case CALL_DELETE: *ret = edit_delete(&ch->arena, old, p, &ch->root); return true;
    case CALL_GET:
    case CALL_OTHER: break;
    }
    return false;
}

/* The call's new configuration, or its answer. */
static bool make_root(struct change *ch)
{
    struct call *call = ch->call;
    const struct json *value = NULL;
    struct json_error json_error;
    enum edit_result result = EDIT_NOT_ALLOWED;
    if (call->kind != CALL_DELETE && !json_parse(&ch->arena, buf_str(&call->body), &value, &json_error)) {
        call_invalid_json(call, &json_error);
        return false;
    }
    if (edit(ch, value, &result) && result == EDIT_DONE)
        return true;
    if (result == EDIT_NOT_FOUND)
        call_error(call, 404, "Value doesn't exist.");
    else
        call_error(call, 405, "Method isn't allowed.");
    return false;
}

void change_begin(struct control *c, struct call *call)
{
    struct change *ch = change_new(c, call);
    if (str_eq(call->path.at[0], STR("control"))) {
        ch->root = c->current->config;
        ch->before.restart = call->path.at[2];
    } else if (!make_root(ch)) {
        end(ch);
        return;
    }
    if (!config_check(&ch->arena, ch->root, c->options.host->certificates, &ch->error) || !build(ch)) {
        refuse(ch);
        end(ch);
    }
}

static void tell_invalid(const struct change *ch, str why, str place)
{
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    buf_printf(&text, "the previous configuration is invalid: %.*s", STR_ARG(why));
    log_event(ch->control->options.log, LOG_ALERT, buf_str(&text),
              (const struct log_field[]){ LOG_STR("place", place) }, place.len ? 1 : 0);
    buf_fini(&text);
}

void change_restore(struct control *c, str stored)
{
    struct change *ch = change_new(c, NULL);
    struct json_error json_error;
    str text = stored.len ? stored : str_of(empty_text);
    if (!json_parse(&ch->arena, text, &ch->root, &json_error))
        tell_invalid(ch, str_of(json_error.detail), STR_NONE);
    else if (!config_check(&ch->arena, ch->root, c->options.host->certificates, &ch->error))
        tell_invalid(ch, str_of(ch->error.why.text), ch->error.pointer);
    else if (build(ch))
        return;
    else
        refuse(ch);
    end(ch);
    if (text.ptr != empty_text)
        change_restore(c, str_of(empty_text));
}
