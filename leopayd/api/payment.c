/* SPDX-License-Identifier: MIT */
/* A payment as the API's JSON: the library's fields, in its order, on one line. */
#include "api/payment.h"

#include <string.h>

#define FIELD_SIZE     64 /* a name, what stands around it, and a number or a time */
#define QUOTING_GROWTH 6  /* a byte may become \u00xx */

size_t payment_size(const struct leopay_transaction *payment)
{
    struct leopay_value values[LEOPAY_VALUES];
    size_t size = FIELD_SIZE;

    leopay_transaction_values(payment, values);
    for (size_t i = 0; i < LEOPAY_VALUES; i++) {
        size += FIELD_SIZE;
        size += values[i].text == NULL ? 0 : QUOTING_GROWTH * strlen(values[i].text);
    }
    return size;
}

static void write_value(struct text *out, const struct leopay_value *value)
{
    char time[LEOPAY_TIME_SIZE];

    switch (value->kind) {
    case LEOPAY_VALUE_ABSENT:
        text_add(out, "null");
        break;
    case LEOPAY_VALUE_TEXT:
    case LEOPAY_VALUE_STATUS:
        text_add_quoted(out, value->text, strlen(value->text));
        break;
    case LEOPAY_VALUE_NUMBER:
    case LEOPAY_VALUE_MONEY:
        text_printf(out, "%lld", (long long)value->number);
        break;
    case LEOPAY_VALUE_TIME:
        leopay_time_format(value->number, time);
        text_printf(out, "\"%s\"", time);
        break;
    }
}

void payment_write(struct text *out, const struct leopay_transaction *payment)
{
    struct leopay_value values[LEOPAY_VALUES];

    leopay_transaction_values(payment, values);
    for (size_t i = 0; i < LEOPAY_VALUES; i++) {
        text_printf(out, "%s\"%s\": ", i == 0 ? "{" : ", ", values[i].name);
        write_value(out, &values[i]);
    }
    text_add(out, "}");
}
