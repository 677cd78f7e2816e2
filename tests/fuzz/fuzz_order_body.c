/* SPDX-License-Identifier: MIT */
/*
 * The first line is the Content-Type, the rest the body.  Whatever is taken must pass the rules for
 * orders that were not read from a body; whatever is refused must say where.
 */
#include <leopay/transaction.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct leopay_field_errors errors = {.count = 0}, again;
    struct leopay_order_body *parsed = NULL;
    char type[512];

    take_line(&data, &size, type, sizeof(type));

    char *body = exact_copy(data, size);
    int r = leopay_order_parse(type, body, size, &parsed, &errors);

    free(body);
    CLAIM(!r || r == LEOPAY_EVALIDATION || r == LEOPAY_EINVAL);
    CLAIM((r == LEOPAY_EVALIDATION) == (errors.count > 0));
    CLAIM(r || parsed);
    if (parsed && r) /* refused, but it says whose order it was to be */
        CLAIM(r == LEOPAY_EVALIDATION && leopay_order_get(parsed)->billing);
    if (!r)
        CLAIM(!leopay_order_validate(leopay_order_get(parsed), &again));
    leopay_order_free(parsed);
    return 0;
}
