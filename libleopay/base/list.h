/* SPDX-License-Identifier: MIT */
/* An intrusive, circular, doubly linked list.  The head is a struct lp_list too; it owns nothing.
 */
#ifndef LP_BASE_LIST_H
#define LP_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct lp_list {
    struct lp_list *prev, *next;
};

static inline void lp_list_init(struct lp_list *list)
{
    list->prev = list->next = list;
}

static inline bool lp_list_empty(const struct lp_list *list)
{
    return list->next == list;
}

/* Adds at the end. */
static inline void lp_list_push(struct lp_list *head, struct lp_list *link)
{
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

/* Takes a link out of whatever list it is in; harmless for one that is in none but was initialised.
 */
static inline void lp_list_remove(struct lp_list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    lp_list_init(link);
}

/* Takes the first link out; NULL when there is none. */
static inline struct lp_list *lp_list_pop(struct lp_list *head)
{
    struct lp_list *link = head->next;

    if (link == head)
        return NULL;
    lp_list_remove(link);
    return link;
}

/* Moves all links of `from` to the end of `to`. */
static inline void lp_list_splice(struct lp_list *to, struct lp_list *from)
{
    if (lp_list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    lp_list_init(from);
}

#define lp_container(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

#define lp_container_const(link, type, member)                                                     \
    ((const type *)(const void *)((const char *)(link)-offsetof(type, member)))

/* Safe against removal of the current link. */
#define lp_list_for(cursor, after, head)                                                           \
    for (struct lp_list *cursor = (head)->next, *after = cursor->next; cursor != (head);           \
         cursor = after, after = cursor->next)

#endif
