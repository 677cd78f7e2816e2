/* SPDX-License-Identifier: MIT */
/* base/log: what reaches the hook. */
#include "base/log.h"

#include "support/unit.h"

static struct {
    int calls;
    enum leopay_log_level level;
    char line[128];
} seen;

static void remember(void *data, enum leopay_log_level level, const char *event,
                     const struct leopay_log_field *fields, size_t count)
{
    CU_ASSERT_PTR_EQUAL(data, &seen);
    seen.calls++;
    seen.level = level;
    int used = snprintf(seen.line, sizeof(seen.line), "%s", event);
    for (size_t i = 0; i < count; i++) {
        char *end = seen.line + used;
        size_t room = sizeof(seen.line) - (size_t)used;
        if (fields[i].text)
            used += snprintf(end, room, " %s=«%s»", fields[i].key, fields[i].text);
        else
            used += snprintf(end, room, " %s=%lld", fields[i].key, (long long)fields[i].number);
    }
}

static void the_hook_has_event_and_fields(void)
{
    const struct lp_log log = {remember, &seen};
    const char *absent = NULL;

    lp_log(&log, LEOPAY_LOG_WARNING, "payment.paid", LP_LOG_NUMBER("id", INT64_MIN),
           LP_LOG_TEXT("billing", "shop"), LP_LOG_TEXT("reason", absent));
    LP_ASSERT_INT(seen.calls, 1);
    LP_ASSERT_INT(seen.level, LEOPAY_LOG_WARNING);
    LP_ASSERT_TEXT(seen.line, "payment.paid id=-9223372036854775808 billing=«shop» reason=«»");
    lp_log_fields(&log, LEOPAY_LOG_ERROR, "alone", NULL, 0);
    LP_ASSERT_INT(seen.calls, 2);
    LP_ASSERT_TEXT(seen.line, "alone");
}

static void without_a_hook_there_is_silence(void)
{
    const struct lp_log log = {NULL, &seen};
    int before = seen.calls;

    lp_log(&log, LEOPAY_LOG_ERROR, "lost", LP_LOG_NUMBER("id", 1));
    LP_ASSERT_INT(seen.calls, before);
}

LP_TEST_MAIN("base/log", LP_TEST(the_hook_has_event_and_fields),
             LP_TEST(without_a_hook_there_is_silence))
