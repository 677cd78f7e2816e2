/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out at every place of every call that needs a handle; ours, libcurl's, OpenSSL's
 * and jansson's.  The caller hears a code of which the header speaks, and the same call on the same
 * handle succeeds as soon as there is memory.
 */
#include "integration/handle/fixture.h"
#include "support/failing_libraries.h"

/* Memory is back after so long: what waits for it need not wait for its deadline. */
#define ENOUGH_MS 10

static struct outcome outcome;
static struct leopay_error error;
static leopay_op op;
static char token[LEOPAY_TOKEN_SIZE], order_id[64];
static int64_t payment, token_id;

/* ---- Callbacks: each only keeps its code -------------------------------- */

static void on_done(void *data, int code, const struct leopay_error *err)
{
    keep(data, code, err);
}

static void on_page(void *data, int code, const struct leopay_page *page,
                    const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || page->count > 0);
    keep(data, code, err);
}

static void on_totals(void *data, int code, const struct leopay_totals *totals,
                      const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || totals->found > 0);
    keep(data, code, err);
}

static void on_counteragent(void *data, int code, const struct leopay_counteragent *rows,
                            size_t count, const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || (count && rows->id > 0));
    keep(data, code, err);
}

static void on_billing(void *data, int code, const struct leopay_billing *rows, size_t count,
                       const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || (count && rows->id > 0));
    keep(data, code, err);
}

static void on_token_added(void *data, int code, const struct leopay_token *row, const char *text,
                           const struct leopay_error *err)
{
    if (!code) {
        token_id = row->id;
        snprintf(token, sizeof(token), "%s", text);
    }
    keep(data, code, err);
}

static void on_token(void *data, int code, const struct leopay_token *rows, size_t count,
                     const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || (count && rows->id > 0));
    keep(data, code, err);
}

static void on_reconciled(void *data, int code, const struct leopay_reconciliation *reconciliation,
                          const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || reconciliation->orders > 0);
    keep(data, code, err);
}

static void on_reconciliations(void *data, int code, const struct leopay_reconciliation *rows,
                               size_t count, const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || (count && rows->id > 0));
    keep(data, code, err);
}

static void on_findings(void *data, int code, const struct leopay_finding *rows, size_t count,
                        const struct leopay_error *err)
{
    (void)rows, (void)count;
    keep(data, code, err);
}

static void on_acts(void *data, int code, const struct leopay_act *rows, size_t count,
                    const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || (count && rows->id > 0));
    keep(data, code, err);
}

static void on_database(void *data, int code, const struct leopay_database_probe *probe,
                        const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || probe->roles);
    keep(data, code, err);
}

static void on_work(void *data, int code, const struct leopay_work_probe *probe,
                    const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || probe->billings > 0);
    keep(data, code, err);
}

static void on_bank(void *data, int code, const struct leopay_bank_probe *probe,
                    const struct leopay_error *err)
{
    CU_ASSERT_TRUE(code || probe->access);
    keep(data, code, err);
}

/* ---- The calls ---------------------------------------------------------- */

#define CALL(name, ...)                                                                            \
    static int name(struct leopay *lp)                                                             \
    {                                                                                              \
        return __VA_ARGS__;                                                                        \
    }
#define WHERE &outcome, &op, &error

static const struct leopay_filter everything;
static const char *const origins[] = {"https://shop.example"}, *const nets[] = {"127.0.0.0/8"};
static const struct leopay_billing_edit edit = {.name = "other",
                                                .allowed_origins = origins,
                                                .allowed_origin_count = 1,
                                                .allowed_nets = nets,
                                                .allowed_net_count = 1};
static const struct leopay_reconcile_options period = {
    .size = sizeof(period), .from_us = 1, .before_us = INT64_C(4000000000000000), .rate = 1000};

static int bank_calls_back(struct leopay *lp)
{
    char query[128];

    snprintf(query, sizeof(query), "mdOrder=%s&operation=deposited&status=1", order_id);
    return leopay_bank_callback(lp, query, "", "", 0, on_done, WHERE);
}

static int refuse(struct leopay *lp)
{
    struct leopay_field_errors errors = {.count = 1};

    errors.items[0].field = "amount";
    errors.items[0].fault = LEOPAY_FIELD_RANGE;
    return leopay_order_refuse(lp, &an_order, &errors, on_registered, WHERE);
}

