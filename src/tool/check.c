/* `berth check`: whether a file is a valid configuration, without a server. What the server alone knows (whether files
 * are there, addresses free) is not looked at. */
#include "base/arena.h"
#include "base/buf.h"
#include "server/config/config.h"
#include "tool/command.h"
#include "tool/file.h"
#include "tool/excerpt.h"

#define FILE_MAX_BYTES ((size_t)1 << 30)

static enum exit_status tell_json(const struct console *con, struct arena *a, str name, str text,
                                  const struct json_error *e)
{
    struct err why = ERR_INIT;
    err_set(&why, ERR_PARSE, "Invalid JSON. %s", e->detail);
    report_error(con, &why, excerpt_place(a, name, text, e->offset, STR("")));
    excerpt_print(con->err, text, e->offset);
    return EXIT_FAILED;
}

static enum exit_status tell_config(const struct console *con, struct arena *a, str name, str text,
                                    const struct config_error *e)
{
    struct err why = e->why;
    bool placed = e->at != JSON_NO_PLACE;
    why.help[0] = 0; /* told below the line that it is about */
    report_error(con, &why, placed ? excerpt_place(a, name, text, e->at, e->pointer) : name);
    if (placed)
        excerpt_print(con->err, text, e->at);
    report_help(con, &e->why);
    return EXIT_FAILED;
}

static enum exit_status check_text(const struct console *con, struct arena *a, str name, str text)
{
    const struct json *root = NULL;
    struct json_error json_error;
    struct config_error config_error;
    if (!json_parse(a, text, &root, &json_error))
        return tell_json(con, a, name, text, &json_error);
    if (!config_check(a, root, NULL, &config_error))
        return tell_config(con, a, name, text, &config_error);
    fprintf(con->out, "%.*s is a valid configuration\n", STR_ARG(name));
    return EXIT_DONE;
}

static enum exit_status check_run(const struct console *con, const void *settings, const struct arguments *args)
{
    str word = args->words.at[0];
    bool is_stdin = str_eq(word, STR("-"));
    struct arena a;
    struct buf text;
    struct err e = ERR_INIT;
    enum exit_status status = EXIT_FAILED;
    (void)settings;
    arena_init(&a);
    buf_init(&text, FILE_MAX_BYTES);
    if (is_stdin ? file_read_fd(0, &text, &e) : file_read(str_dupz(&a, word), &text, &e))
        status = check_text(con, &a, is_stdin ? STR("stdin") : word, buf_str(&text));
    else
        report_error(con, &e, word);
    buf_fini(&text);
    arena_fini(&a);
    return status;
}

static const struct option_table options = { NULL, 0 };

const struct command check_command = {
    .name = "check",
    .args = "FILE.json",
    .args_min = 1,
    .args_max = 1,
    .help = "Check a configuration before it is applied; \"-\" reads stdin.",
    .example = "berth check config.json",
    .options = &options,
    .run = check_run,
};
