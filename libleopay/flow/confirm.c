/* SPDX-License-Identifier: MIT */
/*
 * What a billing will be told: signed beside the loop, and stored before the first byte of it
 * leaves.  From then on every repeat sends what was stored, whatever becomes of keys and settings.
 */
#include <stdio.h>

#include "base/mem.h"
#include "flow/delivery.h"

static void on_confirmed(struct lp_store_item *item, int code, const struct lp_row *row,
                         const struct leopay_error *err)
{
    struct lp_delivery *delivery = lp_container(item, struct lp_delivery, confirm.item);

    if (code)
        lp_delivery_give_up(delivery, code, err);
    else if (!row)
        lp_delivery_give_up(delivery, LEOPAY_EINPROGRESS,
                            NULL); /* the lease was lost, and with it the right to fix anything */
    else
        lp_delivery_send(delivery);
}

/* In the signing thread: touches only what the loop leaves alone meanwhile. */
static void run_signing(struct lp_work *work)
{
    struct lp_delivery *delivery = lp_container(work, struct lp_delivery, signing);
    struct lp_buf text;

    lp_buf_init(&text, LP_DELIVERY_TEXT_MAX);
    lp_confirmation_text(&delivery->confirmation, &text);
    delivery->sign_code = lp_buf_ok(&text) ? lp_sign(delivery->key, lp_buf_text(&text), text.len,
                                                     delivery->signature, NULL)
                                           : LEOPAY_ENOMEM;
    lp_buf_done(&text);
}

static void on_signed(struct lp_work *work)
{
    struct lp_delivery *delivery = lp_container(work, struct lp_delivery, signing);

    if (!delivery->sign_code) {
        lp_confirmation_body(&delivery->confirmation, delivery->signature, &delivery->body);
        delivery->sign_code = lp_buf_ok(&delivery->body) ? 0 : LEOPAY_ENOMEM;
    }
    if (delivery->sign_code) {
        lp_delivery_give_up(delivery, delivery->sign_code, NULL);
        return;
    }
    snprintf(delivery->key_id, sizeof(delivery->key_id), "%s", lp_signing_key_id(delivery->key));
    delivery->confirm.id = delivery->id;
    delivery->confirm.lease = delivery->lease.lease;
    delivery->confirm.body = lp_buf_text(&delivery->body);
    delivery->confirm.key_id = delivery->key_id;
    int code = lp_store_confirm_submit(delivery->lp->store, &delivery->confirm, on_confirmed);
    if (code)
        lp_delivery_give_up(delivery, code, NULL);
}

void lp_delivery_fix(struct lp_delivery *delivery)
{
    struct leopay *lp = delivery->lp;

    delivery->sign_code = LEOPAY_ECLOSED; /* should it never run */
    delivery->signing = (struct lp_work){.run = run_signing, .done = on_signed};
    if (!lp->key) {
        /* Not an attempt: nothing was sent.  It waits like one, until the key is there. */
        lp_log(&lp->log, LEOPAY_LOG_ERROR, "delivery.no_key", LP_LOG_NUMBER("id", delivery->id),
               LP_LOG_TEXT("error", lp->key_error.text));
        lp_delivery_record(delivery, -1);
        return;
    }
    delivery->key = lp_signing_key_ref(lp->key);
    int code = lp_offload_submit(lp->offload, &delivery->signing);
    if (code)
        lp_delivery_give_up(delivery, code, NULL);
}
