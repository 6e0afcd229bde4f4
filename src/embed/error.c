/* Errors: the same members inside and outside, under other names. */
#include "embed/error.h"

#include <assert.h>
#include <string.h>

static_assert((int)BERTH_ERROR_NONE == (int)ERR_NONE && (int)BERTH_ERROR_PARSE == (int)ERR_PARSE &&
                  (int)BERTH_ERROR_INVALID == (int)ERR_INVALID &&
                  (int)BERTH_ERROR_UNSUPPORTED == (int)ERR_UNSUPPORTED && (int)BERTH_ERROR_LIMIT == (int)ERR_LIMIT &&
                  (int)BERTH_ERROR_LINK == (int)ERR_LINK && (int)BERTH_ERROR_TRAP == (int)ERR_TRAP &&
                  (int)BERTH_ERROR_TIMEOUT == (int)ERR_TIMEOUT && (int)BERTH_ERROR_CLOSED == (int)ERR_CLOSED &&
                  (int)BERTH_ERROR_SYSTEM == (int)ERR_SYSTEM && (int)BERTH_ERROR_USAGE == (int)ERR_USAGE,
              "the kinds are the same");
static_assert(sizeof(((struct berth_error *)0)->text) == ERR_TEXT_MAX &&
                  sizeof(((struct berth_error *)0)->help) == ERR_HELP_MAX && BERTH_NO_OFFSET == ERR_NO_OFFSET,
              "the texts are as long");

bool error_give(struct berth_error *to, const struct err *from)
{
    if (!to)
        return false;
    to->kind = (enum berth_error_kind)from->kind;
    to->code = from->code;
    to->offset = from->offset;
    memcpy(to->text, from->text, sizeof(to->text));
    memcpy(to->help, from->help, sizeof(to->help));
    return false;
}

const char *berth_error_kind_name(enum berth_error_kind kind)
{
    return err_kind_name((enum err_kind)kind);
}
