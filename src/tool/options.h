/* Command-line options from rows: one row gives parsing, range check, default, help line and error text. Values land in
 * the command's settings struct, which begins as zeroes plus the rows' fallbacks.
 *
 * Long options take their value after '=' or a space, short ones directly or after a space; "--" ends options; the
 * last one wins where an option is given twice. Texts are slices of argv. */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

enum option_kind {
    OPTION_FLAG,     /* bool */
    OPTION_SWITCH,   /* bool: on or off */
    OPTION_TEXT,     /* str */
    OPTION_LIST,     /* option_list: may be repeated */
    OPTION_COUNT,    /* uint32_t, min … max */
    OPTION_BYTES,    /* uint64_t, min … max bytes */
    OPTION_DURATION, /* duration, min … max milliseconds */
    OPTION_KEYS,     /* KEY[=VALUE],…: each key has a row in `keys`; not in the help */
    OPTION_IGNORED,  /* has no effect, and `help` says why; not in the help */
    OPTION_REFUSED,  /* an error whose reason `help` is, and `instead` what to do; not in the help */
};

typedef VEC(str) option_list;

enum key_action {
    KEY_ACCEPT, /* nothing to do: so it is anyway */
    KEY_MAP,    /* `text` names the option that it sets */
    KEY_IGNORE, /* `text` says why it has no effect */
    KEY_REFUSE, /* `text` says what to do; KEY=n is accepted */
};

/* A key of an OPTION_KEYS option. The last row may have the name "*": any other key. */
struct option_key {
    const char *name;
    enum key_action action;
    const char *text;
};

struct option {
    const char *name; /* without the dashes */
    char letter;      /* short form, or 0 */
    enum option_kind kind;
    const char *value; /* what the help calls its value; NULL: takes none */
    size_t at;         /* offset in the settings */
    const char *help;
    const char *fallback; /* the default as a user would type it, or NULL: zero */
    uint64_t min, max;    /* max 0: no bound */
    const struct option_key *keys;
    size_t key_count;
    const char *instead;
};

struct option_table {
    const struct option *at;
    size_t len;
};

/* What was typed besides options. */
struct arguments {
    option_list words;
    VEC(char *) notes; /* sentences about options without effect; heap */
    bool want_help;    /* -h or --help was seen: nothing after it was read */
};

/* Sets the fallbacks in zeroed settings. They are ours, so a bad one is asserted. */
void options_defaults(const struct option_table *t, void *settings);

/* Parses `words` (after the command). Errors: ERR_USAGE with what to type instead. */
MUST_USE bool options_parse(const struct option_table *t, const str *words, size_t count, void *settings,
                            struct arguments *ret, struct err *e);
void arguments_fini(struct arguments *a);

/* Frees what the lists of `settings` hold. */
void options_fini(const struct option_table *t, void *settings);

/* Whether the row is for the help, or only there for people who know it from elsewhere. */
bool option_is_shown(const struct option *o);

#endif
