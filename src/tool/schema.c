/* `berth schema`: the language of configurations, for editors as a JSON Schema, for people as the reference page. */
#include "base/arena.h"
#include "base/buf.h"
#include "server/config/options.h"
#include "server/config/reference.h"
#include "server/config/schema_json.h"
#include "tool/command.h"

struct schema_settings {
    bool markdown;
};

/* The lines of JSON end in CRLF, as the control API's do; those of a file do not. */
static void print_lines(FILE *f, str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r')
            fputc(text.ptr[i], f);
}

static enum exit_status schema_run(const struct console *con, const void *settings, const struct arguments *args)
{
    const struct schema_settings *s = settings;
    struct arena a;
    struct buf text;
    (void)args;
    arena_init(&a);
    buf_init(&text, BUF_NO_LIMIT);
    if (s->markdown)
        reference_print(&text, &a, &options_root);
    else
        json_print(&text, schema_json(&a, &options_root));
    print_lines(con->out, buf_str(&text));
    buf_fini(&text);
    arena_fini(&a);
    return EXIT_DONE;
}

static const struct option rows[] = {
    { "markdown", 0, OPTION_FLAG, NULL, offsetof(struct schema_settings, markdown), "Print the reference page." },
};

static const struct option_table options = { rows, ARRAY_LEN(rows) };

const struct command schema_command = {
    .name = "schema",
    .args = "",
    .help = "Print the JSON Schema of configurations, for editors.",
    .example = "berth schema > berth.schema.json",
    .options = &options,
    .settings_size = sizeof(struct schema_settings),
    .run = schema_run,
};
