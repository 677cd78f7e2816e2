/* SPDX-License-Identifier: MIT */
/* The pool when the server, the connection or a pooler lets it down: what was sent, and what waits.
 */
#include "io/pg.h"
#include "io/pg_inside.h"
#include "support/unit.h"
#include "unit/io/pg_fixture.h"

static const struct lp_pg_statement pid = {
    .name = "pid",
    .sql = "SELECT pg_backend_pid()",
};
static const struct lp_pg_statement kill_others = {
    .name = "kill_others",
    .sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
           " WHERE application_name = 'leopay-test' AND pid <> pg_backend_pid()",
};
static const struct lp_pg_statement forget = {
    .name = "forget",
    .sql = "DEALLOCATE ALL",
};
static const struct lp_pg_statement make_table = {
    .name = "make_table",
    .sql = "CREATE TABLE leopay_io_outage (n int)",
};
static const struct lp_pg_statement add_row = {
    .name = "add_row",
    .sql = "INSERT INTO leopay_io_outage VALUES (1)",
};
static const struct lp_pg_statement count_rows = {
    .name = "count_rows",
    .sql = "SELECT count(*) FROM leopay_io_outage",
};
static const struct lp_pg_statement want_standby = {
    .name = "want_standby",
    .sql = "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
};
static const struct lp_pg_statement want_none = {
    .name = "want_none",
    .sql = "ALTER SYSTEM RESET synchronous_standby_names",
};
static const struct lp_pg_statement reload = {
    .name = "reload",
    .sql = "SELECT current_setting('synchronous_standby_names') || left(pg_reload_conf()::text, 0)",
};
static const struct lp_pg_statement be_read_only = {
    .name = "be_read_only",
    .sql = "ALTER SYSTEM SET default_transaction_read_only = on",
};
static const struct lp_pg_statement be_writable = {
    .name = "be_writable",
    .sql = "ALTER SYSTEM RESET default_transaction_read_only",
};
static const struct lp_pg_statement cancel_waits = {
    .name = "cancel_waits",
    .sql =
        "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
};
static const struct lp_pg_statement warn = {
    .name = "warn",
    .sql = "DO $$BEGIN RAISE WARNING 'canceling wait for synchronous replication'; END$$",
};

static void a_killed_backend_leaves_the_queue(void)
{
    static const char *const values[] = {"41"};
    struct run first, sent[LP_PG_FLIGHTS_MAX], queued[20], pids[2];
    int uncertain = 0;

    open_pool(1);
    execute(&pids[0], &pid, NULL);
    for (int i = 0; i < LP_PG_FLIGHTS_MAX; i++)
        start(&sent[i], &nap, NULL, 20000);
    for (int i = 0; i < 20; i++)
        start(&queued[i], &echo, values, 20000);

    struct lp_loop *own_loop = loop;
    struct lp_pg *own_pg = pg;

    open_pool(1);
    execute(&first, &kill_others, NULL);
    LP_ASSERT_INT(first.code, 0);
    close_pool();
    loop = own_loop;
    pg = own_pg;
    for (int i = 0; i < LP_PG_FLIGHTS_MAX; i++) {
        finish(&sent[i]);
        uncertain += sent[i].code == LEOPAY_EUNCERTAIN;
    }
    LP_ASSERT_INT(uncertain, LP_PG_FLIGHTS_MAX);
    for (int i = 0; i < 20; i++) {
        finish(&queued[i]);
        LP_ASSERT_INT(queued[i].code, 0);
        LP_ASSERT_TEXT(queued[i].text, "42");
    }
    execute(&pids[1], &pid, NULL);
    CU_ASSERT_STRING_NOT_EQUAL(pids[0].text, pids[1].text);
    close_pool();
}

