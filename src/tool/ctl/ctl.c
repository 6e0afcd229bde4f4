/* `berth ctl`, also installed as `unitc`: the control API on the command line, in the forms of Unit's script of that
 * name. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/vec.h"
#include "server/json/json.h"
#include "tool/command.h"
#include "tool/ctl/call.h"
#include "tool/ctl/edit.h"
#include "tool/ctl/endpoint.h"
#include "tool/ctl/explain.h"
#include "tool/file.h"
#include "tool/ctl/remote.h"

/* Unit's script ends so, besides 0 and 1. */
enum ctl_status { CTL_NO_CONTROL = 2, CTL_NOT_AN_ARRAY = 3, CTL_NO_ANSWER = 4 };

#define BODY_MAX_BYTES ((size_t)1 << 30)

struct ctl_settings {
    str control;
    bool quiet, no_log;
};

struct ctl {
    const struct console *console;
    const struct ctl_settings *settings;
    struct arena arena;
    const char *method; /* NULL: as the body says */
    str remote, path;   /* of the command line; empty: not there */
    VEC(struct source) sources;
    VEC(char *) files;
    struct buf body; /* of all files, or of stdin */
    bool has_body;
    struct endpoint endpoint;
};

static const char *const methods[] = { "GET", "PUT", "POST", "DELETE", "INSERT", "EDIT" };
static const char *const other_methods[] = { "HEAD", "PATCH", "PURGE", "OPTIONS" };

/* --- The command line --- */

static const char *find_method(const char *const *names, size_t count, str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(str_of(names[i]), word))
            return names[i];
    return NULL;
}

static bool take_url(struct ctl *c, str word, struct err *e)
{
    size_t slash = str_find_char(str_slice(word, 7, word.len), '/');
    if (slash == SIZE_MAX) {
        err_set(e, ERR_USAGE, "'%.*s' has no path", STR_ARG(word));
        return err_help(e, "write http://HOST:PORT/config");
    }
    c->remote = str_slice(word, 0, slash + 7);
    c->path = str_slice(word, slash + 7, word.len);
    return true;
}

static bool take_file(struct ctl *c, str word, struct err *e)
{
    if (str_ends(word, STR(".yaml")) || str_ends(word, STR(".yml"))) {
        err_set(e, ERR_USAGE, "'%.*s': YAML is not offered", STR_ARG(word));
        return err_help(e, "make JSON of it: yq -o json . %.*s | berth ctl /config", STR_ARG(word));
    }
    vec_push(&c->files, str_dupz(&c->arena, word));
    return true;
}

/* In any order; a file wins over a path of the API, as in Unit's script. */
static bool take_word(struct ctl *c, str word, struct err *e)
{
    struct stat st;
    const char *method = find_method(methods, ARRAY_LEN(methods), word);
    if (method) {
        c->method = method;
        return true;
    }
    if (find_method(other_methods, ARRAY_LEN(other_methods), word)) {
        err_set(e, ERR_USAGE, "method %.*s is not offered", STR_ARG(word));
        return err_help(e, "use GET, PUT, POST, DELETE, INSERT or EDIT");
    }
    if (endpoint_is_remote(word)) {
        c->remote = word;
        return true;
    }
    if (str_starts(word, STR("http://")))
        return take_url(c, word, e);
    if (str_eq(word, STR("-")) || (stat(str_dupz(&c->arena, word), &st) == 0 && !S_ISDIR(st.st_mode)))
        return take_file(c, word, e);
    if (!str_starts(word, STR("/"))) {
        err_set(e, ERR_USAGE, "'%.*s' is no file, no method and no path", STR_ARG(word));
        return err_help(e, "write berth ctl [METHOD] [FILE...] /config");
    }
    c->path = word;
    return true;
}

/* A path may hold what HTTP does not take as it is. */
static str encode_path(struct arena *a, str path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, path.len * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < path.len; i++) {
        unsigned char b = (unsigned char)path.ptr[i];
        if (b > ' ' && b < 0x7f && b != '?' && b != '#') {
            out[n++] = (char)b;
            continue;
        }
        out[n++] = '%';
        out[n++] = hex[b >> 4];
        out[n++] = hex[b & 15];
    }
    return str_from(out, n);
}

