/* Names of errors. */
#include "berth/error.h"

#include "base/err.h"

const char *berth_error_kind_name(enum berth_error_kind kind)
{
    return err_kind_name((enum err_kind)kind);
}
