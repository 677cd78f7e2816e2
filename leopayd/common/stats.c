/* SPDX-License-Identifier: MIT */
/* What a server counts. */
#include "common/stats.h"

#include <assert.h>
#include <stddef.h>
#include <time.h>

const int64_t stats_bounds_us[STATS_BUCKETS] = {1000,    2500,     5000,    10000,  25000,
                                                50000,   100000,   250000,  500000, 1000000,
                                                5000000, 15000000, 30000000};

const char *const stats_route_names[ROUTE_COUNT] = {"order", "return",  "callback", "list",
                                                    "show",  "openapi", "other"};

void stats_count(struct stats *stats, enum route route, int status, int64_t duration_us)
{
    size_t bucket = 0;

    assert(status >= 100 && status <= 599);
    while (bucket < STATS_BUCKETS && duration_us > stats_bounds_us[bucket]) {
        bucket++;
    }
    stats->requests[route][status / 100 - 1]++;
    stats->durations[route][bucket]++;
    stats->duration_sum_us[route] += (uint64_t)duration_us;
}

void stats_add(struct stats *to, const struct stats *from)
{
    for (int route = 0; route < ROUTE_COUNT; route++) {
        for (int i = 0; i < STATS_CLASSES; i++) {
            to->requests[route][i] += from->requests[route][i];
        }
        for (int i = 0; i <= STATS_BUCKETS; i++) {
            to->durations[route][i] += from->durations[route][i];
        }
        to->duration_sum_us[route] += from->duration_sum_us[route];
    }
    to->connections += from->connections;
    to->shed += from->shed;
    to->refused_heads += from->refused_heads;
    to->pauses += from->pauses;
}

int64_t stats_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
