/* SPDX-License-Identifier: MIT */
/*
 * The log: one line an event on the standard error, as logfmt or JSON.  Safe in any thread.  A
 * reader that has stopped reading costs lines, which are counted, and never makes a payment wait.
 */
#ifndef LEOPAYD_LOG_H
#define LEOPAYD_LOG_H

#include <leopay/handle.h>
#include <leopay/settings.h>

/* A text must not be NULL: that would make it the number. */
#define LOG_TEXT(key_, text_)     ((struct leopay_log_field){.key = (key_), .text = (text_)})
#define LOG_NUMBER(key_, number_) ((struct leopay_log_field){.key = (key_), .number = (number_)})

/* log_event(LEOPAY_LOG_INFO, "daemon.start", LOG_TEXT("version", version), LOG_NUMBER("threads",
 * count)); */
#define log_event(level, event, ...)                                                               \
    log_fields(NULL, level, event, (const struct leopay_log_field[]){__VA_ARGS__},                 \
               sizeof((const struct leopay_log_field[]){__VA_ARGS__}) /                            \
                   sizeof(struct leopay_log_field))

/* To be called first of all.  Standard descriptors that are closed become /dev/null, so that no
 * socket gets the log's number. */
void log_open(void);

/* Takes level and format from the settings; may be called again when they have changed. */
void log_configure(const struct leopay_settings *settings);

/* A leopay_log_cb; `data` is not used. */
void log_fields(void *data, enum leopay_log_level level, const char *event,
                const struct leopay_log_field *fields, size_t count);

/* Lines that were lost since the start. */
uint64_t log_dropped(void);

#endif
