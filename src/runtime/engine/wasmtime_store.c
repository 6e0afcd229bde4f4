/* Stores over Wasmtime's C API: instantiation and calls as futures that the caller polls, nested calls from host
 * functions, and waiting.
 *
 * A guest runs on a stack of its own (a fiber). A host function that has to wait calls, as a guest would, an
 * asynchronous host function: it suspends the fiber with the host function's own frames on it, and returns when woken.
 */
#include "runtime/engine/wasmtime_types.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

static bool wait_is_over(void *env)
{
    struct engine_store *s = env;
    if (!s->woken)
        return false;
    s->waiting = false;
    return true;
}

static void wait_begin(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                       wasmtime_val_t *results, size_t nresults, wasm_trap_t **trap,
                       wasmtime_async_continuation_t *continuation)
{
    (void)env, (void)args, (void)nargs, (void)results, (void)nresults, (void)trap;
    struct engine_store *s = wasmtime_context_get_data(wasmtime_caller_context(caller));
    *continuation = (wasmtime_async_continuation_t){ .callback = wait_is_over, .env = s };
}

/* Ticks that a nested call may take: it cannot yield, so this is how long it may hold up its thread. */
enum { MAX_NESTED_TICKS = 100 };

/* A nested call must not yield: the host function around it holds on to memory that lives until the loop turns. */
static wasmtime_error_t *on_epoch(wasmtime_context_t *context, void *data, uint64_t *delta,
                                  wasmtime_update_deadline_kind_t *kind)
{
    (void)context;
    struct engine_store *s = data;
    *delta = 1;
    *kind = s->nested ? WASMTIME_UPDATE_DEADLINE_CONTINUE : WASMTIME_UPDATE_DEADLINE_YIELD;
    if (s->nested && ++s->nested_ticks > MAX_NESTED_TICKS)
        return wasmtime_error_new("realloc or a destructor ran for too long");
    return NULL;
}

struct engine_store *engine_store_new(struct engine *engine, void *owner)
{
    struct engine_store *s = mem_new(struct engine_store);
    s->engine = engine;
    s->owner = owner;
    return s;
}

static int64_t limit_of(uint64_t most)
{
    return most && most < INT64_MAX ? (int64_t)most : -1;
}

bool engine_store_open(struct engine_store *s, const struct engine_store_limits *limits, struct err *e)
{
    assert(!s->store);
    s->store = wasmtime_store_new(s->engine->engine, s, NULL);
    if (!s->store)
        return err_set(e, ERR_LIMIT, "the engine has no memory for a store");
    s->context = wasmtime_store_context(s->store);
    s->nested = 0;
    err_clear(&s->host_error);
    assert(!s->memories.count && !s->memories.bytes);
    s->memories.max_bytes = limits->memories_bytes;
    wasmtime_store_limiter(s->store, limit_of(limits->memory_bytes), limit_of(limits->table_elements), -1, -1, -1);
    wasmtime_store_epoch_deadline_callback(s->store, on_epoch, s, NULL);
    return true;
}

static void drop_future(struct engine_store *s)
{
    if (s->future)
        wasmtime_call_future_delete(s->future);
    s->future = NULL;
    if (s->trap)
        wasm_trap_delete(s->trap);
    s->trap = NULL;
    if (s->error)
        wasmtime_error_delete(s->error);
    s->error = NULL;
}

void engine_store_clear(struct engine_store *s)
{
    if (!s->store)
        return;
    struct memory_set *was = memory_set_enter(&s->memories);
    drop_future(s);
    wasmtime_store_delete(s->store);
    memory_set_enter(was);
    s->store = NULL;
    s->context = NULL;
    s->has_wait = false;
    s->kept.len = 0;
}

void engine_store_free(struct engine_store *s)
{
    if (!s)
        return;
    engine_store_clear(s);
    vec_fini(&s->kept);
    mem_free(s);
}

