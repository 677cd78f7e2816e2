/* SPDX-License-Identifier: MIT */
/*
 * The running daemon: the main thread.  It opens the sockets, starts the workers, serves the
 * operators, and takes the signals: TERM and INT end the daemon, HUP reloads keys, secrets and the
 * log's level.
 */
#include "daemon.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <leopay/leopay.h>

#include "common/log.h"
#include "config.h"
#include "http/listener.h"
#include "http/pages.h"
#include "http/server.h"
#include "metrics.h"
#include "ops.h"
#include "service.h"
#include "worker.h"

#define WORKERS_MAX     256
#define DESCRIPTORS_MAX 1048576
#define CONNECTIONS_MAX 16384
#define OPS_CONNECTIONS 64
/* For a worker: 17 are its own, the rest are for clients, the bank and billings. */
#define DESCRIPTORS_LOW 64
#define TURN_MS         200
#define DRAIN_US        26000000 /* then what is left is broken off */
#define LAST_US         29000000 /* then the process ends whatever happens */

struct daemon {
    struct leopay_settings *settings;
    struct leopay_settings
        *reloading; /* the workers are taking these over; NULL: no reload is under way */
    int reloads;
    bool reload_wanted;

    struct worker *workers[WORKERS_MAX];
    struct worker_report reports[WORKERS_MAX];
    size_t worker_count; /* that were started */
    struct server server;
    struct ops ops;
    int signal_fd;
    struct listener_file listen_file;
    struct listener_file ops_listen_file;

    int64_t drain_at_us; /* when it was told to end; 0: it was not */
    int64_t watchdog_at_us;
    int exit_code;
};

/* Static, so that what is never freed, because libh2o cannot, is at least never lost. */
static struct daemon daemon_state;

/* ---- Start -------------------------------------------------------------- */

/* Raises the limit of descriptors as far as is allowed, and tells how many connections a worker may
 * have: half are left for the database, the bank and billings. */
static size_t connections_per_worker(size_t workers)
{
    struct rlimit limit = {1024, 1024};

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < DESCRIPTORS_LOW * workers) {
        log_event(LEOPAY_LOG_WARNING, "descriptors.few",
                  LOG_NUMBER("limit", (int64_t)limit.rlim_cur),
                  LOG_NUMBER("wanted", (int64_t)(DESCRIPTORS_LOW * workers)));
    }
    size_t each = (size_t)limit.rlim_cur / 2 / workers;
    return each < 16 ? 16 : each > CONNECTIONS_MAX ? CONNECTIONS_MAX : each;
}

static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    /* Blocked before any thread starts, so that all inherit it and the descriptor alone takes them.
     */
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int start_workers(struct daemon *daemon, size_t count)
{
    const char *address = leopay_settings_text(daemon->settings, LEOPAY_SETTING_LISTEN);
    size_t conn_max = connections_per_worker(count);
    struct leopay_error err = {0};
    int fds[WORKERS_MAX];
    int r = listener_open(address, "", count, fds, &daemon->listen_file, &err);

    for (size_t i = 0; i < count && r == 0; i++) {
        struct worker_options options = {
            .settings = daemon->settings,
            .listen_fd = fds[i],
            .conn_max = conn_max,
            .looks_at_backlog = i == 0,
        };

        r = worker_new(&options, &daemon->workers[i], &err);
        if (r == 0) {
            r = worker_start(daemon->workers[i]);
        }
        daemon->worker_count += r == 0;
    }
    if (r != 0) {
        fprintf(stderr, "leopayd: LEOPAY_LISTEN: %s\n",
                err.text[0] != '\0' ? err.text : leopay_code_text(r));
        return r;
    }
    log_event(LEOPAY_LOG_INFO, "daemon.listening", LOG_TEXT("address", address),
              LOG_NUMBER("threads", (int64_t)count),
              LOG_NUMBER("connections_max", (int64_t)(conn_max * count)));
    return 0;
}

static int start_ops(struct daemon *daemon)
{
    const char *address = leopay_settings_text(daemon->settings, LEOPAY_SETTING_OPS_LISTEN);
    struct leopay_error err = {0};
    int fd;
    int r = listener_open(address, "ops", 1, &fd, &daemon->ops_listen_file, &err);

    if (r != 0) {
        fprintf(stderr, "leopayd: LEOPAY_OPS_LISTEN: %s\n", err.text);
        return r;
    }
    daemon->ops = (struct ops){.workers = daemon->workers, .reports = daemon->reports};
    server_init(&daemon->server, ops_request, &daemon->ops, OPS_CONNECTIONS, OPS_CONNECTIONS);
    server_listen(&daemon->server, fd);
    server_watch(&daemon->server, daemon->signal_fd);
    log_event(LEOPAY_LOG_INFO, "ops.listening", LOG_TEXT("address", address));
    return 0;
}

/* ---- Reload ------------------------------------------------------------- */