static void deadlines_end_what_was_sent_and_what_was_not(void)
{
    static const char *const values[] = {"41"};
    struct run sent[LP_PG_FLIGHTS_MAX], queued, patient;
    struct lp_pg_health health;

    open_pool(1);
    wait_ready(1);
    start(&sent[0], &nap, NULL, 300);
    for (int i = 1; i < LP_PG_FLIGHTS_MAX; i++)
        start(&sent[i], &nap, NULL, 20000);
    start(&queued, &echo, values, 200);
    start(&patient, &echo, values, 20000);
    lp_pg_health(pg, &health);
    LP_ASSERT_INT(health.sent, LP_PG_FLIGHTS_MAX);
    LP_ASSERT_INT(health.queued, 2);
    finish(&queued);
    LP_ASSERT_INT(queued.code, LEOPAY_EUNAVAILABLE);
    LP_ASSERT_INT(sent[0].calls, 0);
    for (int i = 0; i < LP_PG_FLIGHTS_MAX; i++) {
        finish(&sent[i]);
        LP_ASSERT_INT(sent[i].code, LEOPAY_EUNCERTAIN);
    }
    finish(&patient);
    LP_ASSERT_INT(patient.code, 0);
    close_pool();
}

static void says_why_it_is_not_ready(void)
{
    char url[300];
    struct lp_pg_health health;
    static const char *const values[] = {"41"};
    struct run run;

    snprintf(url, sizeof(url), "%s dbname=leopay_no_such_database", conninfo);
    open_on(url, 1);
    start(&run, &echo, values, 300);
    finish(&run);
    LP_ASSERT_INT(run.code, LEOPAY_EUNAVAILABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "leopay_no_such_database"));
    lp_pg_health(pg, &health);
    LP_ASSERT_INT(health.ready, 0);
    LP_ASSERT_TEXT(health.problem, run.text);
    CU_ASSERT_PTR_NULL(strchr(health.problem, '\n'));
    close_pool();
}

/* The first host is a folder without a server. */
static void name_two_hosts(char *ret_url, size_t size)
{
    char host[128] = "";
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

    for (PQconninfoOption *option = options; option && option->keyword; option++)
        if (!strcmp(option->keyword, "host") && option->val)
            snprintf(host, sizeof(host), "%s", option->val);
    PQconninfoFree(options);
    snprintf(ret_url, size, "%s host=/nonexistent,%s", conninfo, host);
}

static void tries_the_hosts_in_turn(void)
{
    static const char *const values[] = {"41"};
    struct run run;
    char url[512];

    name_two_hosts(url, sizeof(url));
    open_on(url, 1);
    execute(&run, &echo, values);
    LP_ASSERT_INT(run.code, 0);
    close_pool();
}

/* The server takes no writes for a while, as a standby before it is promoted. */
static void of_several_hosts_takes_one_that_can_write(void)
{
    static const char *const values[] = {"41"};
    struct run run, waiting;
    char url[512];

    open_pool(1);
    execute(&run, &be_read_only, NULL);
    execute(&run, &reload, NULL);
    close_pool();
    name_two_hosts(url, sizeof(url));
    open_on(url, 1);
    start(&waiting, &echo, values, 1500);
    finish(&waiting);
    LP_ASSERT_INT(waiting.code, LEOPAY_EUNAVAILABLE);
    close_pool();
    strncat(url, " target_session_attrs=any", sizeof(url) - strlen(url) - 1);
    open_on(url, 1);
    execute(&run, &echo, values);
    LP_ASSERT_INT(run.code, 0);
    close_pool();
    open_pool(1);
    execute(&run, &be_writable, NULL);
    execute(&run, &reload, NULL);
    LP_ASSERT_INT(run.code, 0);
    close_pool();
}

/* What a pooler does to prepared statements: they are gone, and everything goes on without them. */
static void goes_on_without_prepared_statements(void)
{
    static const char *const values[] = {"41"};
    struct run run, runs[20];

    open_pool(1);
    execute(&run, &echo, values);
    execute(&run, &forget, NULL);
    LP_ASSERT_INT(run.code, 0);
    for (int i = 0; i < 20; i++)
        start(&runs[i], i % 2 ? &echo : &commit_later, i % 2 ? values : NULL, 20000);
    for (int i = 0; i < 20; i++) {
        finish(&runs[i]);
        LP_ASSERT_INT(runs[i].code, 0);
        LP_ASSERT_TEXT(runs[i].text, i % 2 ? "42" : "off");
    }
    execute(&run, &prepared_count, NULL);
    CU_ASSERT_TRUE(strlen(run.text) == 1 && run.text[0] <= '2');
    close_pool();
}

