/* `berth wast`: runs script tests of the Component Model. */
#include <stdlib.h>

#include "runtime/engine/engine.h"
#include "tool/command.h"
#include "tool/wast/convert.h"
#include "tool/wast/script.h"

struct wast_settings {
    str wasm_tools;
    bool texts;
};

/* The option's, the environment's, or whichever PATH has. */
static const char *find_tool(struct arena *a, const struct wast_settings *s)
{
    const char *from_environment = getenv("WASM_TOOLS");
    if (s->wasm_tools.len)
        return str_dupz(a, s->wasm_tools);
    return from_environment && *from_environment ? from_environment : "wasm-tools";
}

/* A script that is JSON already has its binaries beside it. */
static str folder_of(str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == SIZE_MAX ? STR(".") : str_slice(path, 0, slash);
}

static bool run_text(struct arena *a, const char *tool, struct script_options *o, struct script_score *score,
                     struct err *e)
{
    if (!convert_make_folder(a, &o->folder, e))
        return false;
    o->commands = str_printf(a, "%.*s/commands.json", STR_ARG(o->folder));
    bool ok = convert_script(tool, o->name, o->folder, o->commands, e) && script_run(o, score, e);
    convert_remove_folder(o->folder);
    return ok;
}

static bool run_file(const struct wast_settings *s, struct script_options *o, struct script_score *score, struct err *e)
{
    struct arena a;
    arena_init(&a);
    bool ok = false;
    if (str_ends(o->name, STR(".json"))) {
        o->commands = o->name;
        o->folder = folder_of(o->name);
        ok = script_run(o, score, e);
    } else {
        ok = run_text(&a, find_tool(&a, s), o, score, e);
    }
    arena_fini(&a);
    return ok;
}

static bool run_files(const struct console *con, const struct wast_settings *s, struct engine *engine,
                      const struct arguments *args)
{
    struct script_score score = { 0 };
    bool all = true;
    for (uint32_t i = 0; i < args->words.len; i++) {
        struct err e = ERR_INIT;
        struct script_options o = { .engine = engine, .console = con, .name = args->words.at[i], .texts = s->texts };
        if (!run_file(s, &o, &score, &e)) {
            report_error(con, &e, args->words.at[i]);
            all = false;
        }
    }
    fprintf(con->out, "%u passed, %u failed, %u gated, %u skipped; %u errors in other words\n", score.passed,
            score.failed, score.gated, score.skipped, score.texts);
    return all && !score.failed;
}

static enum exit_status wast_run(const struct console *con, const void *settings, const struct arguments *args)
{
    const struct engine_options o = { .recycle = true }; /* no pool: a script may hold any number of instances */
    struct engine *engine = NULL;
    struct err e = ERR_INIT;
    if (!engine_new(&o, &engine, &e)) {
        report_error(con, &e, STR_NONE);
        return EXIT_FAILED;
    }
    bool ok = run_files(con, settings, engine, args);
    engine_free(engine);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct option rows[] = {
    { "wasm-tools", 0, OPTION_TEXT, "PATH", offsetof(struct wast_settings, wasm_tools),
      "The program that parses scripts; else $WASM_TOOLS, or the one in PATH.", .fallback = NULL },
    { "texts", 0, OPTION_FLAG, NULL, offsetof(struct wast_settings, texts),
      "Show where an error is the expected one in other words, too." },
};

static const struct option_table options = { rows, ARRAY_LEN(rows) };

const struct command wast_command = {
    .name = "wast",
    .args = "FILE.wast...",
    .args_min = 1,
    .args_max = UINT32_MAX,
    .help = "Run script tests of the Component Model.",
    .example = "berth wast values/*.wast",
    .options = &options,
    .settings_size = sizeof(struct wast_settings),
    .run = wast_run,
};
