/* SPDX-License-Identifier: MIT */
/*
 * The pool against a real PostgreSQL: the one that LEOPAY_TEST_DATABASE names, which is not harmed,
 * else a private one that is stopped and started in the middle of it.
 */
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/stat.h>

#include "io/pg.h"
#include "io/pg_array.h"
#include "support/unit.h"

static char conninfo[256];
static char folder[64]; /* the private server's; "" when it is not ours */
static struct lp_loop *loop;
static struct lp_pg *pg;

struct run {
    struct lp_pg_query query;
    int calls;
    int code;
    int rows;
    char text[256]; /* the first value, or the error's text */
    char state[6];
};

static void note(struct lp_pg_query *query, int code, const PGresult *result,
                 const struct leopay_error *err)
{
    struct run *run = query->data;

    run->calls++;
    run->code = code;
    run->rows = result ? PQntuples(result) : -1;
    snprintf(run->text, sizeof(run->text), "%s",
             result ? (run->rows ? PQgetvalue(result, 0, 0) : "") : err->text);
    snprintf(run->state, sizeof(run->state), "%s", err->sqlstate);
}

static void turn(void)
{
    struct pollfd fd = {.fd = lp_loop_fd(loop), .events = POLLIN};

    CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, 20000), 1);
    lp_loop_turn(loop, 1000);
}

static void open_on(const char *url, int connections)
{
    struct lp_pg_options options = {.url = url,
                                    .application_name = "leopay-test",
                                    .connections = connections,
                                    .connect_timeout_ms = 3000};
    struct leopay_error err;

    CU_ASSERT_EQUAL_FATAL(lp_loop_new(&loop), 0);
    CU_ASSERT_EQUAL_FATAL(lp_pg_new(loop, &options, &pg, &err), 0);
}

static void open_pool(int connections)
{
    open_on(conninfo, connections);
}

static void close_pool(void)
{
    lp_pg_free(pg);
    lp_loop_free(loop);
}

static void wait_ready(int connections)
{
    struct lp_pg_health health;

    for (;;) {
        lp_pg_health(pg, &health);
        if (health.ready == connections)
            break;
        turn();
    }
    LP_ASSERT_TEXT(health.problem, "");
}

static void start(struct run *run, const struct lp_pg_statement *statement,
                  const char *const *values, int timeout_ms)
{
    *run =
        (struct run){.query = {.statement = statement, .values = values, .cb = note, .data = run}};
    CU_ASSERT_EQUAL_FATAL(lp_pg_submit(pg, &run->query, timeout_ms), 0);
    LP_ASSERT_INT(run->calls, 0);
}

static void finish(struct run *run)
{
    while (!run->calls)
        turn();
    LP_ASSERT_INT(run->calls, 1);
}

static void execute(struct run *run, const struct lp_pg_statement *statement,
                    const char *const *values)
{
    start(run, statement, values, 20000);
    finish(run);
}

/* ---- Statements --------------------------------------------------------------------- */

static const Oid int4_type[] = {LP_OID_INT4};
static const Oid int8_array_type[] = {LP_OID_INT8_ARRAY};

static const struct lp_pg_statement echo = {"echo", "SELECT $1::int4 + 1", 1, int4_type, false};
static const struct lp_pg_statement divide = {"divide", "SELECT 1 / $1::int4", 1, int4_type, false};
static const struct lp_pg_statement wrong = {"wrong", "SELECT * FROM no_such_table", 0, NULL,
                                             false};
static const struct lp_pg_statement nap = {"nap", "SELECT pg_sleep(30)", 0, NULL, false};
static const struct lp_pg_statement pid = {"pid", "SELECT pg_backend_pid()", 0, NULL, false};
static const struct lp_pg_statement sum = {"sum", "SELECT sum(n) FROM unnest($1::int8[]) n", 1,
                                           int8_array_type, false};
static const struct lp_pg_statement commit_now = {
    "commit_now", "SELECT current_setting('synchronous_commit')", 0, NULL, false};