static void begin(struct engine_store *s, struct engine_instance *ret_instance)
{
    assert(!s->future);
    s->ret_instance = ret_instance;
    err_clear(&s->host_error);
    /* From now on, not from when the store was opened or restored: ticks that it slept through are none of the call's.
     */
    wasmtime_context_set_epoch_deadline(s->context, 1);
}

void engine_begin_pre(struct engine_store *s, const struct engine_pre *p, struct engine_instance *ret)
{
    begin(s, ret);
    s->future = wasmtime_instance_pre_instantiate_async(p->pre, s->context, &s->instance, &s->trap, &s->error);
}

void engine_begin_instance(struct engine_store *s, const struct engine_linker *l, const struct engine_module *m,
                           struct engine_instance *ret)
{
    begin(s, ret);
    s->future = wasmtime_linker_instantiate_async(l->linker, s->context, m->module, &s->instance, &s->trap, &s->error);
}

static wasmtime_val_t val_of(enum core_type type, const union core_value *v)
{
    switch (type) {
    case CORE_I32: return (wasmtime_val_t){ .kind = WASMTIME_I32, .of.i32 = (int32_t)v->i32 };
    case CORE_I64: return (wasmtime_val_t){ .kind = WASMTIME_I64, .of.i64 = (int64_t)v->i64 };
    case CORE_F32: return (wasmtime_val_t){ .kind = WASMTIME_F32, .of.f32 = v->f32 };
    case CORE_F64: return (wasmtime_val_t){ .kind = WASMTIME_F64, .of.f64 = v->f64 };
    }
    __builtin_unreachable();
}

void engine_begin_call(struct engine_store *s, const struct engine_ref *func, const struct core_signature *sig,
                       const union core_value *args)
{
    begin(s, NULL);
    assert(func->kind == ENGINE_FUNC && sig->param_count <= ENGINE_CALL_MAX);
    memcpy(&s->func, func->opaque, sizeof(s->func));
    for (uint32_t i = 0; i < sig->param_count; i++)
        s->args[i] = val_of(sig->params[i], &args[i]);
    s->future = wasmtime_func_call_async(s->context, &s->func, s->args, sig->param_count, s->results, sig->result_count,
                                         &s->trap, &s->error);
}

static bool take_failure(struct engine_store *s, struct err *e)
{
    if (s->host_error.kind != ERR_NONE) {
        *e = s->host_error;
        return false;
    }
    if (s->trap) {
        wasm_trap_t *trap = s->trap;
        s->trap = NULL;
        return engine_take_trap(trap, e);
    }
    wasmtime_error_t *error = s->error;
    s->error = NULL;
    return engine_take_error(error, ERR_LIMIT, e);
}

void engine_store_enter(struct engine_store *s)
{
    s->outside = memory_set_enter(&s->memories);
}

void engine_store_leave(struct engine_store *s)
{
    memory_set_enter(s->outside);
}

enum engine_poll engine_poll(struct engine_store *s, struct err *e)
{
    struct memory_set *was = memory_set_enter(&s->memories);
    bool over = wasmtime_call_future_poll(s->future);
    memory_set_enter(was);
    if (!over)
        return ENGINE_PENDING;
    wasmtime_call_future_delete(s->future);
    s->future = NULL;
    if (s->trap || s->error) {
        take_failure(s, e);
        drop_future(s);
        return ENGINE_FAILED;
    }
    if (s->ret_instance) {
        static_assert(sizeof(wasmtime_instance_t) == sizeof(struct engine_instance), "copied as a whole");
        memcpy(s->ret_instance, &s->instance, sizeof(s->instance));
    }
    return ENGINE_DONE;
}

union core_value engine_result(const struct engine_store *s)
{
    union core_value v = { 0 };
    switch (s->results[0].kind) {
    case WASMTIME_I32: v.i32 = (uint32_t)s->results[0].of.i32; break;
    case WASMTIME_I64: v.i64 = (uint64_t)s->results[0].of.i64; break;
    case WASMTIME_F32: v.f32 = s->results[0].of.f32; break;
    case WASMTIME_F64: v.f64 = s->results[0].of.f64; break;
    }
    return v;
}

bool engine_waiting(const struct engine_store *s)
{
    return s->waiting;
}

