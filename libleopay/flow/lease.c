/* SPDX-License-Identifier: MIT */
/*
 * Leases that are held: renewed every few seconds for as long as the work goes on, so that a lease
 * can be short and the work of a killed process is soon taken up by another.  A lease that was lost
 * is noticed by whoever writes the result: the store refuses it.
 */
#include "flow/context.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/jobs.h"

/* Room for the numbers of any leases that one handle can hold. */
#define ARRAY_MAX (1u << 20)

struct renewal {
    struct lp_store_renew renew;
    struct leopay *lp;
};

static void on_renewed(struct lp_store_item *item, int code, const struct lp_row *row,
                       const struct leopay_error *err)
{
    struct renewal *renewal = lp_container(item, struct renewal, renew.item);

    (void)err;
    if (!code && !row)
        lp_count(renewal->lp, LP_COUNT_LEASES_LOST);
    lp_free(renewal);
}

static void renew(struct leopay *lp, struct lp_lease *lease)
{
    struct renewal *renewal = lp_calloc(1, sizeof(*renewal));

    if (!renewal)
        return;
    renewal->lp = lp;
    renewal->renew.id = lease->id;
    renewal->renew.lease = lease->lease;
    if (lp_store_renew_submit(lp->store, &renewal->renew, on_renewed))
        lp_free(renewal);
}

/* The list is in the order of the renewals: new leases and renewed ones go to its end. */
void lp_lease_timer(struct lp_timer *timer)
{
    struct leopay *lp = timer->data;
    int64_t now_ms = lp_loop_now_ms(lp->loop);

    lp_list_for(link, after, &lp->leases)
    {
        struct lp_lease *lease = lp_container(link, struct lp_lease, link);
        if (lease->renew_at_ms > now_ms)
            break;
        renew(lp, lease);
        lp_list_remove(link);
        lease->renew_at_ms = now_ms + LP_LEASE_RENEW_MS;
        lp_list_push(&lp->leases, link);
    }
    if (!lp_list_empty(&lp->leases))
        (void)lp_loop_timer_set(lp->loop, timer,
                                lp_container(lp->leases.next, struct lp_lease, link)->renew_at_ms);
}

void lp_lease_hold(struct leopay *lp, struct lp_lease *lease, int64_t id, int64_t number)
{
    lease->id = id;
    lease->lease = number;
    lease->renew_at_ms = lp_loop_now_ms(lp->loop) + LP_LEASE_RENEW_MS;
    lp_list_push(&lp->leases, &lease->link);
    if (!lp->lease_timer.position)
        (void)lp_loop_timer_set(lp->loop, &lp->lease_timer, lease->renew_at_ms);
}

void lp_lease_drop(struct lp_lease *lease)
{
    if (lease->lease)
        lp_list_remove(&lease->link);
    lease->lease = 0;
}

static void on_given_back(void *data, int code, const PGresult *result,
                          const struct leopay_error *err)
{
    /* Whether it was or not: nobody is there any more who would wait for it. */
    (void)data, (void)code, (void)result, (void)err;
}

/* The leases that are to be given back, as the statement takes them. */
struct returned {
    struct lp_buf ids, leases;
};

static void begin_return(struct returned *returned)
{
    lp_buf_init(&returned->ids, ARRAY_MAX);
    lp_buf_init(&returned->leases, ARRAY_MAX);
}

static void add_return(struct returned *returned, int64_t id, int64_t lease)
{
    char separator = returned->ids.len ? ',' : '{';

    lp_buf_printf(&returned->ids, "%c%lld", separator, (long long)id);
    lp_buf_printf(&returned->leases, "%c%lld", separator, (long long)lease);
}

static int send_return(struct leopay *lp, struct returned *returned, bool begun,
                       lp_store_call_cb cb, void *data)
{
    int code = LEOPAY_ENOMEM;

    lp_buf_putc(&returned->ids, '}');
    lp_buf_putc(&returned->leases, '}');
    if (lp_buf_ok(&returned->ids) && lp_buf_ok(&returned->leases))
        code = lp_store_give_back(lp->store, lp_buf_text(&returned->ids),
                                  lp_buf_text(&returned->leases), begun, cb, data);
    lp_buf_done(&returned->ids);
    lp_buf_done(&returned->leases);
    return code;
}

void lp_leases_give_back(struct leopay *lp)
{
    struct returned returned;

    if (lp_list_empty(&lp->leases))
        return;
    begin_return(&returned);
    lp_list_for(link, after, &lp->leases)
    {
        const struct lp_lease *lease = lp_container(link, struct lp_lease, link);
        add_return(&returned, lease->id, lease->lease);
    }
    (void)send_return(lp, &returned, true, on_given_back, lp);
}

int lp_claims_give_back(struct leopay *lp, const PGresult *claims, lp_store_call_cb cb, void *data)
{
    struct returned returned;

    begin_return(&returned);
    for (int row = 0; row < PQntuples(claims); row++) {
        struct lp_claim claim;
        lp_claim_read(&(struct lp_row){.result = claims, .row = row}, &claim);
        add_return(&returned, claim.id, claim.lease);
    }
    return send_return(lp, &returned, false, cb, data);
}
