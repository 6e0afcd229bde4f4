/* Engine, modules and linkers over Wasmtime's C API. */
#include "runtime/engine/wasmtime_types.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static_assert(sizeof(wasmtime_val_raw_t) == sizeof(union core_value), "values pass without a copy");
static_assert(sizeof(wasmtime_func_t) <= sizeof(uint64_t[3]) && sizeof(wasmtime_memory_t) <= sizeof(uint64_t[3]) &&
                  sizeof(wasmtime_table_t) <= sizeof(uint64_t[3]) && sizeof(wasmtime_global_t) <= sizeof(uint64_t[3]),
              "engine_ref holds any item");

/* Stack of a guest, and what host functions and the engine get beyond it. */
enum { GUEST_STACK_BYTES = 1 << 20, HOST_STACK_BYTES = 512 << 10 };

/* How much of a used-up slot's memory and tables is put back by copying; what lies beyond is given back to the system,
 * and costs page faults when it is used again. Worth it only where the system tells which pages were written to:
 * copying all of it costs more than the faults. Measured in docs/internals/engine.md. */
enum { KEEP_MEMORY_BYTES = 4 << 20, KEEP_TABLE_BYTES = 64 << 10 };

/* Names what engine_new sets of the compiler. */
str engine_version(void)
{
    return STR("wasmtime-" WASMTIME_VERSION "-epochs-exceptions-nounwind");
}

static void set_pool(wasm_config_t *config, const struct engine_options *o)
{
    wasmtime_pooling_allocation_config_t *pool = wasmtime_pooling_allocation_config_new();
    wasmtime_pooling_allocation_config_total_core_instances_set(pool, o->stores * o->core_instances);
    wasmtime_pooling_allocation_config_total_memories_set(pool, o->stores * o->memories);
    wasmtime_pooling_allocation_config_total_tables_set(pool, o->stores * o->tables);
    wasmtime_pooling_allocation_config_total_stacks_set(pool, o->stores);
    wasmtime_pooling_allocation_config_total_gc_heaps_set(pool, o->stores);
    wasmtime_pooling_allocation_config_max_unused_warm_slots_set(pool, o->stores);
    wasmtime_pooling_allocation_config_max_memories_per_module_set(pool, o->memories);
    wasmtime_pooling_allocation_config_max_tables_per_module_set(pool, o->tables);
    wasmtime_pooling_allocation_config_table_elements_set(pool, o->table_elements);
    wasmtime_pooling_allocation_config_max_core_instance_size_set(pool, 16 << 20);
    wasmtime_pooling_allocation_config_max_memory_size_set(pool, o->memory_bytes);
    if (berth_engine_pool_scan_pages(pool))
        wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool, KEEP_MEMORY_BYTES);
    wasmtime_pooling_allocation_config_table_keep_resident_set(pool, KEEP_TABLE_BYTES);
    wasmtime_pooling_allocation_strategy_set(config, pool);
    wasmtime_pooling_allocation_config_delete(pool);
}

bool engine_new(const struct engine_options *o, struct engine **ret, struct err *e)
{
    wasm_config_t *config = wasm_config_new();
    wasmtime_config_epoch_interruption_set(config, true);
    wasmtime_config_max_wasm_stack_set(config, GUEST_STACK_BYTES);
    wasmtime_config_async_stack_size_set(config, GUEST_STACK_BYTES + HOST_STACK_BYTES);
    wasmtime_config_native_unwind_info_set(config, false);
    wasmtime_config_wasm_exceptions_set(config, true);
    if (o->recycle)
        engine_use_own_memories(config);
    else
        set_pool(config, o);
    wasm_engine_t *engine = wasm_engine_new_with_config(config);
    if (!engine)
        return err_set(e, ERR_LIMIT, "the engine cannot reserve address space for %u instances", o->stores);
    struct engine *n = mem_new(struct engine);
    n->engine = engine;
    n->wait_linker = wasmtime_linker_new(engine);
    /* The engine has installed its own handler of faults by now. */
    if (!engine_define_wait(n->wait_linker, e) || (o->recycle && !memory_faults_catch(e))) {
        engine_free(n);
        return false;
    }
    *ret = n;
    return true;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    wasmtime_linker_delete(engine->wait_linker);
    wasm_engine_delete(engine->engine);
    mem_free(engine);
}

