/* SPDX-License-Identifier: MIT */
/* Hands structured lines to the caller's hook.  The library itself writes nowhere. */
#ifndef LP_BASE_LOG_H
#define LP_BASE_LOG_H

#include <leopay/handle.h>

struct lp_log {
    leopay_log_cb cb; /* NULL: silence */
    void *data;
};

#define LP_LOG_NUMBER(key_, number_) ((struct leopay_log_field){.key = (key_), .number = (number_)})
#define LP_LOG_TEXT(key_, text_)     lp_log_text(key_, text_)

/* A function, so that a literal is not tested for NULL in the open, of which compilers warn. */
static inline struct leopay_log_field lp_log_text(const char *key, const char *text)
{
    return (struct leopay_log_field){.key = key, .text = text ? text : ""};
}

/* lp_log(log, LEOPAY_LOG_INFO, "payment.paid", LP_LOG_NUMBER("id", id)); */
#define lp_log(log, level, event, ...)                                                             \
    lp_log_fields(log, level, event, (const struct leopay_log_field[]){__VA_ARGS__},               \
                  sizeof((const struct leopay_log_field[]){__VA_ARGS__}) /                         \
                      sizeof(struct leopay_log_field))

void lp_log_fields(const struct lp_log *log, enum leopay_log_level level, const char *event,
                   const struct leopay_log_field *fields, size_t count);

#endif