/* A name of its own each time: what failed may have been stored all the same. */
static const char *new_name(void)
{
    static char name[32];
    static int number;

    snprintf(name, sizeof(name), "n%d", ++number);
    return name;
}

static int add_counteragent(struct leopay *lp)
{
    const struct leopay_counteragent agent = {.name = new_name(), .commission_hundredths = 250};

    return leopay_counteragent_add(lp, &agent, on_counteragent, WHERE);
}

static int add_billing(struct leopay *lp)
{
    struct leopay_billing_edit fields = edit;

    fields.counteragent_id = 1;
    fields.url = "http://127.0.0.1:9/";
    return leopay_billing_add(lp, new_name(), &fields, on_billing, WHERE);
}

CALL(get, leopay_transaction_get(lp, payment, on_transaction, WHERE))
CALL(list, leopay_transaction_list(lp, &everything, 20, on_page, WHERE))
CALL(total, leopay_transaction_totals(lp, &everything, on_totals, WHERE))
CALL(come_back, leopay_transaction_return(lp, NULL, order_id, on_returned, WHERE))
CALL(check, leopay_transaction_check(lp, payment, on_transaction, WHERE))
CALL(edit_counteragent, leopay_counteragent_edit(lp, 1, "agent", 100, on_counteragent, WHERE))
CALL(list_counteragents, leopay_counteragent_list(lp, 0, on_counteragent, WHERE))
CALL(change_billing, leopay_billing_change(lp, "demo", &edit, on_billing, WHERE))
CALL(list_billings, leopay_billing_list(lp, NULL, on_billing, WHERE))
CALL(add_token, leopay_token_add(lp, "reader", "demo", on_token_added, WHERE))
CALL(list_tokens, leopay_token_list(lp, on_token, WHERE))
CALL(check_token, leopay_token_check(lp, token, on_token, WHERE))
CALL(revoke_token, leopay_token_revoke(lp, token_id, on_token, WHERE))
CALL(reconcile, leopay_reconcile(lp, &period, on_reconciled, WHERE))
CALL(list_reconciliations, leopay_reconciliation_list(lp, 0, 10, on_reconciliations, WHERE))
CALL(list_findings, leopay_finding_list(lp, 1, 0, 10, on_findings, WHERE))
CALL(list_acts, leopay_act_list(lp, 0, 0, 0, 10, on_acts, WHERE))
CALL(probe_database, leopay_probe_database(lp, on_database, WHERE))
CALL(probe_work, leopay_probe_work(lp, on_work, WHERE))
CALL(probe_bank, leopay_probe_bank(lp, on_bank, WHERE))

/* In an order in which each finds what it needs. */
static const struct {
    const char *name;
    int (*submit)(struct leopay *lp);
    int code; /* with all the memory that there is */
} calls[] = {
    {"get", get, 0},
    {"list", list, 0},
    {"totals", total, 0},
    {"return", come_back, 0},
    {"callback", bank_calls_back, 0},
    {"check", check, 0},
    {"refuse", refuse, LEOPAY_EVALIDATION},
    {"counteragent add", add_counteragent, 0},
    {"counteragent edit", edit_counteragent, 0},
    {"counteragent list", list_counteragents, 0},
    {"billing add", add_billing, 0},
    {"billing change", change_billing, 0},
    {"billing list", list_billings, 0},
    {"token add", add_token, 0},
    {"token list", list_tokens, 0},
    {"token check", check_token, 0},
    {"token revoke", revoke_token, 0},
    {"reconcile", reconcile, 0},
    {"reconciliation list", list_reconciliations, 0},
    {"finding list", list_findings, 0},
    {"act list", list_acts, 0},
    {"probe database", probe_database, 0},
    {"probe work", probe_work, 0},
    {"probe bank", probe_bank, 0},
};

/* Nothing happened, or nobody knows whether it did; want of memory is no other answer. */
static bool is_clean(int code)
{
    enum leopay_retry retry = leopay_code_retry(code);

    return retry == LEOPAY_RETRY_SAFE || retry == LEOPAY_RETRY_VERIFY;
}

