/* SPDX-License-Identifier: MIT */
/* The first line is the query, the second the Content-Type, the rest the body of the bank's
 * callback. */
#include "wire/callback.h"

#include <leopay/error.h>

#include "base/parse.h"
#include "fuzz.h"

static void claim_clean(const char *text, size_t room)
{
    size_t len = strnlen(text, room);

    CLAIM(len < room);
    CLAIM(lp_utf8_valid(text, len));
    CLAIM(!lp_has_control(text, len));
}

static void read_callback(const struct lp_form *form)
{
    struct lp_bank_callback callback;
    int r = lp_callback_read(form, &callback);

    CLAIM(!r || r == LEOPAY_EVALIDATION);
    if (!r) {
        CLAIM(*callback.order_id || *callback.order_number);
        claim_clean(callback.order_id, sizeof(callback.order_id));
        claim_clean(callback.order_number, sizeof(callback.order_number));
        claim_clean(callback.operation, sizeof(callback.operation));
        claim_clean(callback.status, sizeof(callback.status));
    }
    /* Nobody finds a right checksum by chance. */
    CLAIM(!lp_callback_verify(form, "a key that no input knows"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char query[1024], type[256];
    struct lp_form form;

    take_line(&data, &size, query, sizeof(query));
    take_line(&data, &size, type, sizeof(type));

    char *body = exact_copy(data, size);

    lp_form_init(&form);
    int r = lp_callback_collect(&form, query, type, body, size);
    free(body);
    CLAIM(!r || r == LEOPAY_EVALIDATION);
    if (!r)
        read_callback(&form);
    lp_form_done(&form);
    return 0;
}
