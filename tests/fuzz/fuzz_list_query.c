/* SPDX-License-Identifier: MIT */
/*
 * The query of a list of payments.  What was understood must be understood the same in the address
 * of the next page, which goes into JSON, logs and other people's shells.
 */
#include "leopayd/api/query.h"

#include "base/parse.h"
#include "fuzz.h"

#define BASE     "https://pay.example/leopay"
#define AFTER_ID INT64_C(9007199254740993)

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void claim_same(const struct leopay_filter *a, const struct leopay_filter *b)
{
    CLAIM(a->paid_from_us == b->paid_from_us && a->paid_before_us == b->paid_before_us);
    CLAIM(a->created_from_us == b->created_from_us && a->created_before_us == b->created_before_us);
    CLAIM(a->statuses == b->statuses && a->attention == b->attention);
    CLAIM(!a->bank_status == !b->bank_status &&
          (!a->bank_status || *a->bank_status == *b->bank_status));
    CLAIM(same_text(a->billing, b->billing) && same_text(a->counteragent, b->counteragent));
    CLAIM(same_text(a->search, b->search) && same_text(a->order_id, b->order_id));
}

static void claim_text(const char *text)
{
    CLAIM(!text || (*text && lp_utf8_valid(text, strlen(text))));
}

static void claim_understood(const struct query *query)
{
    const struct leopay_filter *filter = &query->filter;

    CLAIM(query->limit >= 1 && query->limit <= QUERY_LIMIT_MAX && filter->after_id >= 0);
    CLAIM(!(filter->statuses & ~0x3eu));
    claim_text(filter->billing);
    claim_text(filter->counteragent);
    claim_text(filter->search);
    claim_text(filter->order_id);
}

static void claim_next(const struct query *query)
{
    size_t room = strlen(BASE) + query_next_size(query);
    char *next = malloc(room);
    struct query again;
    struct text text;

    CLAIM(next);
    text_init(&text, next, room);
    query_write_next(&text, query, BASE, AFTER_ID);
    CLAIM(!text.cut && !strncmp(next, BASE "/api/v1/transactions/?", strlen(BASE) + 22));
    for (const char *c = next; *c; c++)
        CLAIM(*c > ' ' && *c < 0x7f && !strchr("\"'<>\\`#", *c));
    query_read(&again, strchr(next, '?') + 1);
    CLAIM(!again.fault_count && again.limit == query->limit);
    CLAIM(again.filter.after_id == AFTER_ID);
    claim_same(&again.filter, &query->filter);
    free(next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy(data, size);
    struct query query;

    query_read(&query, text);
    CLAIM(query.item_count <= QUERY_ITEMS_MAX + 1 && query.fault_count <= QUERY_FAULTS_MAX);
    for (size_t i = 0; i < query.fault_count; i++) {
        CLAIM(query.faults[i].message[PROBLEM_ENGLISH] && query.faults[i].message[PROBLEM_RUSSIAN]);
        for (size_t j = 0; j < i; j++)
            CLAIM(strcmp(query.faults[i].field, query.faults[j].field) != 0);
    }
    if (!query.fault_count) {
        claim_understood(&query);
        claim_next(&query);
    }
    free(text);
    return 0;
}
