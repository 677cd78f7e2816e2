/* SPDX-License-Identifier: MIT */
/* The bank's two gateways: their requests, their answers, and what goes wrong with both. */
#ifndef SANDBOX_BANK_H
#define SANDBOX_BANK_H

#include "order.h"
#include "web.h"

/* One request to the bank while it is being answered; lives in the request's pool. */
struct sb_call {
    struct sb_timer timer;
    struct sandbox *sb;
    h2o_req_t *req;
    bool old; /* the older gateway */
    bool processed;
    enum sb_method method;
    struct sb_params params;
    struct sb_channel *channel;
    enum sb_fault fault;
    struct sb_buf body; /* the answer */
};

/* Answers METHOD.do of one of the gateways. */
void sb_bank_on_request(struct sandbox *sb, h2o_req_t *req, const char *name, bool old);
/* "register.do", "getOrderStatusExtended.do" … */
const char *sb_method_name(enum sb_method method);

/* Checks the parameters as the gateway does; false when an error has been answered. */
bool sb_bank_check(struct sb_call *call);
/* Writes {"errorCode": …, "errorMessage": …}. */
void sb_bank_error(struct sb_call *call, int code, const char *message);
/* Writes the member errorCode, as the knobs want it. */
void sb_bank_code(struct sb_call *call, const char *key, int code);
/* Does what the request asks and writes the answer. */
void sb_bank_process(struct sb_call *call);
/* An order as getOrderStatusExtended.do shows it, with the knobs' lies. */
void sb_status_write(struct sb_call *call, const struct sb_order *order);
/* The same as getOrderStatus.do of the older gateway. */
void sb_status_write_short(struct sb_call *call, const struct sb_order *order);
/* getLastOrdersForMerchants.do */
void sb_status_write_last(struct sb_call *call);

/* Keeps a request for GET /sandbox/requests. */
void sb_requests_keep(struct sandbox *sb, const h2o_req_t *req);
/* Shows them, oldest first, passwords masked. */
void sb_requests_show(const struct sandbox *sb, struct sb_buf *buf);

#endif
