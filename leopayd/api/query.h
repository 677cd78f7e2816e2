/* SPDX-License-Identifier: MIT */
/* The query of a list of payments: read into a filter, every fault named at once.  Pure. */
#ifndef LEOPAYD_QUERY_H
#define LEOPAYD_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include <leopay/report.h>

#include "common/text.h"
#include "http/problem.h"

#define QUERY_LIMIT_MAX   1000
#define QUERY_ITEMS_MAX   32 /* and one `after`, which the address of the next page adds */
#define QUERY_FAULTS_MAX  24
#define QUERY_NAME_MAX    40 /* bytes of an unknown name that are given back */
#define QUERY_ITEM_GROWTH 3  /* a byte may become three where it is escaped */

struct query_item {
    const char *name;
    const char *value;
};

struct query {
    struct leopay_filter filter; /* borrows from here and from the query's text */
    int bank_status;
    int64_t limit;
    struct query_item items[QUERY_ITEMS_MAX + 1]; /* as they were given, decoded */
    size_t item_count;
    struct fault faults[QUERY_FAULTS_MAX];
    size_t fault_count;
};

/* Reads a query without its question mark.  The text is changed in place, and borrowed. */
void query_read(struct query *query, char *text);

/* The most bytes that query_write_next() may take beyond the base URL. */
size_t query_next_size(const struct query *query);

/* The address of the page that follows the payment after_id, with the same filters. */
void query_write_next(struct text *out, const struct query *query, const char *base_url,
                      int64_t after_id);

#endif
