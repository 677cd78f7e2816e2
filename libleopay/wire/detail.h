/* SPDX-License-Identifier: MIT */
/* The JSON that goes with a line of history: what the bank said, masked and short. */
#ifndef LP_WIRE_DETAIL_H
#define LP_WIRE_DETAIL_H

#include "core/bank_facts.h"

/* Texts to free with lp_free, NULL when memory is out; parameters that are NULL, "" or 0 are left
 * out. */
char *lp_detail_registration(int http_status, int error_code, const char *message,
                             const char *error);
char *lp_detail_status(const struct lp_bank_facts *facts, const char *note);
char *lp_detail_no_answer(int http_status, const char *error);
/* An operator's act. */
char *lp_detail_act(const char *reason, bool forced);

#endif
