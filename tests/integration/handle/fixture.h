/* SPDX-License-Identifier: MIT */
/* A private PostgreSQL with a schema and a billing, a bank, and handles on them. */
#ifndef TESTS_INTEGRATION_HANDLE_FIXTURE_H
#define TESTS_INTEGRATION_HANDLE_FIXTURE_H

#include <fcntl.h>
#include <poll.h>
#include <time.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <libpq-fe.h>

#include <leopay/leopay.h>

#include "integration/handle/bank.h"

/* A test that waits longer than this for a fact has failed. */
#define PATIENCE_MS 20000

static char folder[64], conninfo[256];
static struct leopay_settings *settings;

/* ---- The server --------------------------------------------------------- */

/* tests/support/postgres VERB FOLDER; its first line of output goes to `output`.  No test here cuts
 * the power, so it need not wait for the disk. */
static bool server(const char *verb, char *output, size_t size)
{
    int fds[2], status = -1;
    char script[512];
    size_t length = 0;
    ssize_t got;

    snprintf(script, sizeof(script), "%.*s/../../support/postgres",
             (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
    if (pipe2(fds, O_CLOEXEC))
        return false;
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDOUT_FILENO);
        execl(script, script, verb, folder, strcmp(verb, "start") ? NULL : "--fast", (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    while (length + 1 < size && (got = read(fds[0], output + length, size - 1 - length)) > 0)
        length += (size_t)got;
    if (size) {
        output[length] = '\0';
        output[strcspn(output, "\n")] = '\0';
    }
    close(fds[0]);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Runs SQL past the library; the first value of its result as a number, -1 where there is none. */
static inline long sql(const char *text)
{
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *result = PQexec(conn, text);
    long value = -1;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fprintf(stderr, "%s: %s\n", text, PQerrorMessage(conn));
    else if (PQntuples(result))
        value = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(conn);
    return value;
}

static void set(const char *variable, const char *value)
{
    if (leopay_settings_set(settings, variable, value, NULL))
        abort();
}

static bool set_up(void)
{
    struct leopay_migrate_result migrated;
    char url[128];

    memcpy(folder, "/tmp/leopay-handle-XXXXXX", 26);
    if (leopay_init() || !mkdtemp(folder) || chmod(folder, 0755) || !bank_start() ||
        !server("start", conninfo, sizeof(conninfo)) || leopay_settings_new(&settings))
        return false;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/ecomm/gw/partner/api/v1/", bank.port);
    set("LEOPAY_DATABASE_URL", conninfo);
    set("LEOPAY_SBERBANK_URL", url);
    set("LEOPAY_SBERBANK_USERNAME", "shop");
    set("LEOPAY_SBERBANK_PASSWORD", "secret");
    if (leopay_schema_migrate(settings, 0, NULL, NULL, &migrated, NULL))
        return false;
    return sql("INSERT INTO leopay.counteragents (name) VALUES ('agent') RETURNING id") > 0 &&
           sql("INSERT INTO leopay.billings (system_name, name, counteragent_id, url)"
               " SELECT 'demo', 'demo', id, 'http://127.0.0.1:9/' FROM leopay.counteragents"
               " RETURNING id") > 0;
}

static bool tear_down(void)
{
    bank_stop();
    leopay_settings_free(settings);
    return server("stop", NULL, 0);
}

/* ---- Handles and operations --------------------------------------------- */

static inline struct leopay *open_on(const struct leopay_settings *with)
{
    const struct leopay_options options = {.size = sizeof(options), .settings = with};
    struct leopay *lp = NULL;

    CU_ASSERT_EQUAL_FATAL(leopay_open(&options, &lp, NULL), 0);
    return lp;
}

/* How an operation ended. */
struct outcome {
    int calls;
    int code;
    int err_code;
    int64_t id;
    char text[256];
};

static void keep(struct outcome *outcome, int code, const struct leopay_error *err)
{
    outcome->calls++;
    outcome->code = code;
    outcome->err_code = err ? err->code : 0;
    snprintf(outcome->text, sizeof(outcome->text), "%s", err ? err->text : "");
}

static inline void on_registered(void *data, int code,
                                 const struct leopay_registration *registration,
                                 const struct leopay_error *err)
{
    keep(data, code, err);
    ((struct outcome *)data)->id = registration->id;
}

static inline void on_returned(void *data, int code, int64_t id, const char *final_url,
                               const struct leopay_error *err)
{
    (void)final_url;
    keep(data, code, err);
    ((struct outcome *)data)->id = id;
}

static inline void on_transaction(void *data, int code,
                                  const struct leopay_transaction *transaction,
                                  const struct leopay_error *err)
{
    keep(data, code, err);
    ((struct outcome *)data)->id = transaction ? transaction->id : 0;
}

static const struct leopay_order an_order = {
    .amount = 100,
    .billing = "demo",
    .final_url = "http://shop.example/",
    .billing_userid = "42",
};

static inline leopay_op start_order(struct leopay *lp, struct outcome *outcome)
{
    leopay_op op = 0;

    *outcome = (struct outcome){0};
    CU_ASSERT_EQUAL(leopay_transaction_register(lp, &an_order, on_registered, outcome, &op, NULL),
                    0);
    CU_ASSERT_EQUAL(outcome->calls, 0);
    return op;
}

/* The cheapest operation: one question to the database, to which the answer is no. */
static inline leopay_op start_return(struct leopay *lp, struct outcome *outcome)
{
    leopay_op op = 0;

    *outcome = (struct outcome){0};
    CU_ASSERT_EQUAL(leopay_transaction_return(lp, NULL, "none", on_returned, outcome, &op, NULL),
                    0);
    CU_ASSERT_EQUAL(outcome->calls, 0);
    return op;
}

static inline int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static inline bool is_readable(const struct leopay *lp, int timeout_ms)
{
    struct pollfd fd = {.fd = leopay_fd(lp), .events = POLLIN};

    return poll(&fd, 1, timeout_ms) == 1;
}

/* One turn, begun only when the descriptor says so. */
static inline void turn(struct leopay *lp, int budget)
{
    CU_ASSERT_FATAL(is_readable(lp, PATIENCE_MS));
    CU_ASSERT_EQUAL(leopay_process(lp, budget), 0);
}

/* Turns until the condition holds; it must within the patience. */
#define TURN_UNTIL(lp, condition)                                                                  \
    for (int64_t end_ = now_ms() + PATIENCE_MS; !(condition);) {                                   \
        CU_ASSERT_FATAL(now_ms() < end_);                                                          \
        turn(lp, 64);                                                                              \
    }

/* Until the database has answered once and nothing is under way. */
static inline void settle(struct leopay *lp)
{
    struct leopay_status status = {0};

    TURN_UNTIL(lp, (leopay_status(lp, &status), status.schema && !status.operations));
}

static inline int run_suite(const char *suite, const struct unit_test *tests, size_t count)
{
    int result = set_up() ? unit_run(suite, tests, count) : 2;

    return tear_down() ? result : 2;
}

#define HANDLE_TEST_MAIN(suite, ...)                                                               \
    int main(void)                                                                                 \
    {                                                                                              \
        static const struct unit_test tests[] = {__VA_ARGS__};                                     \
        return run_suite(suite, tests, sizeof(tests) / sizeof(*tests));                            \
    }

#endif
