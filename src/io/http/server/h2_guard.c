/* Budgets of an HTTP/2 connection: see h2_guard.h. The clock is looked at only when one is used up. */
#include "io/http/server/h2_guard.h"

void h2_budget_init(struct h2_budget *b, uint32_t burst, uint32_t per_s)
{
    *b = (struct h2_budget){ .burst = burst, .per_s = per_s, .left = burst, .filled = instant_now() };
}

static void fill(struct h2_budget *b, instant now)
{
    int64_t passed_ms = instant_diff(now, b->filled).ns / 1000000;
    int64_t due = passed_ms * b->per_s / 1000;
    if (due <= 0)
        return;
    b->left = due < b->burst ? (uint32_t)due : b->burst;
    b->filled = now;
}

bool h2_budget_take(struct h2_budget *b)
{
    if (!b->left)
        fill(b, instant_now());
    if (!b->left)
        return false;
    b->left--;
    return true;
}

void h2_budget_give(struct h2_budget *b, uint32_t count)
{
    b->left = b->burst - b->left < count ? b->burst : b->left + count;
}
