/* A program that embeds libberth: it opens the component of examples/cart-c, answers its questions about prices, and
 * lets it add up a cart.
 *
 *   cc -o embed embed.c $(pkg-config --cflags --libs berth) && ./embed tea <cart-c.wasm */
#include <berth/berth.h>
#include <stdio.h>

static const char prices_wit[] = "package shop:cart@1.0.0;\n"
                                 "interface prices { price: func(article: string) -> result<u32, string>; }";
static const char total_wit[] = "record line { article: string, count: u32 }\n"
                                "record receipt { cents: u64, text: string }\n"
                                "total: func(cart: list<line>) -> result<receipt, string>";

/* What the WIT says, in C: berth/linker.h has the rules. */
/* clang-format off */
struct price_params { berth_string article; };
struct price_result { bool is_err; union { uint32_t ok; berth_string err; } of; };
struct line { berth_string article; uint32_t count; };
struct total_params { struct { const struct line *ptr; size_t len; } cart; };
struct receipt { uint64_t cents; berth_string text; };
struct total_result { bool is_err; union { struct receipt ok; berth_string err; } of; };
/* clang-format on */

static bool price(struct berth_host_call *call, const void *params, void *result)
{
    const struct price_params *p = params;
    struct price_result *r = result;
    berth_string only = berth_string_of(call->context);
    r->is_err = p->article.len != only.len || memcmp(p->article.ptr, only.ptr, only.len) != 0;
    if (r->is_err)
        r->of.err = berth_string_of("we have no such thing");
    else
        r->of.ok = 250;
    return true;
}

int main(int argc, char **argv)
{
    const struct berth_host_func rows[] = {
        { "price", price, sizeof(struct price_params), sizeof(struct price_result) },
    };
    const struct berth_host_interface prices = {
        .wit = prices_wit, .name = "shop:cart/prices@1.0.0", .funcs = rows, .func_count = 1, .context = "tea"
    };
    const struct line tea = { berth_string_of(argc > 1 ? argv[1] : "tea"), 3 };
    const struct total_params params = { { &tea, 1 } };
    struct total_result total = { 0 };
    const struct berth_instance_options limits = { .memory_bytes = 64 << 20, .time_ms = 1000 };
    static uint8_t room[1 << 24]; /* the component looks at its bytes as long as it lives */
    const berth_bytes wasm = { room, fread(room, 1, sizeof(room), stdin) };
    struct berth_engine *engine = NULL;
    struct berth_linker *l = NULL;
    struct berth_component *component = NULL;
    const struct berth_func *func = NULL;
    struct berth_instance *instance = NULL;
    struct berth_error e = { 0 };
    bool ok = berth_engine_new(&engine, &e) && (l = berth_linker_new(engine)) && berth_linker_wasi(l, NULL, &e) &&
              berth_linker_define(l, &prices, &e) && berth_component_open(l, wasm, NULL, &component, &e) &&
              berth_component_func(component, NULL, total_wit, sizeof(params), sizeof(total), &func, &e) &&
              berth_instance_new(component, &limits, &instance, &e) &&
              berth_instance_call(instance, func, &params, &total, &e);
    berth_string text = total.is_err ? total.of.err : total.of.ok.text;
    printf("%.*s\n", (int)text.len, text.ptr);
    if (!ok)
        fprintf(stderr, "%s: %s\n", berth_error_kind_name(e.kind), e.text);
    berth_instance_free(instance);
    berth_component_free(component);
    berth_linker_free(l);
    berth_engine_free(engine);
    return ok && !total.is_err ? 0 : 1;
}
