/* SPDX-License-Identifier: MIT */
/* The metrics: names begin with leopay_, counters end in _total, times are seconds. */
#include "metrics.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <leopay/version.h>

#include "common/log.h"

static time_t started_at;

static void write_head(struct text *out, const char *name, const char *suffix, const char *type,
                       const char *help)
{
    text_printf(out, "# HELP leopay_%s%s %s\n# TYPE leopay_%s%s %s\n", name, suffix, help, name,
                suffix, type);
}

static void write_value(struct text *out, const char *name, const char *suffix, const char *type,
                        const char *help, uint64_t value)
{
    write_head(out, name, suffix, type, help);
    text_printf(out, "leopay_%s%s %llu\n", name, suffix, (unsigned long long)value);
}

static void write_requests(struct text *out, const struct stats *stats)
{
    write_head(out, "http_requests", "_total", "counter",
               "Requests answered, by route and class of status.");
    for (int route = 0; route < ROUTE_COUNT; route++) {
        for (int i = 1; i < STATS_CLASSES; i++) {
            text_printf(out, "leopay_http_requests_total{route=\"%s\",status=\"%dxx\"} %llu\n",
                        stats_route_names[route], i + 1,
                        (unsigned long long)stats->requests[route][i]);
        }
    }
}

static void write_durations(struct text *out, const struct stats *stats)
{
    const char *name = "leopay_http_request_duration_seconds";

    write_head(out, "http_request_duration_seconds", "", "histogram",
               "Time from a request's arrival to its answer.");
    for (int route = 0; route < ROUTE_COUNT; route++) {
        const char *label = stats_route_names[route];
        unsigned long long sum = 0;

        for (int i = 0; i < STATS_BUCKETS; i++) {
            sum += stats->durations[route][i];
            text_printf(out, "%s_bucket{route=\"%s\",le=\"%g\"} %llu\n", name, label,
                        (double)stats_bounds_us[i] / 1e6, sum);
        }
        sum += stats->durations[route][STATS_BUCKETS];
        text_printf(out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %llu\n", name, label, sum);
        text_printf(out, "%s_sum{route=\"%s\"} %.6f\n%s_count{route=\"%s\"} %llu\n", name, label,
                    (double)stats->duration_sum_us[route] / 1e6, name, label, sum);
    }
}

/* The library's own counters; every handle has the same ones in the same order. */
static void write_counters(struct text *out, const struct worker_report *reports, size_t count)
{
    for (size_t i = 0; count > 0 && i < reports[0].counter_count; i++) {
        uint64_t sum = 0;

        for (size_t n = 0; n < count; n++) {
            sum += i < reports[n].counter_count ? reports[n].counters[i].value : 0;
        }
        write_value(out, reports[0].counters[i].name, "_total", "counter",
                    reports[0].counters[i].help, sum);
    }
}

/* Each worker asks; the first one that has an answer stands for all. */
static void write_clock(struct text *out, const struct worker_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct leopay_status *status = &reports[i].status;

        if (status->database && status->schema) {
            write_head(out, "database_clock_ahead_seconds", "", "gauge",
                       "The database's clock minus this machine's.");
            text_printf(out, "leopay_database_clock_ahead_seconds %.3f\n",
                        (double)status->clock_ahead_us / 1e6);
            return;
        }
    }
}

/* Of the whole database, so that every daemon on it says the same. */
static void write_backlog(struct text *out, const struct backlog *backlog)
{
    const struct leopay_work_probe *work = &backlog->work;

    if (!backlog->known) {
        return; /* no figure is better than an old one */
    }
    write_value(out, "jobs_waiting", "", "gauge", "Payments that wait for their time.",
                (uint64_t)work->waiting);
    write_value(out, "jobs_overdue", "", "gauge",
                "Payments due for more than two minutes that nobody has taken up.",
                (uint64_t)work->overdue);
    write_value(out, "payments_attention", "", "gauge", "Payments that want a person to look.",
                (uint64_t)work->attention);
}

static void write_process(struct text *out)
{
    struct rusage usage;
    unsigned long long pages = 0;

    getrusage(RUSAGE_SELF, &usage);
    write_head(out, "process_cpu_seconds", "_total", "counter", "Processor time used.");
    text_printf(out, "leopay_process_cpu_seconds_total %.3f\n",
                (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);

    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm != NULL) {
        if (fscanf(statm, "%*u %llu", &pages) == 1) {
            write_value(out, "process_resident_memory_bytes", "", "gauge", "Memory in use.",
                        pages * (unsigned long long)sysconf(_SC_PAGESIZE));
        }
        fclose(statm);
    }
    write_head(out, "process_start_time_seconds", "", "gauge",
               "When the process was started, in Unix time.");
    text_printf(out, "leopay_process_start_time_seconds %.0f\n", (double)started_at);
}

void metrics_start(void)
{
    started_at = time(NULL);
}

void metrics_write(struct text *out, const struct worker_report *reports, size_t count, bool ready)
{
    struct stats stats = {0};
    size_t connections = 0;
    size_t under_way = 0;
    size_t operations = 0;
    size_t jobs = 0;

    for (size_t i = 0; i < count; i++) {
        stats_add(&stats, &reports[i].stats);
        connections += reports[i].conn_count;
        under_way += reports[i].under_way;
        operations += reports[i].status.operations;
        jobs += reports[i].status.jobs;
    }
    write_head(out, "build_info", "", "gauge", "The version that runs; the value is always 1.");
    text_printf(out, "leopay_build_info{version=\"%s\"} 1\n", leopay_version());
    write_value(out, "ready", "", "gauge", "1 when every worker serves.", ready);
    write_value(out, "workers", "", "gauge", "Worker threads.", count);
    write_requests(out, &stats);
    write_durations(out, &stats);
    write_value(out, "http_requests_in_flight", "", "gauge", "Requests not answered yet.",
                under_way);
    write_value(out, "http_connections", "", "gauge", "Open connections.", connections);
    write_value(out, "http_connections_accepted", "_total", "counter", "Connections accepted.",
                stats.connections);
    write_value(out, "http_shed", "_total", "counter",
                "Requests refused because too many were under way.", stats.shed);
    write_value(out, "http_refused_heads", "_total", "counter",
                "Requests refused for an ambiguous or oversized head.", stats.refused_heads);
    write_value(out, "http_accept_pauses", "_total", "counter",
                "Times that accepting was paused, for lack of descriptors or of room.",
                stats.pauses);
    write_value(out, "operations_in_flight", "", "gauge", "Operations of the library under way.",
                operations);
    write_value(
        out, "jobs_in_flight", "", "gauge",
        "Checks and deliveries under way, and statements that claim more or give some back.", jobs);
    write_value(out, "log_lines_dropped", "_total", "counter",
                "Log lines lost because nobody read them.", log_dropped());
    write_clock(out, reports, count);
    for (size_t i = 0; i < count; i++) {
        write_backlog(out, &reports[i].backlog);
    }
    write_counters(out, reports, count);
    write_process(out);
}
