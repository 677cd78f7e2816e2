/* SPDX-License-Identifier: MIT */
/*
 * Reads a page of the older gateway's list of orders.  Each order in it has the shape of an answer
 * to a status question; one that cannot be read is left out, and gets asked about by itself.
 */
#include <limits.h>

#include <leopay/error.h>

#include "base/mem.h"
#include "wire/bank_inside.h"

void lp_bank_list_done(struct lp_bank_list *list)
{
    lp_free(list->orders);
    *list = (struct lp_bank_list){0};
}

/* The outer errorCode may be a text, a number or absent. */
static bool read_error(json_t *root, int *ret_code)
{
    json_t *error = lp_json_get(root, "errorCode");
    int64_t code = 0;

    if (error && (!lp_json_int64(error, &code) || code < INT_MIN || code > INT_MAX))
        return false;
    *ret_code = (int)code;
    return true;
}

static int read_orders(json_t *orders, struct lp_bank_list *list)
{
    json_t *order;
    size_t i;

    list->orders = lp_calloc(json_array_size(orders) + 1, sizeof(*list->orders));
    if (!list->orders)
        return LEOPAY_ENOMEM;
    json_array_foreach(orders, i, order)
    {
        struct lp_bank_facts *facts = &list->orders[list->count];
        if (lp_bank_read_order(order, facts) && !facts->error_code && facts->has_status &&
            *facts->order_number)
            list->count++;
    }
    return 0;
}

int lp_bank_read_list(int http_status, const char *bytes, size_t len, struct lp_bank_list *ret_list)
{
    struct lp_bank_list list = {0};

    if (!lp_bank_is_answer(http_status))
        return LEOPAY_EBANKREPLY;

    json_t *root lp_auto_json =
        json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    json_t *orders = lp_json_get(root, "orderStatuses");

    if (!json_is_object(root) || !read_error(root, &list.error_code))
        return LEOPAY_EBANKREPLY;
    if (!list.error_code) {
        if (!json_is_array(orders) || json_array_size(orders) > LP_BANK_LIST_MAX ||
            !lp_json_int64(lp_json_get(root, "totalCount"), &list.total) || list.total < 0)
            return LEOPAY_EBANKREPLY;
        int code = read_orders(orders, &list);
        if (code)
            return code;
    }
    *ret_list = list;
    return 0;
}
