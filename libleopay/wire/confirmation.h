/* SPDX-License-Identifier: MIT */
/* The text that is signed and the body that is sent to a billing, byte for byte. */
#ifndef LP_WIRE_CONFIRMATION_H
#define LP_WIRE_CONFIRMATION_H

#include <stdbool.h>
#include <stdint.h>

#include <leopay/directory.h>

#include "base/buf.h"

struct lp_confirmation {
    int64_t id;
    const char *account_id; /* UTF-8 */
    bool account_id_is_number;
    int64_t net_amount;
    int64_t paid_at_us;
    enum leopay_wire wire;
};

/* account_id|amount|id|payment_date */
void lp_confirmation_text(const struct lp_confirmation *confirmation, struct lp_buf *ret_text);
void lp_confirmation_body(const struct lp_confirmation *confirmation, const char *signature,
                          struct lp_buf *ret_body);

#endif
