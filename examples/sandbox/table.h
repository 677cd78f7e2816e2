/* SPDX-License-Identifier: MIT */
/* A hash table of nodes that live inside other structures; it owns its slots only. */
#ifndef SANDBOX_TABLE_H
#define SANDBOX_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sb_node {
    struct sb_node *next;
    uint64_t hash;
};

/* Zero it to begin. */
struct sb_table {
    struct sb_node **slots;
    size_t slot_count, count;
};

#define sb_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

typedef bool (*sb_same_cb)(struct sb_node *node, const char *key);

/* The node with this key, or NULL. */
struct sb_node *sb_table_find(const struct sb_table *table, const char *key, sb_same_cb same);
/* The key must not be there yet. */
void sb_table_add(struct sb_table *table, struct sb_node *node, const char *key);
/* Calls back for every node, which the callback may free; the table is empty afterwards. */
void sb_table_drain(struct sb_table *table, void (*cb)(struct sb_node *node));

#endif
