/* SPDX-License-Identifier: MIT */
/*
 * The bank's answers, each input as one to a registration, to a status question and to the call for
 * a list.  Texts end up in rows, pages and logs: they must be clean.
 */
#include "wire/bank.h"

#include "base/parse.h"
#include "fuzz.h"

static void claim_clean(const char *text, size_t room)
{
    size_t len = strnlen(text, room);

    CLAIM(len < room);
    CLAIM(lp_utf8_valid(text, len));
    CLAIM(!lp_has_control(text, len));
}

static void claim_masked(const char *card)
{
    int digits = 0;

    for (; *card; card++)
        digits += *card >= '0' && *card <= '9';
    CLAIM(digits <= 10);
}

static void read_register(const char *bytes, size_t size)
{
    struct lp_register_reply reply;

    lp_bank_read_register(200, bytes, size, &reply);
    claim_clean(reply.order_id, sizeof(reply.order_id));
    claim_clean(reply.form_url, sizeof(reply.form_url));
    claim_clean(reply.message, sizeof(reply.message));
    CLAIM((reply.outcome == LP_REGISTER_OK) == (*reply.form_url != '\0'));
    CLAIM((reply.outcome == LP_REGISTER_OK) == (*reply.order_id != '\0'));
    CLAIM(reply.outcome != LP_REGISTER_REFUSED || reply.error_code);
    lp_bank_read_register(500, bytes, size, &reply);
    CLAIM(reply.outcome == LP_REGISTER_IN_DOUBT);
}

static void claim_facts(const struct lp_bank_facts *facts)
{
    claim_clean(facts->order_number, sizeof(facts->order_number));
    claim_clean(facts->order_id, sizeof(facts->order_id));
    claim_clean(facts->other_order_id, sizeof(facts->other_order_id));
    CLAIM(!*facts->other_order_id || *facts->order_id);
    CLAIM(!*facts->other_order_id || strcmp(facts->order_id, facts->other_order_id));
    claim_clean(facts->ip, sizeof(facts->ip));
    claim_clean(facts->card, sizeof(facts->card));
    claim_masked(facts->card);
    claim_clean(facts->cardholder, sizeof(facts->cardholder));
    claim_clean(facts->card_expiry, sizeof(facts->card_expiry));
    claim_clean(facts->message, sizeof(facts->message));
    CLAIM(facts->bonus >= 0);
    CLAIM(facts->date_ms >= 0 && facts->deposited_ms >= 0 && facts->auth_ms >= 0 &&
          facts->operation_ms >= 0);
}

static void read_status(const char *bytes, size_t size)
{
    struct lp_bank_facts facts;

    if (lp_bank_read_status(200, bytes, size, &facts))
        claim_facts(&facts);
}

static void read_list(const char *bytes, size_t size)
{
    struct lp_bank_list list;

    if (lp_bank_read_list(200, bytes, size, &list))
        return;
    CLAIM(list.count <= LP_BANK_LIST_MAX && list.total >= 0);
    for (size_t i = 0; i < list.count; i++) {
        claim_facts(&list.orders[i]);
        CLAIM(!list.orders[i].error_code && list.orders[i].has_status);
        CLAIM(*list.orders[i].order_number);
    }
    lp_bank_list_done(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = exact_copy(data, size);

    read_register(bytes, size);
    read_status(bytes, size);
    read_list(bytes, size);
    free(bytes);
    return 0;
}
