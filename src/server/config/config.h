/* Configurations: checked whole, then made into a generation. */
#ifndef SERVER_CONFIG_CONFIG_H
#define SERVER_CONFIG_CONFIG_H

#include "base/err.h"
#include "server/json/json.h"

struct certificates;   /* server/certificate/certificates.h */
struct access_file;    /* server/access_log/file.h */
struct component_host; /* server/app/component.h */
struct generation;     /* server/generation.h */

/* Why a configuration was refused. */
struct config_error {
    struct err why;  /* text: the detail; help: what would be right, or empty */
    bool is_invalid; /* the configuration is at fault; else it could not be put in force */
    str pointer;     /* RFC 6901, in the arena of the check; STR_NONE when there is no place */
    size_t at;       /* offset of the value in the text it came from, JSON_NO_PLACE when it is older */
};

/* What a configuration is put in force with. */
struct config_host {
    const struct component_host *component;
    const struct certificates *certificates;
    const struct log *log;
    /* A listening socket for an address of the configuration, which stays the host's; -1 on failure. */
    int (*listen)(void *ctx, str address, int backlog, struct err *e);
    /* The access log, with a reference; NULL on failure. */
    struct access_file *(*open_access_log)(void *ctx, str path, struct err *e);
    void *ctx;
};

/* `a` takes the error's texts and what is only needed for the check. `certificates`: those there are; NULL when that is
 * not known: then any name is right. */
MUST_USE bool config_check(struct arena *a, const struct json *root, const struct certificates *certificates,
                           struct config_error *e);

/* What a new generation takes over. */
struct config_before {
    const struct generation *generation; /* or NULL: there is none */
    str restart;                         /* name of an application that is opened anew all the same; or STR_NONE */
};

/* Makes a checked configuration into a generation, with a reference for the caller. Applications whose options are the
 * same as before are taken over; the others are opened, which may take seconds. Any thread, but one at a time. */
MUST_USE bool config_build(struct arena *a, const struct config_host *host, const struct json *root,
                           const struct config_before *before, struct generation **ret, struct config_error *e);

#endif
