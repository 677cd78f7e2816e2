/* SPDX-License-Identifier: MIT */
/*
 * A pool and a real PostgreSQL: the one that LEOPAY_TEST_DATABASE names, which is not harmed, else
 * a private one that is started here and may be killed.
 */
#ifndef TESTS_UNIT_IO_PG_FIXTURE_H
#define TESTS_UNIT_IO_PG_FIXTURE_H

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

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

/* A test that hangs fails here, so that the server is stopped behind it. */
static void turn(void)
{
    static int64_t end_ms;

    if (!end_ms)
        end_ms = lp_loop_now_ms(loop) + 60000;
    CU_ASSERT_TRUE_FATAL(lp_loop_now_ms(loop) < end_ms);

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

static inline void wait_ready(int connections)
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

static inline void execute(struct run *run, const struct lp_pg_statement *statement,
                           const char *const *values)
{
    start(run, statement, values, 20000);
    finish(run);
}

/* ---- Statements of more than one test ----------------------------------- */

static const Oid int4_type[] = {LP_OID_INT4};

static const struct lp_pg_statement echo = {
    .name = "echo",
    .sql = "SELECT $1::int4 + 1",
    .param_count = 1,
    .param_types = int4_type,
};
static const struct lp_pg_statement nap = {
    .name = "nap",
    .sql = "SELECT pg_sleep(30)",
};
static const struct lp_pg_statement commit_later = {
    .name = "commit_later",
    .sql = "SELECT current_setting('synchronous_commit')",
    .relaxed = true,
};
static const struct lp_pg_statement prepared_count = {
    .name = "prepared_count",
    .sql = "SELECT count(*) FROM pg_prepared_statements",
};

/* ---- The server --------------------------------------------------------- */

/* tests/support/postgres VERB FOLDER; what it prints goes to `output`.  True when it succeeded. */
static bool server(const char *verb, char *output, size_t size)
{
    int fds[2], status = -1;
    char script[512];
    size_t len = 0;
    ssize_t got;

    snprintf(script, sizeof(script), "%.*s/../../support/postgres",
             (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
    if (pipe2(fds, O_CLOEXEC))
        return false;

    pid_t child = fork();

    if (child == 0) {
        dup2(fds[1], STDOUT_FILENO);
        execl(script, script, verb, folder, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    while (len + 1 < size && (got = read(fds[0], output + len, size - 1 - len)) > 0)
        len += (size_t)got;
    if (size)
        output[len] = '\0';
    close(fds[0]);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int run_with_server(const char *suite, const struct unit_test *tests, size_t count)
{
    const char *given = getenv("LEOPAY_TEST_DATABASE");
    int result = 2;

    if (given) {
        snprintf(conninfo, sizeof(conninfo), "%s", given);
        return unit_run(suite, tests, count);
    }
    memcpy(folder, "/tmp/leopay-io-pg-XXXXXX", 25);
    if (!mkdtemp(folder) || chmod(folder, 0755))
        return 2;
    if (server("start", conninfo, sizeof(conninfo)) && *conninfo) {
        conninfo[strcspn(conninfo, "\n")] = '\0';
        result = unit_run(suite, tests, count);
    }
    return server("stop", NULL, 0) ? result : 2;
}

#define PG_TEST_MAIN(suite, ...)                                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        static const struct unit_test tests[] = {__VA_ARGS__};                                     \
        return run_with_server(suite, tests, sizeof(tests) / sizeof(*tests));                      \
    }

#endif
