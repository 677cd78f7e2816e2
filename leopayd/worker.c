/* SPDX-License-Identifier: MIT */
/* A worker: the loop that turns libh2o and the library in one thread. */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <leopay/transaction.h>

#include "api/route.h"
#include "common/log.h"
#include "http/server.h"

#define TURN_MS       250
#define REPORT_US     100000
#define CALLBACKS     256
#define UNDER_WAY_MAX 4096

struct worker {
    pthread_t thread;
    struct leopay *lp;
    struct server server;
    int listen_fd;
    int wake_fd;
    int lp_fd; /* a copy of the handle's descriptor, for the loop */
    size_t conn_max;
    bool looks_at_backlog;
    char base_url[LEOPAY_URL_MAX + 1];

    /* Wishes of the main thread. */
    atomic_bool drain;
    atomic_bool stop;
    _Atomic(const struct leopay_settings *) reload;

    struct worker_report current; /* the worker's own */
    pthread_mutex_t lock;
    struct worker_report published; /* under the lock */
};

struct leopay *worker_handle(const struct server *server)
{
    return ((struct worker *)server->owner)->lp;
}

const char *worker_base_url(const struct server *server)
{
    return ((struct worker *)server->owner)->base_url;
}

static void keep_base_url(struct worker *worker, const struct leopay_settings *settings)
{
    const char *url = leopay_settings_text(settings, LEOPAY_SETTING_BASE_URL);
    size_t length = strlen(url);

    while (length > 0 && url[length - 1] == '/') {
        length--;
    }
    snprintf(worker->base_url, sizeof(worker->base_url), "%.*s", (int)length, url);
}

static void wake(struct worker *worker)
{
    const uint64_t one = 1;

    /* It fails only when the counter is full, and then the worker is awake. */
    (void)!write(worker->wake_fd, &one, sizeof(one));
}

static void publish(struct worker *worker, bool at_once)
{
    struct worker_report *report = &worker->current;
    int64_t now_us = stats_now_us();

    if (!at_once && now_us - report->at_us < REPORT_US) {
        return;
    }
    size_t count = 0;
    const struct leopay_counter *counters =
        worker->lp == NULL ? NULL : leopay_counters(worker->lp, &count);

    report->at_us = now_us;
    report->stats = worker->server.stats;
    report->conn_count = worker->server.conn_count;
    report->under_way = worker->server.under_way;
    if (counters != NULL) {
        leopay_status(worker->lp, &report->status);
        report->counter_count = count < WORKER_COUNTERS_MAX ? count : WORKER_COUNTERS_MAX;
        memcpy(report->counters, counters, report->counter_count * sizeof(*counters));
    }
    pthread_mutex_lock(&worker->lock);
    worker->published = *report;
    pthread_mutex_unlock(&worker->lock);
}

static void reload(struct worker *worker)
{
    const struct leopay_settings *settings = atomic_exchange(&worker->reload, NULL);
    struct leopay_error err = {0};

    if (settings == NULL) {
        return;
    }
    worker->current.reload_error[0] = '\0';
    if (leopay_reload(worker->lp, settings, &err) != 0) {
        snprintf(worker->current.reload_error, sizeof(worker->current.reload_error), "%s",
                 err.text);
        log_event(LEOPAY_LOG_WARNING, "reload.failed", LOG_TEXT("error", err.text));
    }
    worker->current.reloads++;
    publish(worker, true);
}

static bool is_done(const struct worker *worker)
{
    struct leopay_status status;

    if (worker->stop || worker->current.broken) {
        return true;
    }
    if (!worker->server.draining || worker->server.under_way > 0 || worker->server.conn_count > 0) {
        return false;
    }
    leopay_status(worker->lp, &status);
    return status.jobs == 0 && status.operations == 0;
}

static void take_wishes(struct worker *worker)
{
    uint64_t ignored;

    (void)!read(worker->wake_fd, &ignored, sizeof(ignored));
    if (worker->drain && !worker->server.draining) {
        server_drain(&worker->server);
        leopay_jobs_stop(worker->lp);
    }
    reload(worker);
}

static void *run(void *data)
{
    struct worker *worker = data;

    server_init(&worker->server, route_request, worker, worker->conn_max, UNDER_WAY_MAX);
    server_watch(&worker->server, worker->lp_fd);
    server_watch(&worker->server, worker->wake_fd);
    server_listen(&worker->server, worker->listen_fd);
    publish(worker, true);

    while (!is_done(worker)) {
        server_run(&worker->server, TURN_MS);
        int r = leopay_process(worker->lp, CALLBACKS);
        if (r == LEOPAY_ECLOSED || r == LEOPAY_EINTERNAL) {
            log_event(LEOPAY_LOG_ERROR, "worker.broken", LOG_TEXT("code", leopay_code_name(r)));
            worker->current.broken = true;
        }
        take_wishes(worker);
        if (worker->looks_at_backlog && !worker->server.draining) {
            backlog_turn(&worker->current.backlog, worker->lp);
        }
        publish(worker, false);
    }
    /* Calls back all that is pending; the answers are given out in one last turn. */
    leopay_close(worker->lp);
    worker->lp = NULL;
    server_run(&worker->server, 0);
    worker->current.stopped = true;
    publish(worker, true);
    return NULL;
}

int worker_new(const struct worker_options *options, struct worker **ret_worker,
               struct leopay_error *err)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    const struct leopay_options lp_options = {
        .size = sizeof(lp_options),
        .settings = options->settings,
        .log = log_fields,
        .application_name = "leopayd",
        .jobs = true,
    };

    if (worker == NULL) {
        close(options->listen_fd);
        return LEOPAY_ENOMEM;
    }
    int r = leopay_open(&lp_options, &worker->lp, err);
    worker->listen_fd = options->listen_fd;
    worker->conn_max = options->conn_max;
    worker->looks_at_backlog = options->looks_at_backlog;
    keep_base_url(worker, options->settings);
    worker->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* libh2o closes what it is given, and so does the handle. */
    worker->lp_fd = r == 0 ? fcntl(leopay_fd(worker->lp), F_DUPFD_CLOEXEC, 0) : -1;
    pthread_mutex_init(&worker->lock, NULL);
    if (r == 0 && (worker->wake_fd < 0 || worker->lp_fd < 0)) {
        snprintf(err->text, sizeof(err->text), "no descriptors: %s", strerror(errno));
        r = LEOPAY_EAGAIN;
    }
    if (r != 0) {
        leopay_close(worker->lp);
        close(worker->wake_fd);
        close(worker->lp_fd);
        close(worker->listen_fd);
        free(worker);
        return r;
    }
    *ret_worker = worker;
    return 0;
}

int worker_start(struct worker *worker)
{
    return pthread_create(&worker->thread, NULL, run, worker) == 0 ? 0 : LEOPAY_EAGAIN;
}

void worker_reload(struct worker *worker, const struct leopay_settings *settings)
{
    worker->reload = settings;
    wake(worker);
}

void worker_drain(struct worker *worker)
{
    worker->drain = true;
    wake(worker);
}

void worker_stop(struct worker *worker)
{
    worker->stop = true;
    wake(worker);
}

void worker_report_get(struct worker *worker, struct worker_report *ret_report)
{
    pthread_mutex_lock(&worker->lock);
    *ret_report = worker->published;
    pthread_mutex_unlock(&worker->lock);
}

void worker_join(struct worker *worker)
{
    /* Its loop's sockets go with the process: libh2o cannot take down a loop that has connections.
     */
    pthread_join(worker->thread, NULL);
}
