/* SPDX-License-Identifier: MIT */
/* The statements about tokens.  They know a token by its hash: the text never gets here. */
#ifndef LP_STORE_TOKENS_H
#define LP_STORE_TOKENS_H

#include <leopay/token.h>

#include "store/store.h"

/* Each result row is a token; texts are borrowed from the result. */
void lp_token_read(const struct lp_row *row, struct leopay_token *ret_token);

/* No row: there is no such billing. */
int lp_store_token_add(struct lp_store *store, const char *name, const char *hash,
                       const char *billing, const char *reason, lp_store_call_cb cb, void *data);
int lp_store_token_list(struct lp_store *store, lp_store_call_cb cb, void *data);
int lp_store_token_revoke(struct lp_store *store, int64_t id, const char *reason,
                          lp_store_call_cb cb, void *data);
/* No row: none is good.  Notes the time of use. */
int lp_store_token_use(struct lp_store *store, const char *hash, lp_store_call_cb cb, void *data);

#endif