static void begin_reload(struct daemon *daemon)
{
    struct leopay_settings *settings;

    daemon->reload_wanted = false;
    service_notify_reloading();
    if (config_load(&settings, config_log_problem) != 0) {
        snprintf(daemon->ops.reload_error, sizeof(daemon->ops.reload_error),
                 "the settings could not be reloaded; the old ones are in use, see the log");
        log_event(LEOPAY_LOG_WARNING, "reload.refused",
                  LOG_TEXT("problem", daemon->ops.reload_error));
        service_notify("READY=1");
        return;
    }
    daemon->ops.reload_error[0] = '\0';
    daemon->reloading = settings;
    daemon->reloads++;
    log_configure(settings);
    for (size_t i = 0; i < daemon->worker_count; i++) {
        worker_reload(daemon->workers[i], settings);
    }
}

static void finish_reload(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->worker_count; i++) {
        worker_report_get(daemon->workers[i], &daemon->reports[i]);
        if (daemon->reports[i].reloads < daemon->reloads && !daemon->reports[i].stopped) {
            return;
        }
    }
    leopay_settings_free(daemon->settings);
    daemon->settings = daemon->reloading;
    daemon->reloading = NULL;
    log_event(LEOPAY_LOG_INFO, "daemon.reloaded", LOG_NUMBER("reloads", daemon->reloads));
    service_notify("READY=1");
}

/* ---- Run ---------------------------------------------------------------- */

static void begin_drain(struct daemon *daemon)
{
    bool again = daemon->drain_at_us != 0;

    if (!again) {
        daemon->drain_at_us = stats_now_us();
        daemon->ops.draining = true;
        service_notify("STOPPING=1");
        log_event(LEOPAY_LOG_INFO, "daemon.stopping",
                  LOG_NUMBER("workers", (int64_t)daemon->worker_count));
    }
    for (size_t i = 0; i < daemon->worker_count; i++) {
        if (again) {
            worker_stop(daemon->workers[i]);
        } else {
            worker_drain(daemon->workers[i]);
        }
    }
}

static void take_signals(struct daemon *daemon)
{
    struct signalfd_siginfo info;

    while (read(daemon->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGHUP) {
            daemon->reload_wanted = true;
        } else {
            begin_drain(daemon);
        }
    }
}

/* Whether every worker's thread is at its end.  A worker that breaks takes the daemon with it: its
 * service manager starts a whole one. */
static bool all_stopped(struct daemon *daemon)
{
    bool all = true;

    for (size_t i = 0; i < daemon->worker_count; i++) {
        struct worker_report *report = &daemon->reports[i];

        worker_report_get(daemon->workers[i], report);
        all = all && report->stopped;
        if (report->broken && daemon->exit_code == 0) {
            daemon->exit_code = 1;
            begin_drain(daemon);
        }
    }
    return all;
}

static void keep_time(struct daemon *daemon)
{
    int64_t now_us = stats_now_us();
    int64_t watchdog_us = service_watchdog_us();

    if (watchdog_us > 0 && now_us - daemon->watchdog_at_us >= watchdog_us / 3 &&
        ops_alive(&daemon->ops)) {
        daemon->watchdog_at_us = now_us;
        service_notify("WATCHDOG=1");
    }
    if (daemon->drain_at_us == 0) {
        return;
    }
    if (now_us - daemon->drain_at_us >= LAST_US) {
        log_event(LEOPAY_LOG_WARNING, "daemon.cut",
                  LOG_TEXT("problem", "a worker did not end in time"));
        _exit(daemon->exit_code);
    }
    if (now_us - daemon->drain_at_us >= DRAIN_US) {
        for (size_t i = 0; i < daemon->worker_count; i++) {
            worker_stop(daemon->workers[i]);
        }
    }
}

static void serve(struct daemon *daemon)
{
    while (!all_stopped(daemon)) {
        server_run(&daemon->server, TURN_MS);
        take_signals(daemon);
        if (daemon->reloading != NULL) {
            finish_reload(daemon);
        } else if (daemon->reload_wanted && daemon->drain_at_us == 0) {
            begin_reload(daemon);
        }
        keep_time(daemon);
    }
}

int daemon_run(struct leopay_settings *settings)
{
    struct daemon *daemon = &daemon_state;
    size_t count = (size_t)leopay_settings_number(settings, LEOPAY_SETTING_THREADS);

    daemon->settings = settings;
    log_configure(settings);
    pages_init();
    metrics_start();
    leopay_zone_use(settings);
    daemon->signal_fd = open_signals();
    if (daemon->signal_fd < 0 || leopay_init() != 0) {
        fprintf(stderr, "leopayd: cannot start: %s\n", strerror(errno));
        return 1;
    }
    count = count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : count;
    int r = start_ops(daemon);
    if (r == 0) {
        r = start_workers(daemon, count);
    }
    daemon->ops.worker_count = daemon->worker_count;
    if (r != 0) {
        daemon->exit_code = 1;
        begin_drain(daemon);
    } else {
        log_event(LEOPAY_LOG_INFO, "daemon.started", LOG_TEXT("version", leopay_version()));
        service_notify("READY=1");
    }
    serve(daemon);
    for (size_t i = 0; i < daemon->worker_count; i++) {
        worker_join(daemon->workers[i]);
    }
    listener_unlink(&daemon->listen_file);
    listener_unlink(&daemon->ops_listen_file);
    log_event(LEOPAY_LOG_INFO, "daemon.stopped", LOG_NUMBER("exit_code", daemon->exit_code));
    leopay_settings_free(daemon->settings);
    leopay_settings_free(daemon->reloading);
    return daemon->exit_code;
}