static bool take_words(struct ctl *c, const struct arguments *args, struct err *e)
{
    for (uint32_t i = 0; i < args->words.len; i++)
        if (!take_word(c, args->words.at[i], e))
            return false;
    if (!c->path.len)
        return err_set(e, ERR_USAGE, "expected a path such as /config");
    c->path = encode_path(&c->arena, c->path);
    return true;
}

/* --- The body --- */

/* Whether somebody may have meant stdin: not a terminal, and not what services get instead of one. */
static bool stdin_holds_something(void)
{
    struct stat st;
    return fstat(STDIN_FILENO, &st) == 0 && !S_ISCHR(st.st_mode) && (!S_ISREG(st.st_mode) || st.st_size > 0);
}

static bool read_source(struct ctl *c, const char *name, struct err *e)
{
    bool is_stdin = str_eq(str_of(name), STR("-"));
    size_t from = c->body.len;
    if (is_stdin ? !file_read_fd(STDIN_FILENO, &c->body, e) : !file_read(name, &c->body, e))
        return false;
    struct source s = { is_stdin ? STR("stdin") : str_of(name), { NULL, c->body.len - from } };
    vec_push(&c->sources, s);
    return true;
}

static bool method_is(const struct ctl *c, const char *name)
{
    return c->method && strcmp(c->method, name) == 0;
}

static bool read_body(struct ctl *c, struct err *e)
{
    static char from_stdin[] = "-";
    bool wants = !method_is(c, "GET") && !method_is(c, "DELETE") && !method_is(c, "EDIT");
    if (wants && !c->files.len && stdin_holds_something())
        vec_push(&c->files, from_stdin);
    for (uint32_t i = 0; i < c->files.len; i++)
        if (!read_source(c, c->files.at[i], e))
            return false;
    size_t at = 0;
    for (uint32_t i = 0; i < c->sources.len; i++) { /* the buffer moves no more */
        c->sources.at[i].text.ptr = (const char *)c->body.ptr + at;
        at += c->sources.at[i].text.len;
    }
    c->has_body = c->body.len || (c->method && wants);
    if (!c->method)
        c->method = c->has_body ? "PUT" : "GET";
    return true;
}

/* --- Answers --- */

/* The API ends its lines as HTTP does, a terminal does not want that. */
static void print_answer(const struct ctl *c, str answer)
{
    if (c->settings->quiet)
        return;
    for (size_t i = 0; i < answer.len; i++)
        if (answer.ptr[i] != '\r')
            fputc(answer.ptr[i], c->console->out);
    fflush(c->console->out);
}

static int fail(const struct ctl *c, const struct err *e, int status)
{
    report_error(c->console, e, STR_NONE);
    return status;
}

/* One call; true when it was answered with success. Else `*ret_status` is how the program ends, and why was said. */
static bool call(const struct ctl *c, const char *method, str body, struct ctl_answer *answer, int *ret_status)
{
    struct err e = ERR_INIT;
    if (!ctl_call(&c->endpoint.address, str_of(method), c->path, body, answer, &e)) {
        *ret_status = fail(c, &e, e.kind == ERR_SYSTEM ? CTL_NO_CONTROL : CTL_NO_ANSWER);
        return false;
    }
    *ret_status = answer->status < 300 ? EXIT_DONE : EXIT_FAILED;
    return answer->status < 300;
}

/* --- The log --- */

static off_t log_end(struct ctl *c, int *ret_fd)
{
    struct stat st;
    bool wanted = !c->settings->quiet && !c->settings->no_log && c->endpoint.log.len;
    *ret_fd = wanted ? open(str_dupz(&c->arena, c->endpoint.log), O_RDONLY | O_CLOEXEC) : -1;
    return *ret_fd >= 0 && fstat(*ret_fd, &st) == 0 ? st.st_size : 0;
}

/* What a change made the server say, on stderr. */
static void show_log(const struct ctl *c, int fd, off_t from)
{
    struct buf text;
    struct err ignored = ERR_INIT;
    if (fd < 0)
        return;
    buf_init(&text, BODY_MAX_BYTES);
    if (lseek(fd, from, SEEK_SET) == from && file_read_fd(fd, &text, &ignored) && text.len)
        fprintf(c->console->err, "%.*s", STR_ARG(buf_str(&text)));
    buf_fini(&text);
    close(fd);
}

/* --- Methods --- */

