/* SPDX-License-Identifier: MIT */
/* What a server has counted.  Plain numbers, written by one thread; others see copies. */
#ifndef LEOPAYD_STATS_H
#define LEOPAYD_STATS_H

#include <stdint.h>

enum route {
    ROUTE_ORDER,
    ROUTE_RETURN,
    ROUTE_CALLBACK,
    ROUTE_LIST,
    ROUTE_SHOW,
    ROUTE_OPENAPI,
    ROUTE_OTHER,
    ROUTE_COUNT
};

/* 1xx … 5xx; no 1xx is ever sent as a final answer. */
#define STATS_CLASSES 5

#define STATS_BUCKETS 13

/* Upper bounds in microseconds; the last bucket is for all that is slower. */
extern const int64_t stats_bounds_us[STATS_BUCKETS];
extern const char *const stats_route_names[ROUTE_COUNT];

struct stats {
    uint64_t requests[ROUTE_COUNT][STATS_CLASSES];
    uint64_t durations[ROUTE_COUNT][STATS_BUCKETS + 1];
    uint64_t duration_sum_us[ROUTE_COUNT];
    uint64_t connections; /* accepted since the start */
    uint64_t shed;
    uint64_t refused_heads;
    uint64_t pauses;
};

void stats_count(struct stats *stats, enum route route, int status, int64_t duration_us);

/* Adds all of `from` to `to`. */
void stats_add(struct stats *to, const struct stats *from);

/* Microseconds of the monotonic clock. */
int64_t stats_now_us(void);

#endif
