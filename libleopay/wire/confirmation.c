/* SPDX-License-Identifier: MIT */
/*
 * Writes the confirmation: the text that is signed and the body that is sent.  Billings compare
 * bytes, so spaces, order and escapes here are the product's public face.
 */
#include "wire/confirmation.h"

#include <inttypes.h>

#include "base/parse.h"
#include "wire/json.h"

static const char *fraction(const struct lp_confirmation *confirmation)
{
    return confirmation->wire == LEOPAY_WIRE_OLDER ? ".0" : "";
}

void lp_confirmation_text(const struct lp_confirmation *confirmation, struct lp_buf *ret_text)
{
    char date[LP_TIME_SIZE];

    lp_time_format(confirmation->paid_at_us, date);
    lp_buf_puts(ret_text, confirmation->account_id);
    lp_buf_printf(ret_text, "|%" PRId64 "%s|%" PRId64 "|%s", confirmation->net_amount,
                  fraction(confirmation), confirmation->id, date);
}

void lp_confirmation_body(const struct lp_confirmation *confirmation, const char *signature,
                          struct lp_buf *ret_body)
{
    char date[LP_TIME_SIZE];

    lp_time_format(confirmation->paid_at_us, date);
    lp_buf_printf(ret_body, "{\"id\": %" PRId64 ", \"account_id\": ", confirmation->id);
    if (confirmation->account_id_is_number && confirmation->wire != LEOPAY_WIRE_OLDER)
        lp_buf_puts(ret_body, confirmation->account_id);
    else
        lp_json_write_text(ret_body, confirmation->account_id);
    lp_buf_printf(ret_body,
                  ", \"amount\": %" PRId64 "%s, \"payment_date\": \"%s\", \"signature\": ",
                  confirmation->net_amount, fraction(confirmation), date);
    lp_json_write_text(ret_body, signature);
    lp_buf_putc(ret_body, '}');
}