static const struct lp_pg_statement commit_later = {
    "commit_later", "SELECT current_setting('synchronous_commit')", 0, NULL, true};
static const struct lp_pg_statement kill_others = {
    "kill_others",
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'leopay-test' AND pid <> pg_backend_pid()",
    0, NULL, false};
static const struct lp_pg_statement prepared_count = {
    "prepared_count", "SELECT count(*) FROM pg_prepared_statements", 0, NULL, false};
static const struct lp_pg_statement forget = {"forget", "DEALLOCATE ALL", 0, NULL, false};
static const struct lp_pg_statement make_deferred = {
    "make_deferred",
    "DO $$BEGIN CREATE TABLE IF NOT EXISTS leopay_io_test"
    " (n int UNIQUE DEFERRABLE INITIALLY DEFERRED); TRUNCATE leopay_io_test; END$$",
    0, NULL, false};
static const struct lp_pg_statement add_deferred = {
    "add_deferred", "INSERT INTO leopay_io_test VALUES ($1)", 1, int4_type, false};
static const struct lp_pg_statement drop_deferred = {"drop_deferred", "DROP TABLE leopay_io_test",
                                                     0, NULL, false};
static const struct lp_pg_statement warn = {
    "warn", "DO $$BEGIN RAISE WARNING 'canceling wait for synchronous replication'; END$$", 0, NULL,
    false};

/* ---- Tests -------------------------------------------------------------------------- */

static void answers(void)
{
    static const char *const values[] = {"41"};
    struct run run;

    open_pool(1);
    LP_ASSERT_INT(lp_pg_room(pg), 0);
    for (int i = 0; i < 3; i++) {
        execute(&run, &echo, values);
        LP_ASSERT_INT(run.code, 0);
        LP_ASSERT_TEXT(run.text, "42");
    }
    execute(&run, &prepared_count, NULL);
    LP_ASSERT_TEXT(run.text, "2");
    CU_ASSERT_TRUE(lp_pg_room(pg) > 0);
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
    LP_ASSERT_INT(lp_pg_room(pg), 0);
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

static void a_cancelled_wait_for_the_standby_is_uncertain(void)
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
    CU_ASSERT_TRUE(atoi(run.text) <= 2);
    close_pool();
}

