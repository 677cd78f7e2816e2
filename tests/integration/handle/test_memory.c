/* SPDX-License-Identifier: MIT */
/* Memory that runs out at every place of a handle's life: opened, used, closed. */
#include "integration/handle/fixture.h"
#include "support/failing_allocator.h"

/* A place that fails may cost the operation its answer: then closing ends it. */
#define ENOUGH_MS 400

static int registered, turned_away;

/* Memory was out, and the caller hears so, or hears what became of it. */
static bool is_clean(int code)
{
    return code == 0 || code == LEOPAY_ENOMEM || code == LEOPAY_EUNAVAILABLE ||
           code == LEOPAY_EUNCERTAIN || code == LEOPAY_EUNREACHABLE || code == LEOPAY_EBANKREPLY ||
           code == LEOPAY_ECLOSED;
}

static void live(void *unused)
{
    const struct leopay_options options = {.size = sizeof(options), .settings = settings};
    struct outcome outcome = {0};
    struct leopay_error err = {0};
    struct leopay *lp = NULL;
    leopay_op op = 0;

    (void)unused;
    int code = leopay_open(&options, &lp, &err);
    if (code) {
        CU_ASSERT_TRUE(failing_allocator_hit());
        LP_ASSERT_INT(code, LEOPAY_ENOMEM);
        LP_ASSERT_INT(err.code, LEOPAY_ENOMEM);
        CU_ASSERT_PTR_NULL(lp);
        return;
    }
    code = leopay_transaction_register(lp, &an_order, on_registered, &outcome, &op, &err);
    if (code) {
        LP_ASSERT_INT(code, LEOPAY_ENOMEM);
        turned_away++;
    } else {
        (void)leopay_wait(lp, op, ENOUGH_MS);
    }
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
    LP_ASSERT_INT(outcome.calls, code == 0);
    if (code == 0) {
        LP_ASSERT_INT(outcome.err_code, outcome.code);
        CU_ASSERT_TRUE(is_clean(outcome.code));
        CU_ASSERT_TRUE(failing_allocator_hit() || outcome.code == 0);
        registered += outcome.code == 0;
    }
}

static void every_allocation_may_fail(void)
{
    bank_behave(BANK_ANSWERS);
    CU_ASSERT_TRUE(failing_allocator_run(live, NULL) > 50);
    CU_ASSERT_TRUE(registered > 0);
    CU_ASSERT_TRUE(turned_away > 0);
    /* Whoever was told of a page has an order that says so. */
    CU_ASSERT_TRUE(sql("SELECT count(*) FROM leopay.transactions WHERE status = 'registered'") >=
                   registered);
}

HANDLE_TEST_MAIN("handle/memory", LP_TEST(every_allocation_may_fail))
