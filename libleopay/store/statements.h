/* SPDX-License-Identifier: MIT */
/* The statements that take arrays, one a file; statements.c lists them for the batches. */
#ifndef LP_STORE_STATEMENTS_H
#define LP_STORE_STATEMENTS_H

#include "store/store.h"

extern const struct lp_store_statement lp_statement_order;
extern const struct lp_store_statement lp_statement_key;
extern const struct lp_store_statement lp_statement_return;
extern const struct lp_store_statement lp_statement_hint;
extern const struct lp_store_statement lp_statement_move;
extern const struct lp_store_statement lp_statement_confirm;
extern const struct lp_store_statement lp_statement_renew;

extern const struct lp_store_statement *const lp_store_statements[LP_STORE_END_];

#endif
