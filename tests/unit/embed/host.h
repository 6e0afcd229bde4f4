/* The host of guest.h: what it offers, and an engine, a linker and a component as tests use them. */
#ifndef TESTS_EMBED_HOST_H
#define TESTS_EMBED_HOST_H

#include <signal.h>
#include <stdio.h>

#include "guest.h"

static const char host_wit[] = "package test:host@1.0.0;\n"
                               "interface things {\n"
                               "  note: func(text: string, level: u32) -> string;\n"
                               "  resource counter { constructor(from: u32); up: func() -> u32; }\n"
                               "}\n";

struct note_params {
    berth_string text;
    uint32_t level;
};

/* What its functions saw and shall do. */
struct host {
    int contexts, counters;
    bool fail, mute;
    int waits;                 /* times that `note` waits before it answers */
    void (*inside)(void *ctx); /* NULL: nothing */
    void *inside_ctx;
    char noted[64];
};

struct counter {
    struct host *host;
    uint32_t value;
};

static inline bool host_note(struct berth_host_call *call, const void *params, void *result)
{
    const struct note_params *p = params;
    struct host *h = call->data;
    ++*(int *)call->context;
    if (h->waits) {
        h->waits--;
        return berth_host_wait(call);
    }
    snprintf(h->noted, sizeof(h->noted), "%.*s at %u", (int)p->text.len, p->text.ptr, p->level);
    if (h->inside)
        h->inside(h->inside_ctx);
    if (h->mute)
        return false;
    if (h->fail)
        return berth_host_trap(call, "no room for '%.*s'", (int)p->text.len, p->text.ptr);
    char *loud = berth_host_alloc(call, p->text.len);
    for (size_t i = 0; i < p->text.len; i++)
        loud[i] = (char)(p->text.ptr[i] - 'a' + 'A');
    *(berth_string *)result = (berth_string){ loud, p->text.len };
    return true;
}

static inline bool counter_new(struct berth_host_call *call, const void *params, void *result)
{
    struct counter *c = test_malloc(sizeof(*c));
    *c = (struct counter){ call->data, *(const uint32_t *)params };
    c->host->counters++;
    *(struct counter **)result = c;
    return true;
}

static inline bool counter_up(struct berth_host_call *call, const void *params, void *result)
{
    struct counter *c = *(struct counter *const *)params;
    (void)call;
    *(uint32_t *)result = ++c->value;
    return true;
}

static inline void counter_drop(void *object)
{
    struct counter *c = object;
    c->host->counters--;
    test_free(c);
}

static const struct berth_host_func host_rows[] = {
    { "note", host_note, sizeof(struct note_params), sizeof(berth_string) },
    { "[constructor]counter", counter_new, sizeof(uint32_t), sizeof(struct counter *) },
    { "[method]counter.up", counter_up, sizeof(struct counter *), sizeof(uint32_t) },
};

static const struct berth_host_resource host_resources[] = { { "counter", counter_drop } };

static int host_context;

static const struct berth_host_interface host_things = {
    .wit = host_wit,
    .name = "test:host/things@1.0.0",
    .funcs = host_rows,
    .func_count = 3,
    .resources = host_resources,
    .resource_count = 1,
    .context = &host_context,
};

struct fixture {
    struct berth_engine *engine;
    struct berth_linker *linker;
    struct berth_component *component;
    struct host host;
    struct berth_error e;
    uint8_t wasm[8192];
};

#define assert_ok(f, ok)                 \
    do {                                 \
        if (!(ok))                       \
            fail_msg("%s", (f)->e.text); \
    } while (0)

#define assert_fails(f, ok, k, part)                                                                     \
    do {                                                                                                 \
        (f)->e.kind = BERTH_ERROR_NONE;                                                                  \
        assert_false(ok);                                                                                \
        if ((f)->e.kind != (k) || !strstr((f)->e.text, part))                                            \
            fail_msg("expected '%s' in: %s: %s", part, berth_error_kind_name((f)->e.kind), (f)->e.text); \
    } while (0)

static inline berth_bytes fixture_binary(struct fixture *f, str sections)
{
    assert_true(sections.len + 8 <= sizeof(f->wasm));
    memcpy(f->wasm, "\0asm\x0d\0\1\0", 8);
    memcpy(f->wasm + 8, sections.ptr, sections.len);
    return (berth_bytes){ f->wasm, sections.len + 8 };
}

static inline berth_bytes fixture_wasm(struct fixture *f)
{
    return fixture_binary(f, guest_sections);
}

/* The test's frame puts its own handlers of signals in the place of the engine's, which are installed once a process.
 */
static inline void engine_signals(void)
{
    static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
    static struct sigaction engines[ARRAY_LEN(signals)];
    static bool known;
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaction(signals[i], known ? &engines[i] : NULL, known ? NULL : &engines[i]);
    known = true;
}

/* With a linker that offers nothing yet. */
static inline int fixture_bare(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof(f));
    *state = &f;
    assert_ok(&f, berth_engine_new(&f.engine, &f.e));
    engine_signals();
    f.linker = berth_linker_new(f.engine);
    return 0;
}

static inline int fixture_begin(void **state)
{
    fixture_bare(state);
    struct fixture *f = *state;
    assert_ok(f, berth_linker_define(f->linker, &host_things, &f->e));
    assert_ok(f, berth_component_open(f->linker, fixture_wasm(f), NULL, &f->component, &f->e));
    return 0;
}

static inline int fixture_end(void **state)
{
    struct fixture *f = *state;
    berth_component_free(f->component);
    berth_linker_free(f->linker);
    berth_engine_free(f->engine);
    assert_int_equal(f->host.counters, 0);
    return 0;
}

static inline struct berth_instance *fixture_instance(struct fixture *f, uint64_t memory, uint32_t time_ms)
{
    const struct berth_instance_options o = { .data = &f->host, .memory_bytes = memory, .time_ms = time_ms };
    struct berth_instance *i = NULL;
    engine_signals();
    assert_ok(f, berth_instance_new(f->component, &o, &i, &f->e));
    return i;
}

static inline const struct berth_func *fixture_func(struct fixture *f, const char *wit, size_t params, size_t result)
{
    const struct berth_func *func = NULL;
    assert_ok(f, berth_component_func(f->component, NULL, wit, params, result, &func, &f->e));
    return func;
}

#endif
