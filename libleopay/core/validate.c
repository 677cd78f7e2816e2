/* SPDX-License-Identifier: MIT */
/* The rules of an order's fields, but for final_url, which url.c has.  Pure. */
#include "core/validate.h"

#include <assert.h>
#include <string.h>

#include <leopay/money.h>

#include "base/parse.h"

#define BILLING_MAX 250 /* characters */

/* Every field that an error may name, in the order in which errors are reported. */
static const char *const field_names[] = {
    "",           "amount",      "billing",         "final_url", "billing_userid",
    "service_id", "description", "idempotency_key",
};

#define FIELD_COUNT (sizeof(field_names) / sizeof(*field_names))
_Static_assert(FIELD_COUNT <= LEOPAY_FIELD_ERRORS_MAX, "each field must have room for its error");

static size_t field_position(const char *field)
{
    size_t position = 0;

    while (strcmp(field_names[position], field)) {
        position++;
        assert(position < FIELD_COUNT);
    }
    return position;
}

/* What all texts have in common: UTF-8, no control characters, at most `max` characters. */
static int validate_text(const char *text, size_t max)
{
    size_t len = strlen(text);

    if (!lp_utf8_valid(text, len) || lp_has_control(text, len))
        return LEOPAY_FIELD_CHARACTERS;
    return lp_utf8_length(text, len) > max ? LEOPAY_FIELD_TOO_LONG : 0;
}

static int validate_required_text(const char *text, size_t max)
{
    if (!text)
        return LEOPAY_FIELD_REQUIRED;
    return *text ? validate_text(text, max) : LEOPAY_FIELD_EMPTY;
}

int lp_validate_amount(int64_t amount)
{
    return amount < LEOPAY_AMOUNT_MIN || amount > LEOPAY_AMOUNT_MAX ? LEOPAY_FIELD_RANGE : 0;
}

int lp_validate_billing(const char *billing)
{
    return validate_required_text(billing, BILLING_MAX);
}

int lp_validate_userid(const char *userid)
{
    int fault = validate_required_text(userid, LEOPAY_USERID_MAX);

    /* The signed text puts a '|' between values: one inside would let two confirmations share a
     * signature. */
    if (!fault && strchr(userid, '|'))
        return LEOPAY_FIELD_CHARACTERS;
    return fault;
}

int lp_validate_description(const char *description)
{
    size_t len = description ? strlen(description) : 0;

    /* Line breaks and the like are no fault: what the bank's page cannot show is replaced on its
     * way there. */
    if (!lp_utf8_valid(description ? description : "", len))
        return LEOPAY_FIELD_CHARACTERS;
    return lp_utf8_length(description ? description : "", len) > LEOPAY_DESCRIPTION_MAX
               ? LEOPAY_FIELD_TOO_LONG
               : 0;
}

int lp_validate_service_id(int64_t service_id)
{
    return service_id < 0 || service_id > INT32_MAX ? LEOPAY_FIELD_RANGE : 0;
}

bool lp_idempotency_key_valid(const char *key)
{
    size_t len = 0;

    for (; key[len]; len++)
        if (len >= LEOPAY_KEY_MAX || key[len] < '!' || key[len] > '~')
            return false;
    return len > 0;
}

void lp_field_error_add(struct leopay_field_errors *errors, const char *field, int fault)
{
    size_t position = field_position(field), at = 0;

    assert(fault > 0);
    while (at < errors->count && field_position(errors->items[at].field) < position)
        at++;
    if (at < errors->count && !strcmp(errors->items[at].field, field))
        return;
    assert(errors->count < LEOPAY_FIELD_ERRORS_MAX);
    memmove(&errors->items[at + 1], &errors->items[at],
            (errors->count - at) * sizeof(*errors->items));
    errors->items[at].field = field_names[position];
    errors->items[at].fault = (enum leopay_field_fault)fault;
    errors->count++;
}
