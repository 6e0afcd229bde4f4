/* The options of `berth serve` as rows: see serve_options.h. Rows of OPTION_KEYS, OPTION_IGNORED and OPTION_REFUSED are
 * the flags of `wasmtime serve`, which scripts and fingers bring along. */
#include "tool/serve_options.h"

#define AT(field)   offsetof(struct serve_settings, field)
#define KEYS(table) .keys = (table), .key_count = ARRAY_LEN(table)

/* clang-format off */
static const struct option_key wasi_keys[] = {
    { "cli",                KEY_ACCEPT, NULL },
    { "common",             KEY_ACCEPT, NULL },
    { "http",               KEY_ACCEPT, NULL },
    { "preview2",           KEY_ACCEPT, NULL },
    { "inherit-stdout",     KEY_ACCEPT, NULL },
    { "inherit-stderr",     KEY_ACCEPT, NULL },
    { "inherit-stdin",      KEY_IGNORE, "a served component reads an empty stdin" },
    { "inherit-network",    KEY_IGNORE, "components have no network of their own yet: connecting fails with access-denied" },
    { "allow-ip-name-lookup", KEY_IGNORE, "components have no network of their own yet: look-ups fail with access-denied" },
    { "tcp",                KEY_IGNORE, "components have no network of their own yet: connecting fails with access-denied" },
    { "udp",                KEY_IGNORE, "components have no network of their own yet: sending fails with access-denied" },
    { "inherit-env",        KEY_REFUSE, "name each variable: --env NAME passes it on from the environment" },
    { "config",             KEY_REFUSE, "wasi:config is not offered yet; pass settings with --env NAME=VALUE" },
    { "config-var",         KEY_REFUSE, "wasi:config is not offered yet; pass settings with --env NAME=VALUE" },
    { "keyvalue",           KEY_REFUSE, "wasi:keyvalue is not offered yet; build the component without it" },
    { "keyvalue-in-memory-data", KEY_REFUSE, "wasi:keyvalue is not offered yet; build the component without it" },
    { "nn",                 KEY_REFUSE, "wasi:nn is not offered; build the component without it" },
    { "nn-graph",           KEY_REFUSE, "wasi:nn is not offered; build the component without it" },
    { "tls",                KEY_REFUSE, "wasi:tls is not offered; build the component without it" },
    { "threads",            KEY_REFUSE, "wasi threads are not offered; build the component without them" },
    { "p3",                 KEY_REFUSE, "WASI 0.3 is not offered yet; build the component for WASI 0.2" },
    { "*",                  KEY_IGNORE, "it tunes another runtime" },
};

static const struct option_key wasm_keys[] = {
    { "timeout",            KEY_MAP,    "timeout" },
    { "max-memory-size",    KEY_MAP,    "max-memory" },
    { "component-model",    KEY_ACCEPT, NULL },
    { "component-model-async", KEY_REFUSE, "WASI 0.3 is not offered yet; build the component for WASI 0.2" },
    { "fuel",               KEY_REFUSE, "limit the time of a request instead: --timeout 5s" },
    { "unknown-imports-trap", KEY_REFUSE, "every import must be there when the component is loaded; build the component without it" },
    { "unknown-imports-default", KEY_REFUSE, "every import must be there when the component is loaded; build the component without it" },
    { "epoch-interruption", KEY_IGNORE, "running components always yield" },
    { "*",                  KEY_IGNORE, "it tunes another runtime" },
};

static const struct option_key tuning_keys[] = {
    { "opt-level",          KEY_IGNORE, "components are always compiled with optimisation" },
    { "pooling-allocator",  KEY_IGNORE, "instances always come from a pool" },
    { "*",                  KEY_IGNORE, "the engine is already tuned for serving" },
};

static const struct option_key codegen_keys[] = {
    { "cache",              KEY_IGNORE, "compiled code is always cached, unless --no-cache is given" },
    { "*",                  KEY_IGNORE, "the engine is already tuned for serving" },
};

static const struct option_key debug_keys[] = {
    { "*",                  KEY_IGNORE, "debugging of components is not offered yet" },
};

