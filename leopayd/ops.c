/* SPDX-License-Identifier: MIT */
/* The operators' pages, made from what the workers last reported. */
#include "ops.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/text.h"
#include "http/reply.h"
#include "metrics.h"

static void collect(struct ops *ops)
{
    for (size_t i = 0; i < ops->worker_count; i++) {
        worker_report_get(ops->workers[i], &ops->reports[i]);
    }
}

static bool is_silent(const struct worker_report *report)
{
    return report->at_us == 0 || stats_now_us() - report->at_us > OPS_SILENCE_US;
}

/* Adds a string to a JSON list. */
static void add_item(struct text *list, const char *format, size_t worker, const char *detail)
{
    char line[400];
    struct text item;

    text_init(&item, line, sizeof(line));
    text_printf(&item, "worker %zu: ", worker);
    text_add(&item, format);
    text_add(&item, detail);
    text_add(list, list->length == 0 ? "" : ", ");
    text_add_quoted(list, item.bytes, item.length);
}

static void list_problems(const struct worker_report *report, size_t worker, struct text *out)
{
    const struct leopay_status *status = &report->status;

    if (is_silent(report) || report->broken || report->stopped) {
        add_item(out, "does not run", worker, "");
        return;
    }
    if (!status->database) {
        add_item(out, "the database does not answer", worker, "");
    } else if (!status->schema) {
        add_item(out, "the database's schema is not the one that is needed", worker, "");
    }
    if (!status->signing_key) {
        add_item(out, "no signing key is loaded", worker, "");
    }
    if (status->problem[0] != '\0' &&
        !(status->database && status->schema && status->signing_key)) {
        add_item(out, "", worker, status->problem);
    }
}

static void warn_of_clock(const struct leopay_status *status, size_t worker, struct text *warnings)
{
    char seconds[32];

    if (status->database && status->clock_differs) {
        snprintf(seconds, sizeof(seconds), "%+lld s",
                 (long long)(status->clock_ahead_us / 1000000));
        add_item(warnings, "the database's clock is not ours: ", worker, seconds);
    }
}

/* Fills in what is wrong and what is merely odd; returns whether all workers serve. */
static bool judge(struct ops *ops, struct text *problems, struct text *warnings)
{
    collect(ops);
    if (ops->draining) {
        text_add(problems, "\"shutting down\"");
    }
    if (ops->reload_error[0] != '\0') {
        text_add_quoted(warnings, ops->reload_error, strlen(ops->reload_error));
    }
    for (size_t i = 0; i < ops->worker_count; i++) {
        list_problems(&ops->reports[i], i, problems);
        warn_of_clock(&ops->reports[i].status, i, warnings);
        if (ops->reports[i].reload_error[0] != '\0') {
            add_item(warnings, "reload failed: ", i, ops->reports[i].reload_error);
        }
    }
    return problems->length == 0;
}

static void handle_health(struct exchange *exchange)
{
    reply_body(exchange, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

static void handle_ready(struct exchange *exchange)
{
    char problem_storage[4096];
    char warning_storage[2048];
    char storage[8192];
    struct text problems;
    struct text warnings;
    struct text out;

    text_init(&problems, problem_storage, sizeof(problem_storage));
    text_init(&warnings, warning_storage, sizeof(warning_storage));
    text_init(&out, storage, sizeof(storage));
    bool ready = judge(exchange->server->owner, &problems, &warnings);
    /* Of a list that had to be cut, the whole is replaced: half an item would not be JSON. */
    text_printf(&out, "{\"ready\": %s, \"problems\": [%s], \"warnings\": [%s]}\n",
                ready ? "true" : "false", problems.cut ? "\"too many to list\"" : problems.bytes,
                warnings.cut ? "\"too many to list\"" : warnings.bytes);
    reply_body(exchange, ready ? 200 : 503, "application/json", out.bytes, out.length);
}

static void handle_metrics(struct exchange *exchange)
{
    static char storage[131072]; /* the operators' server has one thread */
    char scratch[8192];
    struct ops *ops = exchange->server->owner;
    struct text problems;
    struct text warnings;
    struct text out;

    text_init(&out, storage, sizeof(storage));
    text_init(&problems, scratch, sizeof(scratch) / 2);
    text_init(&warnings, scratch + sizeof(scratch) / 2, sizeof(scratch) / 2);
    bool ready = judge(ops, &problems, &warnings);
    metrics_write(&out, ops->reports, ops->worker_count, ready);
    reply_body(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", out.bytes, out.length);
}

void ops_request(struct exchange *exchange)
{
    static const struct {
        const char *path;
        void (*handle)(struct exchange *exchange);
    } entries[] = {
        {"/healthz", handle_health}, {"/readyz", handle_ready}, {"/metrics", handle_metrics}};
    h2o_iovec_t path = exchange_path(exchange);

    if (path.len > 1 && path.base[path.len - 1] == '/') {
        path.len--;
    }
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (strlen(entries[i].path) == path.len &&
            memcmp(entries[i].path, path.base, path.len) == 0) {
            if (exchange_is(exchange, "GET") || exchange_is(exchange, "HEAD")) {
                entries[i].handle(exchange);
            } else {
                reply_not_allowed(exchange, "GET, HEAD");
            }
            return;
        }
    }
    reply_problem(exchange, 404);
}

bool ops_alive(struct ops *ops)
{
    collect(ops);
    for (size_t i = 0; i < ops->worker_count; i++) {
        if (is_silent(&ops->reports[i])) {
            return false;
        }
    }
    return true;
}
