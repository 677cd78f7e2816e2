/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out at every place of the background work: the payer's return, the question to
 * the bank, the signature, the confirmation; ours, libcurl's, OpenSSL's and jansson's.  Nothing may
 * be lost by it, no second order made, no confirmation changed; and the handle must go on.
 */
#include "integration/handle/fixture.h"
#include "support/failing_libraries.h"

#define ID_MAX 8192

/* How long a walk may hang by what failed; what is left of it is done at the end: put_off(). */
#define ENOUGH_MS 30

/* ---- The billing -------------------------------------------------------- */

static struct {
    char *first[ID_MAX]; /* what it was told first of each payment */
    int told, differing;
} billing;

static void listen_to(const char *body)
{
    long id = strtol(body + strcspn(body, "0123456789"), NULL, 10);

    if (id <= 0 || id >= ID_MAX)
        abort();
    billing.told++;
    if (!billing.first[id])
        billing.first[id] = strdup(body);
    billing.differing += strcmp(billing.first[id], body) != 0;
}

static bool is_told(int64_t id)
{
    pthread_mutex_lock(&bank.mutex);
    bool told = billing.first[id] != NULL;
    pthread_mutex_unlock(&bank.mutex);
    return told;
}

/* ---- The walk ----------------------------------------------------------- */

static const struct leopay_order order = {
    .amount = 100,
    .billing = "told",
    .final_url = "http://shop.example/",
    .billing_userid = "42",
};

static int walked, begun;

static struct leopay *open_with_jobs(void)
{
    const struct leopay_options options = {
        .size = sizeof(options), .settings = settings, .jobs = true};
    struct leopay *lp = NULL;

    CU_ASSERT_EQUAL_FATAL(leopay_open(&options, &lp, NULL), 0);
    return lp;
}

static int64_t register_order(struct leopay *lp, char ret_order_id[64])
{
    static struct leopay_registration registration;
    struct leopay_transaction *transaction = NULL;

    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &order, &registration, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(leopay_transaction_get_sync(lp, registration.id, &transaction, NULL), 0);
    snprintf(ret_order_id, 64, "%s", transaction->order_id);
    leopay_transaction_free(transaction);
    return registration.id;
}

/* Until the payment is told and recorded, or something has failed and enough time has passed. */
static void go_on(struct leopay *lp, int64_t id)
{
    struct leopay_status status = {.jobs = 1};
    int64_t start_ms = now_ms();

    while (!is_told(id) || status.jobs) {
        int64_t passed_ms = now_ms() - start_ms;
        CU_ASSERT_FATAL(passed_ms < PATIENCE_MS);
        if (failing_allocator_hit() && passed_ms > ENOUGH_MS)
            return;
        if (is_readable(lp, 5))
            CU_ASSERT_EQUAL(leopay_process(lp, 64), 0);
        leopay_status(lp, &status);
    }
    walked++;
}

/* The same handle, which had no memory a moment ago. */
static void walk_well(struct leopay *lp)
{
    struct leopay_status status;
    char order_id[64], url[LEOPAY_URL_MAX + 1];
    int64_t id = register_order(lp, order_id), returned = 0;

    LP_ASSERT_INT(leopay_transaction_return_sync(lp, NULL, order_id, &returned, url, NULL), 0);
    TURN_UNTIL(lp, (leopay_status(lp, &status), is_told(id) && !status.jobs));
}

/* What hangs keeps its place at the billing until its lease is old, and stands in others' way. */
static void put_off(void)
{
    sql("WITH late AS (UPDATE leopay.jobs SET leased_until = now(), due_at = now() + interval '1 h'"
        " WHERE lease IS NOT NULL RETURNING 1) SELECT count(*) FROM late");
}

static void walk(void *unused)
{
    struct outcome outcome = {0};
    struct leopay_error err = {0};
    char order_id[64];

    (void)unused;
    failing_allocator_rest(true);
    struct leopay *lp = open_with_jobs();
    settle(lp);
    int64_t id = register_order(lp, order_id);

    failing_allocator_rest(false);
    int code = leopay_transaction_return(lp, NULL, order_id, on_returned, &outcome, NULL, &err);
    go_on(lp, id);
    failing_allocator_rest(true);

    begun += !code;
    LP_ASSERT_INT(code, code ? LEOPAY_ENOMEM : 0);
    LP_ASSERT_INT(err.code, code);
    walk_well(lp);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
    LP_ASSERT_INT(outcome.calls, !code);
    put_off();
}

/* What became of all of them: each was told, in the same words each time, and ordered once. */
static void settle_all(void)
{
    sql("UPDATE leopay.jobs SET due_at = now() RETURNING 1");
    struct leopay *lp = open_with_jobs();

    TURN_UNTIL(lp, sql("SELECT count(*) FROM leopay.transactions WHERE status <> 'notified'") == 0);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
    long count = sql("SELECT count(*) FROM leopay.transactions");
    CU_ASSERT_TRUE(count < ID_MAX);
    LP_ASSERT_INT(bank.registrations, count);
    LP_ASSERT_INT(sql("SELECT count(*) FROM leopay.jobs"), 0);
    for (int64_t id = 1; id <= count; id++)
        CU_ASSERT_TRUE(is_told(id));
    LP_ASSERT_INT(billing.differing, 0);
}

static void every_allocation_may_fail(void)
{
    char text[256];

    snprintf(text, sizeof(text),
             "INSERT INTO leopay.billings (system_name, name, counteragent_id, url)"
             " SELECT 'told', 'told', id, 'http://127.0.0.1:%d" BILLING_PATH
             "' FROM leopay.counteragents RETURNING id",
             bank.port);
    CU_ASSERT_TRUE_FATAL(sql(text) > 0);
    size_t places = failing_allocator_run(walk, NULL);
    printf("%zu places, %d walks begun, %d to their end; ", places, begun, walked);
    CU_ASSERT_TRUE(places > 100);
    CU_ASSERT_TRUE(begun > 100 && walked > 0);
    settle_all();
    printf("told %d times\n", billing.told);
    for (int id = 0; id < ID_MAX; id++)
        free(billing.first[id]);
}

static bool make_key(void)
{
    struct leopay_key_info info;
    char path[128];

    snprintf(path, sizeof(path), "%s/keys", folder);
    if (leopay_key_pair_generate(path, 2048, &info, NULL))
        return false;
    snprintf(path, sizeof(path), "%s/keys/rsa_pay_priv.key", folder);
    set("LEOPAY_SIGNING_KEY", path);
    return true;
}

int main(void)
{
    static const struct unit_test tests[] = {LP_TEST(every_allocation_may_fail)};

    bank.paid = true;
    bank.told = listen_to;
    if (!failing_libraries_join())
        return 2;
    int result = set_up() && make_key() ? unit_run("handle/memory_jobs", tests, 1) : 2;
    return tear_down() ? result : 2;
}