/* Not the server's own warning, but one in the same words. */
static void a_warning_of_that_kind_is_doubt(void)
{
    static const char *const values[] = {"1"};
    struct run doubtful, next;

    open_pool(1);
    start(&doubtful, &warn, NULL, 20000);
    start(&next, &echo, values, 20000);
    finish(&doubtful);
    finish(&next);
    LP_ASSERT_INT(doubtful.code, LEOPAY_EUNCERTAIN);
    LP_ASSERT_INT(next.code, 0);
    close_pool();
}

/* The server as it is: it says "committed" although no standby has it, and only warns. */
static void a_cancelled_wait_for_the_standby_is_uncertain(void)
{
    struct run run, doubtful;
    int rows = 0;

    if (!*folder)
        return; /* somebody else's server is not ours to configure */
    open_pool(2);
    execute(&run, &make_table, NULL);
    LP_ASSERT_INT(run.code, 0);
    execute(&run, &want_standby, NULL);
    LP_ASSERT_INT(run.code, 0);
    do
        execute(&run, &reload, NULL);
    while (!strstr(run.text, "nobody"));
    /* The checkpointer says whether commits wait, and it may read its settings later than we do. */
    for (run.text[0] = '0'; run.text[0] == '0'; execute(&run, &cancel_waits, NULL))
        if (!rows || doubtful.calls) {
            start(&doubtful, &add_row, NULL, 20000);
            rows++;
        }
    finish(&doubtful);
    LP_ASSERT_INT(doubtful.code, LEOPAY_EUNCERTAIN);
    CU_ASSERT_PTR_NOT_NULL(strstr(doubtful.text, "standby"));
    execute(&run, &count_rows, NULL);
    LP_ASSERT_INT(strtol(run.text, NULL, 10), rows);
    execute(&run, &want_none, NULL);
    LP_ASSERT_INT(run.code, 0);
    do
        execute(&run, &reload, NULL);
    while (strstr(run.text, "nobody"));
    close_pool();
}

static void the_server_comes_back(void)
{
    static const char *const values[] = {"41"};
    struct run before, sent, waiting, late;

    if (!*folder)
        return; /* somebody else's server is not ours to kill */
    open_pool(2);
    wait_ready(2);
    start(&sent, &nap, NULL, 20000);
    CU_ASSERT_TRUE_FATAL(server("kill", NULL, 0));
    finish(&sent);
    LP_ASSERT_INT(sent.code, LEOPAY_EUNCERTAIN);
    start(&before, &echo, values, 200);
    start(&waiting, &echo, values, 60000);
    finish(&before);
    CU_ASSERT_TRUE(before.code == LEOPAY_EUNAVAILABLE || before.code == LEOPAY_EUNCERTAIN);
    CU_ASSERT_TRUE_FATAL(server("restart", NULL, 0));
    finish(&waiting);
    CU_ASSERT_TRUE(waiting.code == 0 || waiting.code == LEOPAY_EUNCERTAIN);
    wait_ready(2);
    execute(&late, &echo, values);
    LP_ASSERT_INT(late.code, 0);
    close_pool();
}

PG_TEST_MAIN("io/pg_outage", LP_TEST(a_killed_backend_leaves_the_queue),
             LP_TEST(deadlines_end_what_was_sent_and_what_was_not),
             LP_TEST(says_why_it_is_not_ready), LP_TEST(tries_the_hosts_in_turn),
             LP_TEST(of_several_hosts_takes_one_that_can_write),
             LP_TEST(goes_on_without_prepared_statements), LP_TEST(a_warning_of_that_kind_is_doubt),
             LP_TEST(a_cancelled_wait_for_the_standby_is_uncertain), LP_TEST(the_server_comes_back))
