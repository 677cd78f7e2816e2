/* SPDX-License-Identifier: MIT */
/*
 * Reads the answer to a registration.  Only a clear yes or a clear no counts; everything else
 * leaves the order in doubt, because the bank may have it.
 */
#include "wire/bank_inside.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/parse.h"

/* The two numbers of an error that leave it open whether the order exists. */
enum { ERROR_DUPLICATE_NUMBER = 1, ERROR_SYSTEM = 7 };

static bool is_page(const char *url)
{
    size_t scheme = !strncasecmp(url, "https://", 8) ? 8 : !strncasecmp(url, "http://", 7) ? 7 : 0;

    return scheme && url[scheme] && !strchr("/?#:", url[scheme]) && !strchr(url, ' ');
}

/* Copies a text that must be taken as it is or not at all. */
static bool take_whole(const json_t *value, char *ret_text, size_t size)
{
    size_t len = json_string_length(value);

    if (!json_is_string(value) || !len || len >= size ||
        memchr(json_string_value(value), '\0', len) ||
        lp_has_control(json_string_value(value), len))
        return false;
    memcpy(ret_text, json_string_value(value), len + 1);
    return true;
}

static void take_page(json_t *root, struct lp_register_reply *reply)
{
    char order_id[sizeof(reply->order_id)], form_url[sizeof(reply->form_url)];

    if (!take_whole(lp_json_get(root, "orderId"), order_id, sizeof(order_id)) ||
        !take_whole(lp_json_get(root, "formUrl"), form_url, sizeof(form_url)) ||
        !is_page(form_url)) {
        lp_copy_text(reply->message, sizeof(reply->message), "no usable orderId and formUrl");
        return;
    }
    reply->outcome = LP_REGISTER_OK;
    memcpy(reply->order_id, order_id, sizeof(order_id));
    memcpy(reply->form_url, form_url, sizeof(form_url));
}

static void read_answer(json_t *root, struct lp_register_reply *reply)
{
    json_t *error = lp_json_get(root, "errorCode");
    int64_t code = 0;

    lp_json_copy_text(lp_json_get(root, "errorMessage"), reply->message, sizeof(reply->message));
    lp_bank_mask_text(reply->message);
    if (error && (!lp_json_int64(error, &code) || code < INT_MIN || code > INT_MAX)) {
        lp_copy_text(reply->message, sizeof(reply->message), "errorCode is not a number");
        return;
    }
    reply->error_code = (int)code;
    if (!code)
        take_page(root, reply);
    else if (code != ERROR_DUPLICATE_NUMBER && code != ERROR_SYSTEM)
        reply->outcome = LP_REGISTER_REFUSED;
}

void lp_bank_read_register(int http_status, const char *bytes, size_t len,
                           struct lp_register_reply *ret_reply)
{
    struct lp_register_reply reply = {.outcome = LP_REGISTER_IN_DOUBT};

    if (lp_bank_is_answer(http_status)) {
        json_t *root lp_auto_json =
            json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

        if (json_is_object(root))
            read_answer(root, &reply);
        else
            lp_copy_text(reply.message, sizeof(reply.message), "the answer is not a JSON object");
    } else {
        snprintf(reply.message, sizeof(reply.message), "HTTP status %d", http_status);
    }
    *ret_reply = reply;
}
