/* SPDX-License-Identifier: MIT */
/*
 * The bank's two gateways behind one interface: "ecom" (JSON, strict types) and "rbs" (form
 * fields).  Requests are made and replies are read here, as bytes; nothing is sent.  Facts are
 * those of the bank's API, version 1.0.7 of the OpenAPI file for ecom and the merchant manual for
 * rbs.
 */
#ifndef LP_WIRE_BANK_H
#define LP_WIRE_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/bank_facts.h"

enum lp_bank_protocol { LP_BANK_ECOM, LP_BANK_RBS };

/* How to speak to the bank; borrowed texts, "" where not set. */
struct lp_bank_profile {
    enum lp_bank_protocol protocol;
    const char *url; /* base URL, with its final slash or without */
    const char *username, *password, *token;
    const char *language;
    const char *currency;
    const char *page_view; /* rbs only: ecom refuses it */
};

struct lp_bank_order {
    const char *order_number;
    int64_t amount;
    const char *currency;
    const char *return_url;
    const char *description;   /* NULL: none; characters that the gateway refuses are replaced */
    int64_t session_timeout_s; /* how long the payer may take */
};

/* A request that is ready to be sent: POST of `body` to `url`.  It holds credentials: wipe it with
 * _done. */
struct lp_bank_request {
    struct lp_buf url;
    struct lp_buf body;
    const char *content_type;
    size_t answer_max; /* bytes that an answer may have */
};

void lp_bank_request_done(struct lp_bank_request *request);
/* All: 0, LEOPAY_ENOMEM, or LEOPAY_ESETTING when credentials are missing. */
int lp_bank_register_request(const struct lp_bank_profile *profile,
                             const struct lp_bank_order *order,
                             struct lp_bank_request *ret_request);
/* getOrderStatusExtended.do by exactly one of the two; the other is NULL. */
int lp_bank_status_request(const struct lp_bank_profile *profile, const char *order_id,
                           const char *order_number, struct lp_bank_request *ret_request);

#define LP_BANK_LIST_MAX 200 /* orders of one page */

/*
 * getLastOrdersForMerchants.do, which "rbs" alone has: orders of any state that were registered in
 * from ≤ t ≤ to, `size` (at most LP_BANK_LIST_MAX) a page, the first page is 0.
 */
int lp_bank_list_request(const struct lp_bank_profile *profile, int64_t from_us, int64_t to_us,
                         int page, int size, struct lp_bank_request *ret_request);

/* Whether the body may be an answer.  Which 2xx it is makes no difference: the body has to be
 * readable all the same. */
static inline bool lp_bank_is_answer(int http_status)
{
    return http_status >= 200 && http_status < 300;
}

enum lp_register_outcome {
    LP_REGISTER_OK,       /* order id and page were given */
    LP_REGISTER_REFUSED,  /* errorCode other than 0, 1 and 7 */
    LP_REGISTER_IN_DOUBT, /* 1, 7, a status that is no 2xx, or something unreadable */
};

struct lp_register_reply {
    enum lp_register_outcome outcome;
    int error_code;
    char order_id[65];
    char form_url[2049]; /* absolute http or https */
    char message[257];   /* for operators */
};

/* Reads any bytes whatever; never fails. */
void lp_bank_read_register(int http_status, const char *bytes, size_t len,
                           struct lp_register_reply *ret_reply);
/* Reads the answer to a status question.  False when it says nothing about the order. */
bool lp_bank_read_status(int http_status, const char *bytes, size_t len,
                         struct lp_bank_facts *ret_facts);

/* A page of the bank's list. */
struct lp_bank_list {
    int error_code;
    struct lp_bank_facts *orders;
    size_t count;
    int64_t total; /* in all pages */
};

/* Reads a page of the list: 0, LEOPAY_ENOMEM, or LEOPAY_EBANKREPLY when it cannot be read.  With
 * an error_code it is empty. */
int lp_bank_read_list(int http_status, const char *bytes, size_t len,
                      struct lp_bank_list *ret_list);
void lp_bank_list_done(struct lp_bank_list *list);

#endif