void engine_wake(struct engine_store *s)
{
    s->woken = true;
}

bool engine_export(struct engine_store *s, const struct engine_instance *i, str name, struct engine_ref *ret)
{
    wasmtime_instance_t instance;
    memcpy(&instance, i, sizeof(instance));
    wasmtime_extern_t item;
    if (!wasmtime_instance_export_get(s->context, &instance, name.ptr, name.len, &item))
        return false;
    bool ok = engine_ref_of(&item, ret);
    wasmtime_extern_delete(&item);
    return ok;
}

void engine_set_global(struct engine_store *s, const struct engine_ref *global, uint32_t value)
{
    assert(global->kind == ENGINE_GLOBAL);
    wasmtime_global_t g;
    memcpy(&g, global->opaque, sizeof(g));
    wasmtime_val_t v = { .kind = WASMTIME_I32, .of.i32 = (int32_t)value };
    wasmtime_error_t *error = wasmtime_global_set(s->context, &g, &v);
    assert(!error);
}

void engine_memory(struct engine_store *s, const struct engine_ref *memory, uint8_t **ret_base, size_t *ret_len)
{
    assert(memory->kind == ENGINE_MEMORY);
    wasmtime_memory_t m;
    memcpy(&m, memory->opaque, sizeof(m));
    *ret_base = wasmtime_memory_data(s->context, &m);
    *ret_len = wasmtime_memory_data_size(s->context, &m);
}

static bool nested_result(struct engine_store *s, wasmtime_error_t *error, wasm_trap_t *trap, struct err *e)
{
    if (!error && !trap)
        return true;
    /* A host function further in has said why. */
    if (s->host_error.kind != ERR_NONE) {
        *e = s->host_error;
        if (trap)
            wasm_trap_delete(trap);
        if (error)
            wasmtime_error_delete(error);
        return false;
    }
    return trap ? engine_take_trap(trap, e) : engine_take_error(error, ERR_TRAP, e);
}

bool engine_call(struct engine_store *s, const struct engine_ref *func, union core_value *values, size_t value_count,
                 struct err *e)
{
    wasmtime_func_t f;
    memcpy(&f, func->opaque, sizeof(f));
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error =
        wasmtime_func_call_unchecked(s->context, &f, (wasmtime_val_raw_t *)(void *)values, value_count, &trap);
    return nested_result(s, error, trap, e);
}

bool engine_call_nested(struct engine_store *s, const struct engine_ref *func, union core_value *values,
                        size_t value_count, struct err *e)
{
    s->nested_ticks = s->nested++ ? s->nested_ticks : 0;
    bool ok = engine_call(s, func, values, value_count, e);
    s->nested--;
    return ok;
}

bool engine_define_wait(wasmtime_linker_t *linker, struct err *e)
{
    wasm_valtype_vec_t none, nothing;
    wasm_valtype_vec_new_empty(&none);
    wasm_valtype_vec_new_empty(&nothing);
    wasm_functype_t *type = wasm_functype_new(&none, &nothing);
    wasmtime_error_t *error =
        wasmtime_linker_define_async_func(linker, "host", 4, "wait", 4, type, wait_begin, NULL, NULL);
    wasm_functype_delete(type);
    return error ? engine_take_error(error, ERR_LINK, e) : true;
}

bool engine_wait(struct engine_store *s, struct err *e)
{
    /* Once a store: each look-up makes a function in it. */
    if (!s->has_wait) {
        wasmtime_extern_t wait;
        bool found = wasmtime_linker_get(s->engine->wait_linker, s->context, "host", 4, "wait", 4, &wait);
        assert(found);
        s->wait = wait.of.func;
        s->has_wait = true;
    }
    s->waiting = true;
    s->woken = false;
    wasm_trap_t *trap = NULL;
    wasmtime_val_raw_t none;
    wasmtime_error_t *error = wasmtime_func_call_unchecked(s->context, &s->wait, &none, 0, &trap);
    s->waiting = false;
    return nested_result(s, error, trap, e);
}
