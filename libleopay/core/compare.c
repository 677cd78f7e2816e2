/* SPDX-License-Identifier: MIT */
/*
 * What differs between our row and the bank's answer.  First whether both speak of one order, then
 * what it costs, and only then where it stands.
 */
#include "core/compare.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SUM_UNIT INT64_C(1000000000000000)

/* Where an order stands, told apart by money only. */
enum stand {
    STAND_OPEN,     /* no word about money yet */
    STAND_MONEY,    /* it came */
    STAND_REVERSED, /* it came and was taken back, or was only held */
    STAND_REFUNDED, /* it came, and went back as a whole */
    STAND_PART,     /* it came, and went back in part, or nobody says how much */
    STAND_NOTHING,  /* it will not come */
};

static bool is_other(const struct lp_ours *ours, const struct lp_bank_facts *theirs)
{
    return (*theirs->order_number && strcmp(theirs->order_number, ours->order_number)) ||
           (*theirs->order_id && *ours->order_id && strcmp(theirs->order_id, ours->order_id)) ||
           *theirs->other_order_id; /* one of the two is another order's */
}

/* What came in: the deposit and the bonus points that stand for the rest of the amount. */
static int64_t came_in(const struct lp_bank_facts *theirs)
{
    int64_t missing = theirs->amount - theirs->deposited;

    if (!theirs->has_deposited)
        return theirs->has_amount && theirs->amount > 0 ? theirs->amount : 0;
    if (theirs->deposited < 0)
        return 0;
    if (!theirs->has_amount || missing <= 0)
        return theirs->deposited;
    return theirs->deposited + (missing < theirs->bonus ? missing : theirs->bonus);
}

static enum stand stand_of(const struct lp_bank_facts *theirs)
{
    int64_t deposited = theirs->has_deposited ? theirs->deposited : theirs->amount;

    switch (theirs->status) {
    case 2:
        return theirs->has_refunded && theirs->refunded > 0 ? STAND_PART : STAND_MONEY;
    case 3:
        return STAND_REVERSED;
    case 4:
        return theirs->has_refunded && deposited > 0 && theirs->refunded >= deposited
                   ? STAND_REFUNDED
                   : STAND_PART;
    case 6:
        return STAND_NOTHING;
    default:
        return STAND_OPEN;
    }
}

static const unsigned when_paid[] = {
    [STAND_OPEN] = LP_FINDING(LEOPAY_FINDING_NOT_PAID_AT_BANK),
    [STAND_MONEY] = 0,
    [STAND_REVERSED] = LP_FINDING(LEOPAY_FINDING_REVERSED),
    [STAND_REFUNDED] = LP_FINDING(LEOPAY_FINDING_REFUNDED),
    [STAND_PART] = LP_FINDING(LEOPAY_FINDING_PART_REFUNDED),
    [STAND_NOTHING] = LP_FINDING(LEOPAY_FINDING_NOT_PAID_AT_BANK),
};

static const unsigned when_open[] = {
    [STAND_OPEN] = 0,
    [STAND_MONEY] = LP_FINDING(LEOPAY_FINDING_PAID_AT_BANK),
    [STAND_REVERSED] = LP_FINDING(LEOPAY_FINDING_STATUS),
    [STAND_REFUNDED] = LP_FINDING(LEOPAY_FINDING_STATUS),
    [STAND_PART] =
        LP_FINDING(LEOPAY_FINDING_PAID_AT_BANK) | LP_FINDING(LEOPAY_FINDING_PART_REFUNDED),
    [STAND_NOTHING] = LP_FINDING(LEOPAY_FINDING_STATUS),
};

static const unsigned when_failed[] = {
    [STAND_OPEN] = LP_FINDING(LEOPAY_FINDING_STATUS),
    [STAND_MONEY] = LP_FINDING(LEOPAY_FINDING_PAID_AT_BANK),
    [STAND_REVERSED] = 0,
    [STAND_REFUNDED] = 0,
    [STAND_PART] =
        LP_FINDING(LEOPAY_FINDING_PAID_AT_BANK) | LP_FINDING(LEOPAY_FINDING_PART_REFUNDED),
    [STAND_NOTHING] = 0,
};

static unsigned compare_stands(enum leopay_status_code ours, enum stand theirs)
{
    if (ours == LEOPAY_STATUS_PAID || ours == LEOPAY_STATUS_NOTIFIED)
        return when_paid[theirs];
    if (ours == LEOPAY_STATUS_FAILED)
        return when_failed[theirs];
    /* The bank has an order of which we have not heard the answer yet. */
    if (ours == LEOPAY_STATUS_NEW && theirs == STAND_OPEN)
        return LP_FINDING(LEOPAY_FINDING_STATUS);
    return when_open[theirs];
}

