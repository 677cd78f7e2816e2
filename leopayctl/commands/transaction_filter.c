/* SPDX-License-Identifier: MIT */
/* Which payments a command is about: the filter that its options spell, the same for all of them.
 */
#include <string.h>

#include "commands/transaction.h"
#include "ctl.h"

static int read_date(const struct ctl *ctl, const char *name, bool end, int64_t *ret_us)
{
    const char *value = option(ctl, name);

    if (!value || leopay_period_parse(value, end, ret_us) == 0)
        return 0;
    return usage_bad(ctl, name, value, MSG_K_DATE);
}

static int read_dates(const struct ctl *ctl, struct leopay_filter *filter)
{
    int status = read_date(ctl, "paid-from", false, &filter->paid_from_us);

    if (!status)
        status = read_date(ctl, "paid-to", true, &filter->paid_before_us);
    if (!status)
        status = read_date(ctl, "created-from", false, &filter->created_from_us);
    if (!status)
        status = read_date(ctl, "created-to", true, &filter->created_before_us);
    return status;
}

static int read_statuses(const struct ctl *ctl, unsigned *ret_statuses)
{
    for (size_t i = 0; i < ctl->option_count; i++) {
        const struct given *given = &ctl->options[i];

        if (strcmp(given->info->name, "status") != 0)
            continue;
        enum leopay_status_code status = leopay_status_parse(given->value);
        if (!status)
            return usage_bad(ctl, "status", given->value, MSG_K_STATUS);
        *ret_statuses |= 1u << status;
    }
    return 0;
}

int filter_read(const struct ctl *ctl, struct leopay_filter *filter, int *bank_status)
{
    int64_t number = 0;

    int status = read_dates(ctl, filter);
    if (!status)
        status = read_statuses(ctl, &filter->statuses);
    if (!status)
        status = option_number(ctl, "bank-status", INT32_MIN, INT32_MAX, &number);
    if (!status)
        status = option_number(ctl, "after", 1, INT64_MAX, &filter->after_id);
    if (status)
        return status;
    *bank_status = (int)number;
    filter->bank_status = option(ctl, "bank-status") ? bank_status : NULL;
    filter->billing = option(ctl, "billing");
    filter->counteragent = option(ctl, "counteragent");
    filter->search = option(ctl, "search");
    filter->order_id = option(ctl, "order-id");
    filter->attention = option(ctl, "attention") != NULL;
    return 0;
}
