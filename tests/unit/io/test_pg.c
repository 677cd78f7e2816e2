/* SPDX-License-Identifier: MIT */
/* The pool while all is well, and statements that fail by themselves. */
#include <time.h>

#include "io/pg.h"
#include "io/pg_inside.h"
#include "io/pg_array.h"
#include "support/unit.h"
#include "unit/io/pg_fixture.h"

/* ---- Statements --------------------------------------------------------- */

static const Oid int8_array_type[] = {LP_OID_INT8_ARRAY};

static const struct lp_pg_statement divide = {
    .name = "divide",
    .sql = "SELECT 1 / $1::int4",
    .param_count = 1,
    .param_types = int4_type,
};
static const struct lp_pg_statement wrong = {
    .name = "wrong",
    .sql = "SELECT * FROM no_such_table",
};
static const struct lp_pg_statement sum = {
    .name = "sum",
    .sql = "SELECT sum(n) FROM unnest($1::int8[]) n",
    .param_count = 1,
    .param_types = int8_array_type,
};
static const struct lp_pg_statement commit_now = {
    .name = "commit_now",
    .sql = "SELECT current_setting('synchronous_commit')",
};
static const struct lp_pg_statement make_deferred = {
    .name = "make_deferred",
    .sql = "DO $$BEGIN CREATE TABLE IF NOT EXISTS leopay_io_test"
           " (n int UNIQUE DEFERRABLE INITIALLY DEFERRED); TRUNCATE leopay_io_test; END$$",
};
static const struct lp_pg_statement add_deferred = {
    .name = "add_deferred",
    .sql = "INSERT INTO leopay_io_test VALUES ($1)",
    .param_count = 1,
    .param_types = int4_type,
};
static const struct lp_pg_statement drop_deferred = {
    .name = "drop_deferred",
    .sql = "DROP TABLE leopay_io_test",
};
static const struct lp_pg_statement read_slowly = {
    .name = "read_slowly",
    .sql = "SELECT pg_sleep(1)",
    .reader = true,
};
static const struct lp_pg_statement report_slowly = {
    .name = "report_slowly",
    .sql = "SELECT pg_sleep(1)",
    .report = true,
};

/* ---- Tests -------------------------------------------------------------- */

static void answers(void)
{
    static const char *const values[] = {"41"};
    struct run run;

    open_pool(1);
    CU_ASSERT_FALSE(lp_pg_has_room(pg));
    for (int i = 0; i < 3; i++) {
        execute(&run, &echo, values);
        LP_ASSERT_INT(run.code, 0);
        LP_ASSERT_TEXT(run.text, "42");
    }
    execute(&run, &prepared_count, NULL);
    LP_ASSERT_TEXT(run.text, "2");
    CU_ASSERT_TRUE(lp_pg_has_room(pg));
    close_pool();
}

static void takes_binary_arrays(void)
{
    struct lp_pg_array array;
    struct run run;

    open_pool(1);
    lp_pg_array_init(&array, LP_OID_INT8, 1 << 20);
    for (int i = 1; i <= 1000; i++)
        lp_pg_array_int8(&array, i);
    CU_ASSERT_TRUE(lp_pg_array_finish(&array));

    const char *values[] = {array.bytes.data};
    int lengths[] = {(int)array.bytes.len};

    run = (struct run){
        .query = {
            .statement = &sum, .values = values, .lengths = lengths, .cb = note, .data = &run}};
    CU_ASSERT_EQUAL(lp_pg_submit(pg, &run.query, 20000), 0);
    finish(&run);
    LP_ASSERT_INT(run.code, 0);
    LP_ASSERT_TEXT(run.text, "500500");
    lp_pg_array_done(&array);
    close_pool();
}

/* More than fit on the connections, every seventh of them wrong, some not even parsable. */
static void an_error_harms_no_neighbour(void)
{
    static struct run runs[500];
    static const char *const zero[] = {"0"}, *const one[] = {"1"};

    open_pool(2);
    for (int i = 0; i < 500; i++)
        if (i % 11 == 5)
            start(&runs[i], &wrong, NULL, 20000);
        else
            start(&runs[i], &divide, i % 7 == 3 ? zero : one, 20000);
    CU_ASSERT_FALSE(lp_pg_has_room(pg));
    for (int i = 0; i < 500; i++) {
        finish(&runs[i]);
        LP_ASSERT_TEXT(runs[i].state, i % 11 == 5 ? "42P01" : i % 7 == 3 ? "22012" : "");
        LP_ASSERT_INT(runs[i].code, i % 11 == 5 ? LEOPAY_ESCHEMA : i % 7 == 3 ? LEOPAY_EINVAL : 0);
    }
    close_pool();
}

