/* SPDX-License-Identifier: MIT */
/* The fields of a payment that machines read, in their order.  The only place that lists them. */
#include <leopay/report.h>

#include <string.h>

#include "base/parse.h"

static struct leopay_value text_value(const char *name, const char *text)
{
    return (struct leopay_value){
        .name = name, .kind = text ? LEOPAY_VALUE_TEXT : LEOPAY_VALUE_ABSENT, .text = text};
}

static struct leopay_value number_value(const char *name, bool has, int64_t number)
{
    return (struct leopay_value){.name = name,
                                 .kind = has ? LEOPAY_VALUE_NUMBER : LEOPAY_VALUE_ABSENT,
                                 .number = has ? number : 0};
}

static struct leopay_value money_value(const char *name, int64_t kopecks)
{
    return (struct leopay_value){.name = name, .kind = LEOPAY_VALUE_MONEY, .number = kopecks};
}

static struct leopay_value time_value(const char *name, int64_t time_us)
{
    return (struct leopay_value){
        .name = name, .kind = time_us ? LEOPAY_VALUE_TIME : LEOPAY_VALUE_ABSENT, .number = time_us};
}

static struct leopay_value status_value(const char *name, enum leopay_status_code status)
{
    return (struct leopay_value){.name = name,
                                 .kind = LEOPAY_VALUE_STATUS,
                                 .text = leopay_status_name(status),
                                 .number = status};
}

/* It is given back with the type it came with. */
static struct leopay_value userid_value(const char *name, const struct leopay_transaction *t)
{
    int64_t number;

    if (t->billing_userid_is_number &&
        lp_parse_int64(t->billing_userid, strlen(t->billing_userid), &number))
        return number_value(name, true, number);
    return text_value(name, t->billing_userid);
}

void leopay_transaction_values(const struct leopay_transaction *t,
                               struct leopay_value ret_values[LEOPAY_VALUES])
{
    const struct leopay_value values[LEOPAY_VALUES] = {
        number_value("id", true, t->id),
        time_value("created_at", t->created_at_us),
        time_value("paid_at", t->paid_at_us),
        time_value("notified_at", t->notified_at_us),
        status_value("status", t->status),
        text_value("reason", t->reason),
        number_value("bank_status", t->has_bank_status, t->bank_status),
        text_value("billing", t->billing),
        text_value("counteragent", t->counteragent),
        userid_value("billing_userid", t),
        number_value("service_id", t->has_service_id, t->service_id),
        money_value("amount", t->amount),
        money_value("commission", t->commission),
        money_value("net_amount", t->net_amount),
        text_value("currency", t->currency),
        text_value("order_id", t->order_id),
        text_value("payer_ip", t->payer_ip),
        text_value("card", t->card),
        text_value("cardholder", t->cardholder),
        text_value("card_expiry", t->card_expiry),
        number_value("attempts", true, t->attempts),
        text_value("last_error", t->last_error),
        text_value("final_url", t->final_url),
    };

    memcpy(ret_values, values, sizeof(values));
}
