/* SPDX-License-Identifier: MIT */
/* What the readers of the bank's answers share. */
#ifndef LP_WIRE_BANK_INSIDE_H
#define LP_WIRE_BANK_INSIDE_H

#include "wire/bank.h"
#include "wire/json.h"

/* Masks whatever looks like a card number inside a text. */
void lp_bank_mask_text(char *text);
/* Takes the facts out of one order's object; false when it says nothing. */
bool lp_bank_read_order(json_t *root, struct lp_bank_facts *ret_facts);

#endif
