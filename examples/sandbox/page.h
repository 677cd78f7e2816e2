/* SPDX-License-Identifier: MIT */
/* The frame of every page: one stylesheet, no script, nothing from outside. */
#ifndef SANDBOX_PAGE_H
#define SANDBOX_PAGE_H

#include "web.h"

/* Begins a page; `refresh_s`: reload it by itself, 0 for never; `wide`: room for a table. */
void sb_page_open(struct sb_buf *buf, const char *title, int refresh_s, bool wide);
/* Ends it with the line that says that all this is a game, and sends it. */
void sb_page_send(h2o_req_t *req, int status, struct sb_buf *buf);

/* The payment page of an order; `old`: as the older gateway has its address. */
void sb_pay_on_request(struct sandbox *sb, h2o_req_t *req, bool old);
/* /shop/… */
void sb_shop_on_request(struct sandbox *sb, h2o_req_t *req, const char *rest);

#endif