void engine_tick(struct engine *engine)
{
    wasmtime_engine_increment_epoch(engine->engine);
}

bool engine_take_error(wasmtime_error_t *error, enum err_kind kind, struct err *e)
{
    wasm_name_t message;
    wasmtime_error_message(error, &message);
    str text = str_trim(str_from(message.data, message.size));
    err_set(e, kind, "%.*s", STR_ARG(text));
    wasm_name_delete(&message);
    wasmtime_error_delete(error);
    return false;
}

static struct engine_module *module_wrap(wasmtime_module_t *module)
{
    struct engine_module *m = mem_new(struct engine_module);
    m->module = module;
    return m;
}

bool engine_compile(struct engine *engine, bytes wasm, struct engine_module **ret, struct err *e)
{
    wasmtime_module_t *module = NULL;
    wasmtime_error_t *error = wasmtime_module_new(engine->engine, wasm.ptr, wasm.len, &module);
    if (error)
        return engine_take_error(error, ERR_INVALID, e);
    *ret = module_wrap(module);
    return true;
}

bool engine_validate(struct engine *engine, bytes wasm, struct err *e)
{
    wasmtime_error_t *error = wasmtime_module_validate(engine->engine, wasm.ptr, wasm.len);
    return error ? engine_take_error(error, ERR_INVALID, e) : true;
}

bool engine_module_serialize(const struct engine_module *m, struct buf *out, struct err *e)
{
    wasm_byte_vec_t code;
    wasmtime_error_t *error = wasmtime_module_serialize(m->module, &code);
    if (error)
        return engine_take_error(error, ERR_UNSUPPORTED, e);
    bool ok = buf_add(out, code.data, code.size, e);
    wasm_byte_vec_delete(&code);
    return ok;
}

bool engine_module_load(struct engine *engine, const char *path, struct engine_module **ret, struct err *e)
{
    wasmtime_module_t *module = NULL;
    wasmtime_error_t *error = wasmtime_module_deserialize_file(engine->engine, path, &module);
    if (error)
        return engine_take_error(error, ERR_INVALID, e);
    *ret = module_wrap(module);
    return true;
}

void engine_module_free(struct engine_module *m)
{
    if (!m)
        return;
    wasmtime_module_delete(m->module);
    mem_free(m);
}

/* --- Linking --- */

/* A host function as Wasmtime calls it. */
struct engine_host_binding {
    struct engine_host_binding *next;
    engine_host_fn *fn;
    void *env;
};

static wasm_trap_t *call_host(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count)
{
    (void)count;
    const struct engine_host_binding *binding = env;
    struct engine_store *s = wasmtime_context_get_data(wasmtime_caller_context(caller));
    if (binding->fn(binding->env, s->owner, (union core_value *)(void *)values, &s->host_error))
        return NULL;
    return wasmtime_trap_new(s->host_error.text, strlen(s->host_error.text));
}

bool engine_linker_new(struct engine *engine, struct engine_linker **ret, struct err *e)
{
    wasmtime_linker_t *linker = wasmtime_linker_new(engine->engine);
    if (!linker)
        return err_set(e, ERR_LIMIT, "the engine has no memory for a linker");
    wasmtime_linker_allow_shadowing(linker, true);
    *ret = mem_new(struct engine_linker);
    (*ret)->linker = linker;
    return true;
}

void engine_linker_free(struct engine_linker *l)
{
    if (!l)
        return;
    wasmtime_linker_delete(l->linker);
    for (struct engine_host_binding *b = l->bindings, *next; b; b = next) {
        next = b->next;
        mem_free(b);
    }
    mem_free(l);
}

