/* SPDX-License-Identifier: MIT */
/* A hash table with chains; doubles when it is full, so that looking up stays O(1) at millions of
 * orders. */
#include "table.h"

#include <stdlib.h>

#include "text.h"

#define FIRST_SLOTS 64

/* FNV-1a, finished with a multiply: the keys are our own UUIDs and numbers, not an attacker's. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

static void grow(struct sb_table *table)
{
    size_t slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS;
    struct sb_node **slots = sb_alloc(slot_count * sizeof(struct sb_node *));
    for (size_t i = 0; i < table->slot_count; i++) {
        for (struct sb_node *node = table->slots[i], *next; node; node = next) {
            next = node->next;
            size_t slot = node->hash & (slot_count - 1);
            node->next = slots[slot];
            slots[slot] = node;
        }
    }
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
}

struct sb_node *sb_table_find(const struct sb_table *table, const char *key, sb_same_cb same)
{
    if (table->slot_count == 0)
        return NULL;
    uint64_t hash = hash_text(key);
    struct sb_node *node = table->slots[hash & (table->slot_count - 1)];
    while (node && !(node->hash == hash && same(node, key)))
        node = node->next;
    return node;
}

void sb_table_add(struct sb_table *table, struct sb_node *node, const char *key)
{
    if (table->count == table->slot_count)
        grow(table);
    node->hash = hash_text(key);
    struct sb_node **slot = &table->slots[node->hash & (table->slot_count - 1)];
    node->next = *slot;
    *slot = node;
    table->count++;
}

void sb_table_drain(struct sb_table *table, void (*cb)(struct sb_node *node))
{
    for (size_t i = 0; i < table->slot_count; i++) {
        for (struct sb_node *node = table->slots[i], *next; node; node = next) {
            next = node->next;
            cb(node);
        }
    }
    free(table->slots);
    *table = (struct sb_table){0};
}
