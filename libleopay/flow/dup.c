/* SPDX-License-Identifier: MIT */
/* Owned copies of payments: one block of memory that holds the struct, its lists and all their
 * texts. */
#include <stddef.h>
#include <string.h>

#include <leopay/transaction.h>

#include "base/mem.h"

#define TEXT(type, member) offsetof(struct type, member)

static const size_t transaction_texts[] = {
    TEXT(leopay_transaction, reason),       TEXT(leopay_transaction, billing),
    TEXT(leopay_transaction, counteragent), TEXT(leopay_transaction, billing_userid),
    TEXT(leopay_transaction, currency),     TEXT(leopay_transaction, order_id),
    TEXT(leopay_transaction, order_number), TEXT(leopay_transaction, payer_ip),
    TEXT(leopay_transaction, card),         TEXT(leopay_transaction, cardholder),
    TEXT(leopay_transaction, card_expiry),  TEXT(leopay_transaction, last_error),
    TEXT(leopay_transaction, final_url),    TEXT(leopay_transaction, payment_url),
    TEXT(leopay_transaction, attention),    TEXT(leopay_transaction, next_job),
};

static const size_t delivery_texts[] = {TEXT(leopay_delivery, error),
                                        TEXT(leopay_delivery, answer)};

static const size_t event_texts[] = {
    TEXT(leopay_event, event),  TEXT(leopay_event, from_status), TEXT(leopay_event, to_status),
    TEXT(leopay_event, detail), TEXT(leopay_event, actor),
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Where the next text goes; NULL while only its size is measured. */
struct arena {
    char *next;
    size_t size;
};

static void take_texts(struct arena *arena, void *copy, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char **member = (const char **)((char *)copy + offsets[i]);
        if (!*member)
            continue;
        size_t size = strlen(*member) + 1;
        if (arena->next) {
            memcpy(arena->next, *member, size);
            *member = arena->next;
            arena->next += size;
        }
        arena->size += size;
    }
}

/* The lists are copied to `deliveries` and `history`, whose texts still point to the original's. */
static void take_all(struct arena *arena, struct leopay_transaction *t,
                     struct leopay_delivery *deliveries, struct leopay_event *history)
{
    take_texts(arena, t, transaction_texts, COUNT(transaction_texts));
    for (size_t i = 0; i < t->delivery_count; i++) {
        deliveries[i] = t->deliveries[i];
        take_texts(arena, &deliveries[i], delivery_texts, COUNT(delivery_texts));
    }
    for (size_t i = 0; i < t->history_count; i++) {
        history[i] = t->history[i];
        take_texts(arena, &history[i], event_texts, COUNT(event_texts));
    }
}

/* Measures with single elements to write to, since a list's size is known by its count. */
static size_t measure(const struct leopay_transaction *transaction)
{
    struct leopay_transaction t = *transaction;
    struct arena arena = {0};

    take_texts(&arena, &t, transaction_texts, COUNT(transaction_texts));
    for (size_t i = 0; i < t.delivery_count; i++) {
        struct leopay_delivery delivery = t.deliveries[i];
        take_texts(&arena, &delivery, delivery_texts, COUNT(delivery_texts));
    }
    for (size_t i = 0; i < t.history_count; i++) {
        struct leopay_event event = t.history[i];
        take_texts(&arena, &event, event_texts, COUNT(event_texts));
    }
    return arena.size;
}

struct leopay_transaction *leopay_transaction_dup(const struct leopay_transaction *transaction)
{
    size_t deliveries_size = transaction->delivery_count * sizeof(struct leopay_delivery);
    size_t history_size = transaction->history_count * sizeof(struct leopay_event);
    struct leopay_transaction *copy =
        lp_malloc(sizeof(*copy) + deliveries_size + history_size + measure(transaction));

    if (!copy)
        return NULL;
    struct leopay_delivery *deliveries = (struct leopay_delivery *)(void *)(copy + 1);
    struct leopay_event *history =
        (struct leopay_event *)(void *)((char *)deliveries + deliveries_size);
    struct arena arena = {.next = (char *)history + history_size};

    *copy = *transaction;
    take_all(&arena, copy, deliveries, history);
    copy->deliveries = copy->delivery_count ? deliveries : NULL;
    copy->history = copy->history_count ? history : NULL;
    return copy;
}

void leopay_transaction_free(struct leopay_transaction *transaction)
{
    lp_free(transaction);
}