/* Submits and waits; each accepted call is called back once, each refused one never. */
static int run(struct leopay *lp, int (*submit)(struct leopay *lp))
{
    outcome = (struct outcome){0};
    error = (struct leopay_error){0};
    int code = submit(lp);

    if (code) {
        LP_ASSERT_INT(error.code, code);
        LP_ASSERT_INT(outcome.calls, 0);
        failing_allocator_rest(true);
        return code;
    }
    (void)leopay_wait(lp, op, ENOUGH_MS);
    failing_allocator_rest(true);
    CU_ASSERT_EQUAL_FATAL(leopay_wait(lp, op, PATIENCE_MS), 0);
    LP_ASSERT_INT(outcome.calls, 1);
    LP_ASSERT_INT(outcome.err_code, outcome.code);
    return outcome.code;
}

/* A question by hand that comes to nothing keeps the payment to itself until its lease is old. */
static void end_leases(void)
{
    sql("WITH ended AS (UPDATE leopay.jobs SET leased_until = now() WHERE lease IS NOT NULL"
        " RETURNING 1) SELECT count(*) FROM ended");
}

static void call_once(void *data)
{
    const size_t i = *(const size_t *)data;

    failing_allocator_rest(true);
    struct leopay *lp = open_on(settings);
    settle(lp);
    failing_allocator_rest(false);
    int code = run(lp, calls[i].submit);
    if (code != calls[i].code && !(failing_allocator_hit() && is_clean(code))) {
        fprintf(stderr, "%s, place %zu: %s\n", calls[i].name, (size_t)failing_allocator.fail_at,
                leopay_code_name(code));
        CU_FAIL("want of memory was told as something else");
    }
    end_leases();
    LP_ASSERT_INT(run(lp, calls[i].submit), calls[i].code);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

static void every_allocation_may_fail(void)
{
    struct leopay *lp = open_on(settings);
    struct leopay_transaction *transaction = NULL;
    size_t places = 0;

    LP_ASSERT_INT(leopay_wait(lp, start_order(lp, &outcome), PATIENCE_MS), 0);
    payment = outcome.id;
    CU_ASSERT_EQUAL_FATAL(leopay_transaction_get_sync(lp, payment, &transaction, NULL), 0);
    snprintf(order_id, sizeof(order_id), "%s", transaction->order_id);
    leopay_transaction_free(transaction);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        size_t found = failing_allocator_run(call_once, &i);
        CU_ASSERT_TRUE(found > 0);
        places += found;
    }
    printf("%zu calls, %zu places; ", sizeof(calls) / sizeof(*calls), places);
}

/* ---- Without the database ----------------------------------------------- */

static void ignore(void *data, const struct leopay_setting_problem *problem)
{
    (void)data, (void)problem;
}

static void load_settings(void *unused)
{
    struct leopay_settings *loaded = NULL;
    int code = leopay_settings_new(&loaded);

    (void)unused;
    if (!code)
        code = leopay_settings_load(loaded, ignore, NULL);
    CU_ASSERT_TRUE(code ? failing_allocator_hit() : true);
    leopay_settings_free(loaded);
}

static void settings_may_fail(void)
{
    setenv("LEOPAY_RETRY_DELAY", "7", 1);
    setenv("LEOPAY_DATABASE_URL", conninfo, 1);
    CU_ASSERT_TRUE(failing_allocator_run(load_settings, NULL) > 2);
}

static void reload(void *unused)
{
    (void)unused;
    failing_allocator_rest(true);
    struct leopay *lp = open_on(settings);
    failing_allocator_rest(false);
    int code = leopay_reload(lp, settings, &error);
    failing_allocator_rest(true);
    CU_ASSERT_TRUE(!code || failing_allocator_hit());
    LP_ASSERT_INT(leopay_reload(lp, settings, &error), 0);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

static void a_reload_may_fail(void)
{
    struct leopay_key_info info;
    char path[128];

    snprintf(path, sizeof(path), "%s/keys", folder);
    CU_ASSERT_EQUAL_FATAL(leopay_key_pair_generate(path, 2048, &info, NULL), 0);
    snprintf(path, sizeof(path), "%s/keys/rsa_pay_priv.key", folder);
    set("LEOPAY_SIGNING_KEY", path);
    CU_ASSERT_TRUE(failing_allocator_run(reload, NULL) > 100);
}

int main(void)
{
    static const struct unit_test tests[] = {
        LP_TEST(every_allocation_may_fail), LP_TEST(settings_may_fail), LP_TEST(a_reload_may_fail)};

    return failing_libraries_join() ? run_suite("handle/memory_calls", tests, 3) : 2;
}
