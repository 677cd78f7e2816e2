/* SPDX-License-Identifier: MIT */
/* Makes the JSON of history lines.  It holds no card data beyond what the facts hold, which are
 * masked. */
#include "wire/detail.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/mem.h"

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, json_string(text));
}

static void set_number(json_t *object, const char *key, long long number, bool has)
{
    if (has)
        json_object_set_new(object, key, json_integer(number));
}

/* Ends the object; a line of history without its detail is better than none. */
static char *finish(json_t *object)
{
    char *json = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    char *text = lp_strdup(json);

    free(json);
    json_decref(object);
    return text;
}

char *lp_detail_registration(int http_status, int error_code, const char *message,
                             const char *error)
{
    json_t *object = json_object();

    set_number(object, "http_status", http_status, http_status);
    set_number(object, "error_code", error_code, error_code);
    set_text(object, "message", message);
    set_text(object, "error", error);
    return finish(object);
}

char *lp_detail_status(const struct lp_bank_facts *facts, const char *note)
{
    json_t *object = json_object();

    set_number(object, "error_code", facts->error_code, facts->error_code);
    set_number(object, "order_status", facts->status, facts->has_status);
    set_number(object, "action_code", facts->action_code, facts->has_action_code);
    set_number(object, "amount", facts->amount, facts->has_amount);
    set_number(object, "currency", facts->currency, facts->currency);
    set_number(object, "deposited", facts->deposited, facts->has_deposited);
    set_number(object, "refunded", facts->refunded, facts->has_refunded);
    set_number(object, "bonus", facts->bonus, facts->bonus);
    set_text(object, "message", facts->message);
    set_text(object, "note", note);
    return finish(object);
}

char *lp_detail_no_answer(int http_status, const char *error)
{
    return lp_detail_registration(http_status, 0, NULL, error);
}

char *lp_detail_act(const char *reason, bool forced)
{
    json_t *object = json_object();

    set_text(object, "reason", reason);
    if (forced)
        json_object_set_new(object, "forced", json_true());
    return finish(object);
}