static void a_relaxed_statement_does_not_wait_for_the_disk(void)
{
    struct run now, later, after;

    open_pool(1);
    for (int i = 0; i < 2; i++) {
        start(&now, &commit_now, NULL, 20000);
        start(&later, &commit_later, NULL, 20000);
        start(&after, &commit_now, NULL, 20000);
        finish(&now);
        finish(&later);
        finish(&after);
        LP_ASSERT_TEXT(now.text, "on");
        LP_ASSERT_TEXT(later.text, "off");
        LP_ASSERT_TEXT(after.text, "on");
    }
    close_pool();
}

/* The statement's result says OK; that it is not comes with the commit, behind it. */
static void an_error_at_the_commit_is_the_statements(void)
{
    static const char *const one[] = {"1"}, *const two[] = {"2"};
    struct run make, first, twice, other, drop;

    open_pool(1);
    execute(&make, &make_deferred, NULL);
    LP_ASSERT_INT(make.code, 0);
    start(&first, &add_deferred, one, 20000);
    start(&twice, &add_deferred, one, 20000);
    start(&other, &add_deferred, two, 20000);
    finish(&first);
    finish(&twice);
    finish(&other);
    LP_ASSERT_INT(first.code, 0);
    LP_ASSERT_INT(twice.code, LEOPAY_EEXIST);
    LP_ASSERT_TEXT(twice.state, "23505");
    LP_ASSERT_INT(other.code, 0);
    execute(&drop, &drop_deferred, NULL);
    LP_ASSERT_INT(drop.code, 0);
    close_pool();
}

static void a_bad_url_is_refused(void)
{
    struct lp_pg_options options = {
        .url = "postgres://u:secret@h/d?nonsense=1", .application_name = "t", .connections = 1};
    struct leopay_error err;
    struct lp_pg *none = NULL;

    CU_ASSERT_EQUAL_FATAL(lp_loop_new(&loop), 0);
    LP_ASSERT_INT(lp_pg_new(loop, &options, &none, &err), LEOPAY_ESETTING);
    CU_ASSERT_PTR_NULL(none);
    CU_ASSERT_PTR_NULL(strstr(err.text, "secret"));
    lp_loop_free(loop);
}

static void closing_calls_all_back(void)
{
    static const char *const values[] = {"41"};
    struct run sent[LP_PG_FLIGHTS_MAX], queued;

    open_pool(1);
    wait_ready(1);
    for (int i = 0; i < LP_PG_FLIGHTS_MAX; i++)
        start(&sent[i], &nap, NULL, 20000);
    start(&queued, &echo, values, 20000);
    close_pool();
    for (int i = 0; i < LP_PG_FLIGHTS_MAX; i++) {
        LP_ASSERT_INT(sent[i].calls, 1);
        LP_ASSERT_INT(sent[i].code, LEOPAY_ECLOSED);
    }
    LP_ASSERT_INT(queued.code, LEOPAY_ECLOSED);
    LP_ASSERT_INT(queued.calls, 1);
    lp_pg_free(NULL);
}

static void the_queue_has_an_end(void)
{
    static struct run runs[10000];
    static const char *const values[] = {"1"};
    struct run over = {.query = {.statement = &echo, .values = values, .cb = note, .data = &over}};

    open_pool(1);
    for (int i = 0; i < 10000; i++)
        start(&runs[i], &echo, values, 20000);
    LP_ASSERT_INT(lp_pg_submit(pg, &over.query, 20000), LEOPAY_EAGAIN);
    for (int i = 0; i < 10000; i++) {
        finish(&runs[i]);
        CU_ASSERT_EQUAL(runs[i].code, 0);
    }
    LP_ASSERT_INT(over.calls, 0);
    close_pool();
}

static void a_full_queue_has_no_room(void)
{
    static struct run runs[10001]; /* one is under way */
    static const char *const values[] = {"1"};

    open_pool(1);
    wait_ready(1);
    for (int i = 0; i < 10001; i++) {
        CU_ASSERT_EQUAL(lp_pg_has_room(pg), i != 1); /* nobody stands in line yet */
        start(&runs[i], &echo, values, 20000);
    }
    CU_ASSERT_FALSE(lp_pg_has_room(pg));
    for (int i = 0; i < 10001; i++)
        finish(&runs[i]);
    close_pool();
}

/* ---- The room hook, as a store uses it; it also tells how fast it goes -- */

#define FLOOD 20000

static struct run flood[64];
static int flooded, landed;

static void count_landing(struct lp_pg_query *query, int code, const PGresult *result,
                          const struct leopay_error *err)
{
    struct run *run = query->data;

    (void)result;
    (void)err;
    CU_ASSERT_EQUAL(code, 0);
    run->calls = 0;
    landed++;
}

