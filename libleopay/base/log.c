/* SPDX-License-Identifier: MIT */
/* The way to the caller's log hook.  Writes nowhere itself. */
#include "base/log.h"

void lp_log_fields(const struct lp_log *log, enum leopay_log_level level, const char *event,
                   const struct leopay_log_field *fields, size_t count)
{
    if (log->cb)
        log->cb(log->data, level, event, fields, count);
}