static void put_types(wasm_valtype_vec_t *vec, const enum core_type *types, uint32_t count)
{
    static const wasm_valkind_t kinds[] = {
        [CORE_I32] = WASM_I32,
        [CORE_I64] = WASM_I64,
        [CORE_F32] = WASM_F32,
        [CORE_F64] = WASM_F64,
    };
    wasm_valtype_vec_new_uninitialized(vec, count);
    for (uint32_t i = 0; i < count; i++)
        vec->data[i] = wasm_valtype_new(kinds[types[i]]);
}

bool engine_linker_host(struct engine_linker *l, str module, str name, const struct core_signature *sig,
                        engine_host_fn *fn, void *env, struct err *e)
{
    wasm_valtype_vec_t params, results;
    put_types(&params, sig->params, sig->param_count);
    put_types(&results, sig->results, sig->result_count);
    wasm_functype_t *type = wasm_functype_new(&params, &results);
    struct engine_host_binding *b = mem_new(struct engine_host_binding);
    *b = (struct engine_host_binding){ l->bindings, fn, env };
    l->bindings = b;
    wasmtime_error_t *error = wasmtime_linker_define_func_unchecked(l->linker, module.ptr, module.len, name.ptr,
                                                                    name.len, type, call_host, b, NULL);
    wasm_functype_delete(type);
    return error ? engine_take_error(error, ERR_LINK, e) : true;
}

wasmtime_extern_t engine_extern_of(const struct engine_ref *ref)
{
    wasmtime_extern_t item = { 0 };
    switch (ref->kind) {
    case ENGINE_FUNC: item.kind = WASMTIME_EXTERN_FUNC; break;
    case ENGINE_TABLE: item.kind = WASMTIME_EXTERN_TABLE; break;
    case ENGINE_MEMORY: item.kind = WASMTIME_EXTERN_MEMORY; break;
    case ENGINE_GLOBAL: item.kind = WASMTIME_EXTERN_GLOBAL; break;
    case ENGINE_TAG: item.kind = WASMTIME_EXTERN_TAG; break;
    }
    memcpy(&item.of, ref->opaque, sizeof(ref->opaque));
    return item;
}

bool engine_ref_of(const wasmtime_extern_t *item, struct engine_ref *ret)
{
    switch (item->kind) {
    case WASMTIME_EXTERN_FUNC: ret->kind = ENGINE_FUNC; break;
    case WASMTIME_EXTERN_TABLE: ret->kind = ENGINE_TABLE; break;
    case WASMTIME_EXTERN_MEMORY: ret->kind = ENGINE_MEMORY; break;
    case WASMTIME_EXTERN_GLOBAL: ret->kind = ENGINE_GLOBAL; break;
    case WASMTIME_EXTERN_TAG: ret->kind = ENGINE_TAG; break;
    default: return false; /* shared memories: no component exports them to the host */
    }
    memcpy(ret->opaque, &item->of, sizeof(ret->opaque));
    return true;
}

bool engine_linker_item(struct engine_linker *l, struct engine_store *s, str module, str name,
                        const struct engine_ref *item, struct err *e)
{
    wasmtime_extern_t ext = engine_extern_of(item);
    wasmtime_error_t *error =
        wasmtime_linker_define(l->linker, s->context, module.ptr, module.len, name.ptr, name.len, &ext);
    return error ? engine_take_error(error, ERR_LINK, e) : true;
}

bool engine_pre_new(const struct engine_linker *l, const struct engine_module *m, struct engine_pre **ret,
                    struct err *e)
{
    wasmtime_instance_pre_t *pre = NULL;
    wasmtime_error_t *error = wasmtime_linker_instantiate_pre(l->linker, m->module, &pre);
    if (error)
        return engine_take_error(error, ERR_LINK, e);
    *ret = mem_new(struct engine_pre);
    (*ret)->pre = pre;
    return true;
}

void engine_pre_free(struct engine_pre *p)
{
    if (!p)
        return;
    wasmtime_instance_pre_delete(p->pre);
    mem_free(p);
}
