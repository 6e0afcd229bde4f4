/* What a request's guest prints, on the log as lines that name the stream and the request: `stdout [12] :: text`. */
#ifndef SERVER_APP_OUTPUT_H
#define SERVER_APP_OUTPUT_H

#include "base/buf.h"
#include "base/str.h"

struct log; /* server/log.h */

/* Longer lines are cut, and end with "...". */
enum { OUTPUT_LINE_MAX = 4096 };

enum output_stream { OUTPUT_STDOUT, OUTPUT_STDERR };

/* Kept for reuse: begin and end for each request. */
struct output {
    const struct log *log;
    bool plain; /* without the prefix */
    uint64_t request;
    struct output_line {
        struct buf text; /* a line that has not ended yet */
        bool cut;        /* what follows up to its end is dropped */
    } lines[2];
};

void output_init(struct output *o, const struct log *log, bool plain);
void output_fini(struct output *o);
void output_begin(struct output *o, uint64_t request);
void output_add(struct output *o, enum output_stream which, bytes data);

/* Completes lines that have no end. */
void output_end(struct output *o);

#endif
