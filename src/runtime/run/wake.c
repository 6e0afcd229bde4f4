/* Waking, whoever runs the task. */
#include "runtime/run/wake.h"

static struct task_head *head_of(struct task *t)
{
    return (struct task_head *)(void *)t;
}

void task_wake(struct task *t)
{
    head_of(t)->wake(head_of(t));
}

void task_wake_at(struct task *t, instant at)
{
    head_of(t)->wake_at(head_of(t), at);
}