/* The bank's order of this number was not taken for ours: an older system's, most often.  But money
 * of our very sum may be ours all the same, where a clock was wrong: that is for a person. */
static bool may_be_ours(unsigned findings)
{
    return findings & LP_FINDING(LEOPAY_FINDING_PAID_AT_BANK) &&
           !(findings & (LP_FINDING(LEOPAY_FINDING_AMOUNT) | LP_FINDING(LEOPAY_FINDING_CURRENCY)));
}

void lp_compare(const struct lp_ours *ours, const struct lp_bank_facts *theirs,
                struct lp_comparison *ret_comparison)
{
    struct lp_comparison result = {0};

    assert(ours && theirs && ret_comparison);
    assert(!theirs->error_code && theirs->has_status);

    *ret_comparison = result;
    if (is_other(ours, theirs)) {
        ret_comparison->findings = ours->number_in_use ? 0 : LP_FINDING(LEOPAY_FINDING_IDENTITY);
        return;
    }

    enum stand stand = stand_of(theirs);
    result.paid = stand == STAND_MONEY || stand == STAND_REFUNDED || stand == STAND_PART;
    result.paid_amount = result.paid ? came_in(theirs) : 0;
    result.refunded =
        result.paid && theirs->has_refunded && theirs->refunded > 0 ? theirs->refunded : 0;
    result.findings = compare_stands(ours->status, stand);
    if (theirs->has_amount && theirs->amount != ours->amount)
        result.findings |= LP_FINDING(LEOPAY_FINDING_AMOUNT);
    if (theirs->currency && !lp_is_currency(theirs->currency, ours->currency))
        result.findings |= LP_FINDING(LEOPAY_FINDING_CURRENCY);
    if (result.paid && theirs->has_deposited && result.paid_amount != ours->amount)
        result.findings |= LP_FINDING(LEOPAY_FINDING_DEPOSIT);
    if (!ours->number_in_use || may_be_ours(result.findings))
        *ret_comparison = result;
}

unsigned lp_compare_absent(const struct lp_ours *ours)
{
    bool known = *ours->order_id || ours->status == LEOPAY_STATUS_REGISTERED ||
                 ours->status == LEOPAY_STATUS_PAID || ours->status == LEOPAY_STATUS_NOTIFIED;

    return known ? LP_FINDING(LEOPAY_FINDING_MISSING_AT_BANK) : 0;
}

void lp_sum_add(struct lp_sum *sum, int64_t amount)
{
    assert(amount >= 0);

    sum->low += amount % SUM_UNIT;
    sum->high += amount / SUM_UNIT + sum->low / SUM_UNIT;
    sum->low %= SUM_UNIT;
}

void lp_sum_text(const struct lp_sum *sum, char *ret_text, size_t size)
{
    if (sum->high)
        snprintf(ret_text, size, "%" PRId64 "%015" PRId64, sum->high, sum->low);
    else
        snprintf(ret_text, size, "%" PRId64, sum->low);
}

/* ---- Words -------------------------------------------------------------- */

static const char *const names[LEOPAY_FINDING_END] = {
    [LEOPAY_FINDING_UNANSWERED] = "unanswered",
    [LEOPAY_FINDING_MISSING_AT_BANK] = "missing_at_bank",
    [LEOPAY_FINDING_MISSING_HERE] = "missing_here",
    [LEOPAY_FINDING_IDENTITY] = "identity",
    [LEOPAY_FINDING_AMOUNT] = "amount",
    [LEOPAY_FINDING_CURRENCY] = "currency",
    [LEOPAY_FINDING_DEPOSIT] = "deposit",
    [LEOPAY_FINDING_PAID_AT_BANK] = "paid_at_bank",
    [LEOPAY_FINDING_NOT_PAID_AT_BANK] = "not_paid_at_bank",
    [LEOPAY_FINDING_REVERSED] = "reversed",
    [LEOPAY_FINDING_REFUNDED] = "refunded",
    [LEOPAY_FINDING_PART_REFUNDED] = "part_refunded",
    [LEOPAY_FINDING_STATUS] = "status",
};

const char *leopay_finding_name(enum leopay_finding_kind kind)
{
    return kind > 0 && kind < LEOPAY_FINDING_END ? names[kind] : NULL;
}

enum leopay_finding_kind leopay_finding_parse(const char *name)
{
    for (int kind = LEOPAY_FINDING_UNANSWERED; name && kind < LEOPAY_FINDING_END; kind++)
        if (!strcmp(names[kind], name))
            return (enum leopay_finding_kind)kind;
    return (enum leopay_finding_kind)0;
}
