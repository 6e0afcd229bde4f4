/* Where a control API is: a socket of this machine or of another, or behind ssh or docker. */
#ifndef TOOL_CTL_ENDPOINT_H
#define TOOL_CTL_ENDPOINT_H

#include "base/arena.h"
#include "base/err.h"
#include "io/net/address.h"

enum endpoint_kind {
    ENDPOINT_SOCKET, /* of `address` */
    ENDPOINT_SSH,    /* `berth ctl` on `host`, which ssh starts */
    ENDPOINT_DOCKER, /* `berth ctl` in the container `host` */
};

struct endpoint {
    enum endpoint_kind kind;
    struct address address;
    str host;   /* ssh: [user@]host; docker: the container */
    str port;   /* of ssh; empty: its own */
    str socket; /* the path there; empty: found there */
    str log;    /* the local server's log file; empty: not known */
};

/* Whether a word of the command line names one: ssh://…, docker://…. */
bool endpoint_is_remote(str word);

/* From what the user has given: an address as berthd's --control takes it, or ssh://[USER@]HOST[:PORT][/PATH], or
 * docker://CONTAINER[/PATH], or http://HOST:PORT. Strings point into `text`. */
MUST_USE bool endpoint_parse(str text, struct endpoint *ret, struct err *e);

/* That of the one berthd that runs on this machine, from its command line. `proc`: "/proc". */
MUST_USE bool endpoint_discover(struct arena *a, const char *proc, struct endpoint *ret, struct err *e);

#endif