static void fill_room(void *unused)
{
    static const char *const values[] = {"41"};

    (void)unused;
    for (int i = 0; i < 64 && flooded < FLOOD && lp_pg_has_room(pg); i++) {
        if (flood[i].calls)
            continue;
        flood[i] = (struct run){
            .query = {.statement = &echo, .values = values, .cb = count_landing, .data = &flood[i]},
            .calls = 1};
        flooded++;
        CU_ASSERT_EQUAL(lp_pg_submit(pg, &flood[i].query, 20000), 0);
    }
}

/* With both connections free, one reader is sent and the others wait, until they may. */
static void readers_leave_a_connection(void)
{
    static const char *const values[] = {"41"};
    struct run readers[3], payment;

    open_pool(2);
    wait_ready(2);
    start(&readers[0], &read_slowly, NULL, 20000);
    start(&readers[1], &read_slowly, NULL, 20000);
    start(&readers[2], &report_slowly, NULL, 20000);
    CU_ASSERT_TRUE(lp_pg_has_room(pg));
    for (int i = 0; i < 20; i++) {
        execute(&payment, &echo, values);
        LP_ASSERT_INT(payment.code, 0);
    }
    LP_ASSERT_INT(readers[1].calls + readers[2].calls, 0);
    for (int i = 0; i < 3; i++) {
        finish(&readers[i]);
        LP_ASSERT_INT(readers[i].code, 0);
    }
    close_pool();
}

static void a_reader_may_have_the_only_connection(void)
{
    struct run run;

    open_pool(1);
    execute(&run, &read_slowly, NULL);
    LP_ASSERT_INT(run.code, 0);
    close_pool();
}

static void room_is_announced(void)
{
    struct timespec begin, end;

    open_pool(2);
    lp_pg_set_room_hook(pg, fill_room, NULL);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    while (landed < FLOOD)
        turn();
    clock_gettime(CLOCK_MONOTONIC, &end);
    LP_ASSERT_INT(flooded, FLOOD);
    fprintf(stderr, "    %d statements, 2 connections: %.0f/s\n", FLOOD,
            FLOOD / ((double)(end.tv_sec - begin.tv_sec) +
                     (double)(end.tv_nsec - begin.tv_nsec) / 1e9));
    close_pool();
}

/* ---- The room hook beside a crowd of single statements ------------------ */

#define CROWD 8

static struct run crowd[CROWD], batch;
static int crowd_left, batches;

static void come_again(struct lp_pg_query *query, int code, const PGresult *result,
                       const struct leopay_error *err)
{
    (void)result, (void)err;
    LP_ASSERT_INT(code, 0);
    if (crowd_left-- > 0)
        LP_ASSERT_INT(lp_pg_submit(pg, query, 20000), 0);
}

static void count_batch(struct lp_pg_query *query, int code, const PGresult *result,
                        const struct leopay_error *err)
{
    (void)query, (void)result, (void)err;
    LP_ASSERT_INT(code, 0);
    batch.calls = 0;
    batches++;
}

static void send_a_batch(void *values)
{
    if (batch.calls)
        return;
    batch = (struct run){.query = {.statement = &echo, .values = values, .cb = count_batch},
                         .calls = 1};
    LP_ASSERT_INT(lp_pg_submit(pg, &batch.query, 20000), 0);
}

/* More of them than there are connections, each followed by another: some always wait. */
static void a_crowd_keeps_no_batch_out(void)
{
    static const char *values[] = {"41"};

    open_pool(2);
    wait_ready(2);
    crowd_left = 2000;
    for (int i = 0; i < CROWD; i++) {
        crowd[i].query =
            (struct lp_pg_query){.statement = &echo, .values = values, .cb = come_again};
        LP_ASSERT_INT(lp_pg_submit(pg, &crowd[i].query, 20000), 0);
    }
    lp_pg_set_room_hook(pg, send_a_batch, values);
    while (crowd_left > 0)
        turn();
    CU_ASSERT_TRUE(batches >= 2000 / (2 * CROWD));
    lp_pg_set_room_hook(pg, NULL, NULL);
    while (crowd_left > -CROWD || batch.calls)
        turn();
    close_pool();
}

PG_TEST_MAIN("io/pg", LP_TEST(answers), LP_TEST(takes_binary_arrays),
             LP_TEST(an_error_harms_no_neighbour),
             LP_TEST(a_relaxed_statement_does_not_wait_for_the_disk),
             LP_TEST(an_error_at_the_commit_is_the_statements), LP_TEST(a_bad_url_is_refused),
             LP_TEST(closing_calls_all_back), LP_TEST(the_queue_has_an_end),
             LP_TEST(a_full_queue_has_no_room), LP_TEST(readers_leave_a_connection),
             LP_TEST(a_reader_may_have_the_only_connection), LP_TEST(room_is_announced),
             LP_TEST(a_crowd_keeps_no_batch_out))