static int run_plain(struct ctl *c, const char *method, str body, const struct source *sources, size_t count)
{
    struct ctl_answer answer;
    int status, fd;
    off_t from = log_end(c, &fd);
    bool changes = strcmp(method, "GET") != 0 || str_starts(c->path, STR("/control/"));
    bool done = call(c, method, body, &answer, &status);
    print_answer(c, buf_str(&answer.body));
    if (!done && answer.body.len)
        explain_error(c->console, buf_str(&answer.body), sources, count);
    if (changes)
        show_log(c, fd, from);
    else if (fd >= 0)
        close(fd);
    buf_fini(&answer.body);
    return status;
}

/* The old array with the new element in front; empty when either is none, `*ret_status` says which. */
static str put_in_front(struct ctl *c, str old, struct buf *out, int *ret_status)
{
    const struct json *array = NULL, *element = NULL;
    struct json_error json_error;
    struct err e = ERR_INIT;
    if (!json_parse(&c->arena, old, &array, &json_error) || array->kind != JSON_ARRAY) {
        err_set(&e, ERR_USAGE, "the value at %.*s is no array", STR_ARG(c->path));
        *ret_status = fail(c, &e, CTL_NOT_AN_ARRAY);
        return STR_NONE;
    }
    if (!json_parse(&c->arena, buf_str(&c->body), &element, &json_error)) {
        err_set(&e, ERR_PARSE, "invalid JSON, line %zu, column %zu: %s", json_error.line, json_error.column,
                json_error.detail);
        *ret_status = fail(c, &e, EXIT_FAILED);
        return STR_NONE;
    }
    struct json *all = json_new_array(&c->arena);
    json_push(&c->arena, all, element);
    for (uint32_t i = 0; i < array->count; i++)
        json_push(&c->arena, all, array->items[i]);
    json_print_compact(out, all);
    return buf_str(out);
}

static int run_insert(struct ctl *c)
{
    struct ctl_answer old;
    struct buf all;
    int status;
    buf_init(&all, BUF_NO_LIMIT);
    if (!call(c, "GET", STR_NONE, &old, &status)) {
        if (old.body.len)
            explain_error(c->console, buf_str(&old.body), NULL, 0);
    } else {
        str text = put_in_front(c, buf_str(&old.body), &all, &status);
        if (text.len)
            status = run_plain(c, "PUT", text, NULL, 0);
    }
    buf_fini(&old.body);
    buf_fini(&all);
    return status;
}

/* What was typed is not lost when it is refused. */
static int put_edited(struct ctl *c, str file, str text)
{
    const struct source source = { file, text };
    int status = run_plain(c, "PUT", text, &source, 1);
    if (status == EXIT_DONE)
        unlink(file.ptr);
    else
        fprintf(c->console->err, "The text that was not applied is kept in %.*s\n", STR_ARG(file));
    return status;
}

static int edit(struct ctl *c, str old)
{
    struct buf text;
    struct err e = ERR_INIT;
    str file;
    int status = EXIT_DONE;
    buf_init(&text, BODY_MAX_BYTES);
    if (!edit_text(&c->arena, old, &file, &text, &e))
        status = fail(c, &e, EXIT_FAILED);
    else if (str_eq(old, buf_str(&text)))
        report_note(c->console, "nothing was changed");
    else
        status = put_edited(c, file, buf_str(&text)), file = STR_NONE;
    if (file.len)
        unlink(file.ptr);
    buf_fini(&text);
    return status;
}

static int run_edit(struct ctl *c)
{
    struct ctl_answer old;
    struct buf lines;
    int status;
    buf_init(&lines, BODY_MAX_BYTES);
    if (call(c, "GET", STR_NONE, &old, &status)) {
        for (size_t i = 0; i < old.body.len; i++)
            if (old.body.ptr[i] != '\r')
                buf_put_u8(&lines, old.body.ptr[i]);
        status = edit(c, buf_str(&lines));
    } else if (old.body.len) {
        explain_error(c->console, buf_str(&old.body), NULL, 0);
    }
    buf_fini(&old.body);
    buf_fini(&lines);
    return status;
}

static int run_remote(struct ctl *c)
{
    const struct remote_call there = {
        .method = c->method,
        .path = c->path,
        .body = buf_str(&c->body),
        .quiet = c->settings->quiet,
    };
    struct err e = ERR_INIT;
    int status;
    if (method_is(c, "EDIT")) {
        err_set(&e, ERR_USAGE, "EDIT works on this machine's server only");
        err_help(&e, "log in there, or GET the value, edit it and PUT it back");
        return fail(c, &e, EXIT_USAGE);
    }
    return remote_run(&c->arena, &c->endpoint, &there, &status, &e) ? status : fail(c, &e, CTL_NO_ANSWER);
}

