/* SPDX-License-Identifier: MIT */
/* base/list: order, removal while walking, splicing. */
#include "base/list.h"

#include "support/unit.h"

struct item {
    int number;
    struct lp_list link;
};

static struct item items[5];

static void fill(struct lp_list *head, int from, int to)
{
    lp_list_init(head);
    for (int i = from; i < to; i++) {
        items[i].number = i;
        lp_list_push(head, &items[i].link);
    }
}

/* The numbers in the list, as digits; walks backwards too and compares. */
static void check_list(struct lp_list *head, const char *expected)
{
    char text[16] = "";
    size_t len = 0;

    lp_list_for(at, after, head) text[len++] =
        (char)('0' + lp_container(at, struct item, link)->number);
    text[len] = '\0';
    LP_ASSERT_TEXT(text, expected);
    for (struct lp_list *at = head->prev; at != head; at = at->prev)
        CU_ASSERT_EQUAL(text[--len], '0' + lp_container(at, struct item, link)->number);
    CU_ASSERT_EQUAL(len, 0);
}

static void keeps_its_order(void)
{
    struct lp_list head;

    lp_list_init(&head);
    CU_ASSERT_TRUE(lp_list_empty(&head));
    check_list(&head, "");
    fill(&head, 0, 5);
    CU_ASSERT_FALSE(lp_list_empty(&head));
    check_list(&head, "01234");
}

static void pops_from_the_front(void)
{
    struct lp_list head;

    fill(&head, 0, 2);
    CU_ASSERT_PTR_EQUAL(lp_list_pop(&head), &items[0].link);
    check_list(&head, "1");
    CU_ASSERT_PTR_EQUAL(lp_list_pop(&head), &items[1].link);
    CU_ASSERT_PTR_NULL(lp_list_pop(&head));
    CU_ASSERT_TRUE(lp_list_empty(&head));
}

static void removes_anywhere_and_twice(void)
{
    struct lp_list head;

    fill(&head, 0, 5);
    lp_list_remove(&items[2].link);
    lp_list_remove(&items[2].link);
    lp_list_remove(&items[0].link);
    lp_list_remove(&items[4].link);
    check_list(&head, "13");
    CU_ASSERT_TRUE(lp_list_empty(&items[2].link));
}

static void may_lose_links_while_walked(void)
{
    struct lp_list head;

    fill(&head, 0, 5);
    lp_list_for(at, after, &head)
    {
        if (lp_container(at, struct item, link)->number % 2 == 0)
            lp_list_remove(at);
    }
    check_list(&head, "13");
    lp_list_for(at, after, &head) lp_list_remove(at);
    check_list(&head, "");
}

static void splices_at_the_end(void)
{
    struct lp_list to, from, none;

    fill(&to, 0, 2);
    fill(&from, 2, 5);
    lp_list_init(&none);
    lp_list_splice(&to, &from);
    check_list(&to, "01234");
    check_list(&from, "");
    lp_list_splice(&to, &none);
    check_list(&to, "01234");
    lp_list_splice(&none, &to);
    check_list(&none, "01234");
    CU_ASSERT_TRUE(lp_list_empty(&to));
}

LP_TEST_MAIN("base/list", LP_TEST(keeps_its_order), LP_TEST(pops_from_the_front),
             LP_TEST(removes_anywhere_and_twice), LP_TEST(may_lose_links_while_walked),
             LP_TEST(splices_at_the_end))
