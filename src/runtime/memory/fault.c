/* State of the process and of its threads, which STYLE allows nowhere else: a signal handler has no other way to find
 * what it works with. */
#include "runtime/memory/fault.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "runtime/memory/linear.h"

static _Thread_local struct memory_set *current;

static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;
static bool installed;
static struct sigaction before;

static void pass_on(int number, siginfo_t *info, void *context)
{
    if (before.sa_flags & SA_SIGINFO) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN) {
        /* Ends the process, as it would have: the instruction faults again. */
        sigaction(number, &before, NULL);
    } else {
        before.sa_handler(number);
    }
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    for (struct linear_memory *m = current ? current->first : NULL; m; m = m->next) {
        if (linear_memory_unprotect(m, info->si_addr)) {
            errno = saved;
            return;
        }
    }
    errno = saved;
    pass_on(number, info, context);
}

bool memory_faults_catch(struct err *e)
{
    struct sigaction ours = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    sigemptyset(&ours.sa_mask);
    pthread_mutex_lock(&installing);
    installed = installed || sigaction(SIGSEGV, &ours, &before) == 0;
    bool ok = installed;
    int code = errno;
    pthread_mutex_unlock(&installing);
    return ok || err_system(e, code, "catch faults");
}

struct memory_set *memory_set_enter(struct memory_set *s)
{
    struct memory_set *was = current;
    current = s;
    return was;
}

struct memory_set *memory_set_current(void)
{
    return current;
}

void memory_set_add(struct memory_set *s, struct linear_memory *m)
{
    m->set = s;
    m->next = s->first;
    s->first = m;
    s->count++;
    s->bytes += m->size_bytes;
}

void memory_set_remove(struct linear_memory *m)
{
    if (!m->set)
        return;
    for (struct linear_memory **at = &m->set->first; *at; at = &(*at)->next) {
        if (*at == m) {
            *at = m->next;
            break;
        }
    }
    m->set->count--;
    m->set->bytes -= m->size_bytes;
    m->set = NULL;
}

bool memory_set_has_room(const struct memory_set *s, size_t more_bytes)
{
    return !s || !s->max_bytes || !more_bytes || (s->bytes <= s->max_bytes && more_bytes <= s->max_bytes - s->bytes);
}