static bool find_endpoint(struct ctl *c, struct err *e)
{
    const char *own = getenv("BERTH_CONTROL"), *units = getenv("UNIT_CTRL");
    str given = c->remote.len ? c->remote : c->settings->control;
    if (!given.len)
        given = str_of(own && own[0] ? own : units);
    if (given.len)
        return endpoint_parse(given, &c->endpoint, e);
    return endpoint_discover(&c->arena, "/proc", &c->endpoint, e);
}

static int run_method(struct ctl *c)
{
    if (c->endpoint.kind != ENDPOINT_SOCKET)
        return run_remote(c);
    if (method_is(c, "INSERT"))
        return run_insert(c);
    if (method_is(c, "EDIT"))
        return run_edit(c);
    return run_plain(c, c->method, c->has_body ? buf_str(&c->body) : STR_NONE, c->sources.at, c->sources.len);
}

static enum exit_status run(const struct console *console, const void *settings, const struct arguments *args)
{
    struct ctl c = { .console = console, .settings = settings };
    struct err e = ERR_INIT;
    int status;
    arena_init(&c.arena);
    buf_init(&c.body, BODY_MAX_BYTES);
    if (!take_words(&c, args, &e)) {
        err_help(&e, "see 'berth ctl --help'");
        status = fail(&c, &e, EXIT_USAGE);
    } else if (!read_body(&c, &e)) {
        status = fail(&c, &e, EXIT_FAILED);
    } else if (!find_endpoint(&c, &e)) {
        status = fail(&c, &e, CTL_NO_CONTROL);
    } else {
        status = run_method(&c);
    }
    vec_fini(&c.sources);
    vec_fini(&c.files);
    buf_fini(&c.body);
    arena_fini(&c.arena);
    return (enum exit_status)status;
}

#define AT(field) offsetof(struct ctl_settings, field)

/* clang-format off */
static const struct option rows[] = {
    { "control", 0,   OPTION_TEXT, "ADDRESS", AT(control), "The control API, as for berthd (default: of the one that runs)." },
    { "quiet",   'q', OPTION_FLAG, NULL, AT(quiet), "Print errors only." },
    { "nolog",   'l', OPTION_FLAG, NULL, AT(no_log), "Do not show what the server logs meanwhile." },
    { "no-log",  0,   OPTION_FLAG, NULL, AT(no_log), "The same." },
    { "format",  'f', OPTION_REFUSED, "YAML", 0, "values are JSON", .instead = "convert them: berth ctl /config | yq -P, yq -o json . config.yaml | berth ctl /config" },
};
/* clang-format on */

static const struct option_table table = { rows, ARRAY_LEN(rows) };

static const char about[] =
    "Reads and changes the configuration of a running berthd through its control API. The arguments are those of "
    "unitc, the script that NGINX Unit comes with, in any order; as unitc the command is the same without its name.\n\n"
    "PATH is a path of the control API, such as /config, /config/listeners, /certificates or /status. FILEs are the "
    "body "
    "of a PUT, one after the other; without one, the body comes from standard input unless that is a terminal. METHOD "
    "is "
    "GET without a body and PUT with one, unless it is given: GET, PUT, POST, DELETE, INSERT (an element at the front "
    "of "
    "an array) or EDIT (with $EDITOR).\n\n"
    "The server is the one that runs on this machine, or the one that --control, the environment variable UNIT_CTRL or "
    "an "
    "argument names: http://HOST:PORT/PATH, ssh://[USER@]HOST[:PORT]/SOCKET or docker://CONTAINER[/SOCKET].\n\n"
    "After a change, what the server logs meanwhile is shown.";

static const struct exit_help exits[] = {
    { "2", "Also: no control API was found." },
    { "3", "INSERT: the value is no array." },
    { "4", "The server did not answer." },
};

const struct command ctl_command = {
    .name = "ctl",
    .args = "[METHOD] [FILE...] PATH",
    .args_min = 1,
    .args_max = UINT32_MAX,
    .help = "Read and change the configuration of a running berthd.",
    .example = "berth ctl config.json /config",
    .about = about,
    .exits = exits,
    .exit_count = ARRAY_LEN(exits),
    .options = &table,
    .settings_size = sizeof(struct ctl_settings),
    .run = run,
};