static const struct option rows[] = {
    { "addr",        0,   OPTION_TEXT,     "HOST:PORT", AT(addr), "Listen here; port 0 picks a free one.", .fallback = "0.0.0.0:8080" },
    { "env",         0,   OPTION_LIST,     "NAME[=VALUE]", AT(env), "Give the component a variable, or pass on ours." },
    { "with",        0,   OPTION_LIST,     "FILE.wasm", AT(with), "Put a middleware before the component; the first is the outermost." },
    { "workers",     0,   OPTION_COUNT,    "N", AT(workers), "Threads that serve (default: one a core).", .min = 1, .max = 1024 },
    { "timeout",     0,   OPTION_DURATION, "TIME", AT(timeout), "Longest time for one request; 0: none.", .fallback = "30s" },
    { "max-memory",  0,   OPTION_BYTES,    "SIZE", AT(max_memory), "Most memory of one request.", .fallback = "512MiB", .min = 1 << 16 },
    { "max-body",    0,   OPTION_BYTES,    "SIZE", AT(max_body), "Largest request body.", .fallback = "256MiB" },
    { "concurrency", 0,   OPTION_COUNT,    "N", AT(concurrency), "Most requests running in a worker (default: up to 128).", .min = 1, .max = 65536 },
    { "recycle",     0,   OPTION_SWITCH,   "on|off", AT(recycle), "Put used instances back as new, or build each anew.", .fallback = "on" },
    { "client-timeout", 0, OPTION_DURATION, "TIME", AT(client_timeout), "Longest silence of a client.", .fallback = "30s", .min = 1 },
    { "cache-dir",   0,   OPTION_TEXT,     "DIR", AT(cache_dir), "Keep compiled code here (default: ~/.cache/berth)." },
    { "no-cache",    0,   OPTION_FLAG,     NULL, AT(no_cache), "Compile at every start." },
    { "log-requests", 0,  OPTION_FLAG,     NULL, AT(log_requests), "Log a line a request, also when not on a terminal." },
    { "no-logging-prefix", 0, OPTION_FLAG, NULL, AT(plain_output), "Print the component's output without request numbers." },
    { "quiet",       'q', OPTION_FLAG,     NULL, AT(quiet), "Log only errors, and what the component prints." },

    { "wasi",        'S', OPTION_KEYS, "KEY[=VALUE]", 0, NULL, KEYS(wasi_keys) },
    { "wasm",        'W', OPTION_KEYS, "KEY[=VALUE]", 0, NULL, KEYS(wasm_keys) },
    { "optimize",    'O', OPTION_KEYS, "KEY[=VALUE]", 0, NULL, KEYS(tuning_keys) },
    { "codegen",     'C', OPTION_KEYS, "KEY[=VALUE]", 0, NULL, KEYS(codegen_keys) },
    { "debug",       'D', OPTION_KEYS, "KEY[=VALUE]", 0, NULL, KEYS(debug_keys) },
    { "max-instance-reuse-count", 0, OPTION_IGNORED, "N", 0, "every request gets a fresh instance, at nearly the cost of a reused one" },
    { "max-instance-concurrent-reuse-count", 0, OPTION_IGNORED, "N", 0, "every request gets a fresh instance" },
    { "idle-instance-timeout", 0, OPTION_IGNORED, "TIME", 0, "every request gets a fresh instance" },
    { "dir",         0,   OPTION_REFUSED, "HOST[::GUEST]", 0, "access to files is not offered yet", .instead = "build the files into the component, or pass settings with --env NAME=VALUE" },
    { "shutdown-addr", 0, OPTION_REFUSED, "HOST:PORT", 0, "whoever reaches it could end the server", .instead = "send SIGTERM or SIGINT: running requests are finished first" },
    { "header",      'H', OPTION_REFUSED, "HEADER", 0, "request headers are passed on as they came", .instead = "set them in the client or in a proxy" },
    { "max-concurrent-requests", 0, OPTION_REFUSED, "N", 0, "the limit is one a worker", .instead = "use --concurrency N" },
    { "max-concurrent-connections", 0, OPTION_REFUSED, "N", 0, "connections are not limited in number", .instead = "limit running requests: --concurrency N" },
    { "config",      0,   OPTION_REFUSED, "FILE", 0, "there is no configuration file", .instead = "give the options on the command line" },
    { "allow-precompiled", 0, OPTION_REFUSED, NULL, 0, "precompiled files are not loaded", .instead = "give the component itself: compiled code is cached" },
    { "profile",     0,   OPTION_REFUSED, "STRATEGY", 0, "profiling of components is not offered yet", .instead = "leave it out" },
    { "gdbstub",     'g', OPTION_REFUSED, "ADDR", 0, "debugging of components is not offered yet", .instead = "leave it out" },
    { "record",      'R', OPTION_REFUSED, "KEY[=VALUE]", 0, "recording is not offered", .instead = "leave it out" },
    { "target",      0,   OPTION_REFUSED, "TARGET", 0, "components are compiled for this machine", .instead = "leave it out" },
};
/* clang-format on */

const struct option_table serve_options = { rows, ARRAY_LEN(rows) };
