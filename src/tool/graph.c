/* Printing a plan: see graph.h. */
#include "tool/graph.h"

#include <inttypes.h>

#include "runtime/wasi/wasi.h"

static void print_export(struct buf *out, const struct plan_ref *ref)
{
    buf_printf(out, "core instance %" PRIu32 " \"%.*s\"", ref->index, STR_ARG(ref->name));
}

static void print_handle(struct buf *out, const char *what, const struct plan_trampoline *t)
{
    buf_printf(out, "%s component instance %" PRIu32, what, t->callee->component_instance);
}

static void print_trampoline(struct buf *out, const struct plan *p, const struct plan_trampoline *t)
{
    switch (t->kind) {
    case TRAMPOLINE_HOST: buf_printf(out, "host %.*s", STR_ARG(t->name)); break;
    case TRAMPOLINE_CALL:
        buf_printf(out, "component instance %" PRIu32 ", ", t->callee->component_instance);
        print_export(out, &p->core_funcs.at[t->callee->core]);
        break;
    case TRAMPOLINE_CONFINED: buf_put_str(out, STR("refusal of a call")); break;
    case TRAMPOLINE_BLOCK: buf_put_str(out, STR("refusal of a block")); break;
    case TRAMPOLINE_TEXT: buf_put_str(out, STR("check of text")); break;
    case TRAMPOLINE_GIVE: print_handle(out, "an owned handle, to", t); break;
    case TRAMPOLINE_GIVE_BACK: print_handle(out, "an owned handle, from", t); break;
    case TRAMPOLINE_LEND: print_handle(out, "a borrowed handle, to", t); break;
    case TRAMPOLINE_RETURN: buf_put_str(out, STR("end of the loan")); break;
    case TRAMPOLINE_RESULT: buf_put_str(out, STR("refusal of a result")); break;
    case TRAMPOLINE_RESOURCE_NEW:
    case TRAMPOLINE_RESOURCE_DROP:
    case TRAMPOLINE_RESOURCE_REP: buf_put_str(out, t->name); break;
    }
}

static void print_imports(struct buf *out, const struct plan *p, const struct plan_step *s)
{
    for (uint32_t i = 0; i < s->import_count; i++) {
        const struct plan_import *x = &s->imports[i];
        buf_printf(out, "    \"%.*s\" \"%.*s\" <- ", STR_ARG(x->module), STR_ARG(x->name));
        if (x->ref.kind == PLAN_TRAMPOLINE)
            print_trampoline(out, p, &p->trampolines.at[x->ref.index]);
        else
            print_export(out, &x->ref);
        buf_put_u8(out, '\n');
    }
}

/* Where the module is; of several components, in which. */
static void print_place(struct buf *out, const struct link_chain *chain, const struct plan_module *m)
{
    if (!m->offset) {
        buf_put_str(out, STR("made for calls between components"));
        return;
    }
    buf_printf(out, "module at 0x%" PRIx64, m->offset);
    for (uint32_t i = 0; chain->len > 1 && i < chain->len; i++) {
        bytes source = chain->at[i]->source;
        if (m->wasm.ptr >= source.ptr && m->wasm.ptr < source.ptr + source.len)
            buf_printf(out, " of %.*s", STR_ARG(chain->names[i]));
    }
}

static void print_steps(struct buf *out, const struct link_chain *chain, const struct plan *p)
{
    for (uint32_t i = 0; i < p->steps.len; i++) {
        const struct plan_step *s = &p->steps.at[i];
        if (s->module == PLAN_NONE) {
            buf_put_str(out, STR("  call "));
            print_export(out, &s->call);
            buf_put_u8(out, '\n');
            continue;
        }
        buf_printf(out, "  core instance %" PRIu32 ": ", i);
        print_place(out, chain, &p->modules.at[s->module]);
        buf_put_u8(out, '\n');
        print_imports(out, p, s);
    }
}

static void print_exports(struct buf *out, const struct plan *p)
{
    for (uint32_t i = 0; i < p->funcs.len; i++) {
        const struct plan_func *f = &p->funcs.at[i];
        buf_printf(out, "  %.*s%s%.*s <- component instance %" PRIu32 ", ", STR_ARG(f->interface),
                   f->interface.len ? "." : "", STR_ARG(f->name), f->component_instance);
        print_export(out, &f->core);
        buf_put_u8(out, '\n');
    }
}

/* Of a chain, each component is in none. */
static void print_containers(struct buf *out, const struct plan *p)
{
    for (uint32_t i = 1; i < p->containers.len; i++)
        if (p->containers.at[i] != PLAN_NONE)
            buf_printf(out, "  %" PRIu32 " in %" PRIu32 "\n", i, p->containers.at[i]);
        else
            buf_printf(out, "  %" PRIu32 " in none\n", i);
}

bool graph_print(struct arena *a, const struct link_chain *chain, struct buf *out, struct err *e)
{
    struct link_host host = { .interfaces = wasi_interfaces, .interface_count = wasi_interface_count };
    struct plan plan;
    if (!wasi_wit(&host.wit, e) || !link_components(a, chain, &host, &plan, e))
        return false;
    buf_printf(out, "component instances: %" PRIu32 "\n", plan.containers.len);
    print_containers(out, &plan);
    buf_put_str(out, STR("\nin this order:\n"));
    print_steps(out, chain, &plan);
    buf_put_str(out, STR("\nexports:\n"));
    print_exports(out, &plan);
    plan_fini(&plan);
    return true;
}
