/* A loop: what happens on one thread, one event after the other. Tasks (task.h) run on one. A program that has nothing
 * else to do on the thread runs it; one that has a loop of its own (epoll, libuv, GLib, ...) waits for this one's file
 * descriptor, too, and lets it take a turn when that is readable or the time has come:
 *
 *   struct pollfd fds[] = { { berth_loop_fd(l), POLLIN, 0 }, ... };
 *   poll(fds, n, berth_loop_timeout_ms(l));
 *   berth_loop_turn(l);
 */
#ifndef BERTH_LOOP_H
#define BERTH_LOOP_H

#ifdef __cplusplus
extern "C" {
#endif

/* Belongs to the thread that runs it, but for berth_loop_post. */
struct berth_loop;

struct berth_loop *berth_loop_new(void);
/* What runs on it must be gone. NULL is allowed. */
void berth_loop_free(struct berth_loop *l);

/* Runs until berth_loop_stop, which is called on the loop: from a callback, or from what was posted. */
void berth_loop_run(struct berth_loop *l);
void berth_loop_stop(struct berth_loop *l);

/* For a program that waits by itself: the descriptor becomes readable when something has happened. It is the loop's:
 * only to be waited for. */
int berth_loop_fd(const struct berth_loop *l);
/* Milliseconds after which a turn is due in any case: 0 is now, -1 is never. Another after each turn, and after each
 * call that starts or cancels something. */
int berth_loop_timeout_ms(struct berth_loop *l);
/* Does what is to be done now, without waiting. */
void berth_loop_turn(struct berth_loop *l);

/* From any thread: fn(ctx) is called on the loop soon. */
void berth_loop_post(struct berth_loop *l, void (*fn)(void *ctx), void *ctx);

#ifdef __cplusplus
}
#endif

#endif
