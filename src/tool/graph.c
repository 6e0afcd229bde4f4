/* Printing a plan: see graph.h. */
#include "tool/graph.h"

#include <inttypes.h>

#include "runtime/link/link.h"
#include "runtime/wasi/wasi.h"

static void print_export(struct buf *out, const struct plan_ref *ref)
{
    buf_printf(out, "core instance %" PRIu32 " \"%.*s\"", ref->index, STR_ARG(ref->name));
}

static void print_trampoline(struct buf *out, const struct plan *p, const struct plan_trampoline *t)
{
    switch (t->kind) {
    case TRAMPOLINE_HOST: buf_printf(out, "host %.*s", STR_ARG(t->name)); break;
    case TRAMPOLINE_CALL:
        buf_printf(out, "component instance %" PRIu32 ", ", t->callee->component_instance);
        print_export(out, &p->core_funcs.at[t->callee->core]);
        break;
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

static void print_steps(struct buf *out, const struct plan *p)
{
    for (uint32_t i = 0; i < p->steps.len; i++) {
        const struct plan_step *s = &p->steps.at[i];
        if (s->module == PLAN_NONE) {
            buf_put_str(out, STR("  call "));
            print_export(out, &s->call);
            buf_put_u8(out, '\n');
            continue;
        }
        uint64_t offset = p->modules.at[s->module].offset;
        if (offset)
            buf_printf(out, "  core instance %" PRIu32 ": module at 0x%" PRIx64 "\n", i, offset);
        else
            buf_printf(out, "  core instance %" PRIu32 ": made for calls between components\n", i);
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

bool graph_print(struct arena *a, const struct component *c, struct buf *out, struct err *e)
{
    const str none = STR_NONE;
    const struct link_chain chain = { &c, &none, 1 };
    struct link_host host = { .interfaces = wasi_interfaces, .interface_count = wasi_interface_count };
    struct plan plan;
    if (!wasi_wit(&host.wit, e) || !link_components(a, &chain, &host, &plan, e))
        return false;
    buf_printf(out, "component instances: %" PRIu32 "\n", plan.containers.len);
    for (uint32_t i = 1; i < plan.containers.len; i++)
        buf_printf(out, "  %" PRIu32 " in %" PRIu32 "\n", i, plan.containers.at[i]);
    buf_put_str(out, STR("\nin this order:\n"));
    print_steps(out, &plan);
    buf_put_str(out, STR("\nexports:\n"));
    print_exports(out, &plan);
    plan_fini(&plan);
    return true;
}