static void a_killed_backend_leaves_the_queue(void)
{
    static const char *const values[] = {"41"};
    struct run first, sent[4], queued[20], pids[2];
    int uncertain = 0;

    open_pool(1);
    execute(&pids[0], &pid, NULL);
    for (int i = 0; i < 4; i++)
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
    for (int i = 0; i < 4; i++) {
        finish(&sent[i]);
        uncertain += sent[i].code == LEOPAY_EUNCERTAIN;
    }
    LP_ASSERT_INT(uncertain, 4);
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
    struct run sent[4], queued, patient;
    struct lp_pg_health health;

    open_pool(1);
    wait_ready(1);
    start(&sent[0], &nap, NULL, 300);
    for (int i = 1; i < 4; i++)
        start(&sent[i], &nap, NULL, 20000);
    start(&queued, &echo, values, 200);
    start(&patient, &echo, values, 20000);
    lp_pg_health(pg, &health);
    LP_ASSERT_INT(health.sent, 4);
    LP_ASSERT_INT(health.queued, 2);
    finish(&queued);
    LP_ASSERT_INT(queued.code, LEOPAY_EUNAVAILABLE);
    LP_ASSERT_INT(sent[0].calls, 0);
    for (int i = 0; i < 4; i++) {
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

/* The first host is a folder without a server. */
static void tries_the_hosts_in_turn(void)
{
    static const char *const values[] = {"41"};
    struct run run;
    char url[512], host[128] = "";
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

    for (PQconninfoOption *option = options; option && option->keyword; option++)
        if (!strcmp(option->keyword, "host") && option->val)
            snprintf(host, sizeof(host), "%s", option->val);
    PQconninfoFree(options);
    snprintf(url, sizeof(url), "%s host=/nonexistent,%s", conninfo, host);
    open_on(url, 1);
    execute(&run, &echo, values);
    LP_ASSERT_INT(run.code, 0);
    close_pool();
}

static void closing_calls_all_back(void)
{
    static const char *const values[] = {"41"};
    struct run sent[4], queued;

    open_pool(1);
    wait_ready(1);
    for (int i = 0; i < 4; i++)
        start(&sent[i], &nap, NULL, 20000);
    start(&queued, &echo, values, 20000);
    close_pool();
    for (int i = 0; i < 4; i++) {
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

/* ---- The room hook, as a store uses it; it also tells how fast it goes -------------- */

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
    for (int i = 0; i < 64 && flooded < FLOOD && lp_pg_room(pg) > 0; i++) {
        if (flood[i].calls)
            continue;
        flood[i] = (struct run){
            .query = {.statement = &echo, .values = values, .cb = count_landing, .data = &flood[i]},
            .calls = 1};
        flooded++;
        CU_ASSERT_EQUAL(lp_pg_submit(pg, &flood[i].query, 20000), 0);
    }
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

/* ---- The server comes and goes ------------------------------------------------------ */

static int server(const char *verb)
{
    char command[512];
    FILE *output;

    snprintf(command, sizeof(command), "%.*s/../../support/postgres %s %s",
             (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, verb, folder);
    output = popen(command, "r");
    if (!output)
        return -1;
    if (!strcmp(verb, "start") && fgets(conninfo, sizeof(conninfo), output))
        conninfo[strcspn(conninfo, "\n")] = '\0';
    return pclose(output);
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
    CU_ASSERT_EQUAL_FATAL(server("kill"), 0);
    finish(&sent);
    LP_ASSERT_INT(sent.code, LEOPAY_EUNCERTAIN);
    start(&before, &echo, values, 200);
    start(&waiting, &echo, values, 60000);
    finish(&before);
    CU_ASSERT_TRUE(before.code == LEOPAY_EUNAVAILABLE || before.code == LEOPAY_EUNCERTAIN);
    CU_ASSERT_EQUAL_FATAL(server("restart"), 0);
    finish(&waiting);
    CU_ASSERT_TRUE(waiting.code == 0 || waiting.code == LEOPAY_EUNCERTAIN);
    wait_ready(2);
    execute(&late, &echo, values);
    LP_ASSERT_INT(late.code, 0);
    close_pool();
}

static int run_all(void)
{
    static const struct unit_test tests[] = {
        LP_TEST(answers),
        LP_TEST(takes_binary_arrays),
        LP_TEST(an_error_harms_no_neighbour),
        LP_TEST(a_relaxed_statement_does_not_wait_for_the_disk),
        LP_TEST(an_error_at_the_commit_is_the_statements),
        LP_TEST(a_cancelled_wait_for_the_standby_is_uncertain),
        LP_TEST(goes_on_without_prepared_statements),
        LP_TEST(a_killed_backend_leaves_the_queue),
        LP_TEST(deadlines_end_what_was_sent_and_what_was_not),
        LP_TEST(says_why_it_is_not_ready),
        LP_TEST(a_bad_url_is_refused),
        LP_TEST(tries_the_hosts_in_turn),
        LP_TEST(closing_calls_all_back),
        LP_TEST(the_queue_has_an_end),
        LP_TEST(room_is_announced),
        LP_TEST(the_server_comes_back),
    };

    return unit_run("io/pg", tests, sizeof(tests) / sizeof(*tests));
}

int main(void)
{
    const char *given = getenv("LEOPAY_TEST_DATABASE");
    int result;

    if (given) {
        snprintf(conninfo, sizeof(conninfo), "%s", given);
        return run_all();
    }
    strcpy(folder, "/tmp/leopay-io-pg-XXXXXX");
    if (!mkdtemp(folder) || chmod(folder, 0755) || server("start") || !*conninfo)
        return 2;
    result = run_all();
    return server("stop") ? 2 : result;
}
