/* Progress on a terminal: see progress.h. */
#include "tool/progress.h"

void progress_begin(struct progress *p, const struct console *c, str what)
{
    *p = (struct progress){ .console = c, .what = what, .start = instant_now() };
}

void progress_update(struct progress *p, size_t done, size_t total)
{
    if (!p->console->is_terminal || total == 0)
        return;
    unsigned percent = (unsigned)((double)done * 100 / (double)total);
    bool late = instant_before(instant_add(p->start, duration_ms(PROGRESS_DELAY_MS)), instant_now());
    if (!late || (p->drawn && percent == p->percent))
        return;
    fprintf(p->console->err, "\r%.*s: %u %%\033[K", STR_ARG(p->what), percent);
    fflush(p->console->err);
    p->percent = percent;
    p->drawn = true;
}

void progress_end(struct progress *p)
{
    if (p->drawn) {
        fputs("\r\033[K", p->console->err);
        fflush(p->console->err);
    }
}
