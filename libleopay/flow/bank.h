/* SPDX-License-Identifier: MIT */
/* Calling the bank: a request out of the wire layer over the io layer, with the settings' limits.
 */
#ifndef LP_FLOW_BANK_H
#define LP_FLOW_BANK_H

#include "flow/context.h"

/* Sends a request and wipes it, also on failure; the callback comes in a later turn. */
int lp_bank_post(struct leopay *lp, struct lp_bank_request *request, lp_http_cb cb, void *data);

/* Remembers that a question was answered without an error: the credentials are good. */
void lp_bank_note_access(struct leopay *lp);

#endif
