/* Manual pages and completions on the command line: see manual.h. */
#include "tool/manual/manual.h"

#include "tool/manual/completions.h"
#include "tool/manual/page.h"

static bool print_page(FILE *out, const struct command_table *t, str name, struct err *e)
{
    if (!name.len) {
        page_overview(out, t);
        return true;
    }
    if (str_eq(name, STR("berthd"))) {
        page_daemon(out);
        return true;
    }
    for (size_t i = 0; i < t->len; i++) {
        if (str_eq(name, str_of(t->at[i]->name))) {
            page_command(out, t->at[i]);
            return true;
        }
    }
    err_set(e, ERR_USAGE, "no manual page of '%.*s'", STR_ARG(name));
    return err_help(e, "name a command of berth, or berthd");
}

static bool print_completions(FILE *out, const struct command_table *t, str shell, struct err *e)
{
    static const struct {
        const char *name;
        void (*print)(FILE *f, const struct command_table *t);
    } shells[] = { { "bash", completions_bash }, { "zsh", completions_zsh }, { "fish", completions_fish } };
    for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
        if (str_eq(shell, str_of(shells[i].name))) {
            shells[i].print(out, t);
            return true;
        }
    }
    return err_set(e, ERR_USAGE, "option --completions expects bash, zsh or fish, found '%.*s'", STR_ARG(shell));
}

bool manual_is_asked(const str *words, size_t count)
{
    return count && (str_eq(words[0], STR("--man")) || str_eq(words[0], STR("--completions")));
}

bool manual_print(FILE *out, const struct command_table *t, const str *words, size_t count, struct err *e)
{
    str what = count > 1 ? words[1] : STR("");
    if (count > 2)
        return err_set(e, ERR_USAGE, "unexpected argument '%.*s'", STR_ARG(words[2]));
    return str_eq(words[0], STR("--man")) ? print_page(out, t, what, e) : print_completions(out, t, what, e);
}
