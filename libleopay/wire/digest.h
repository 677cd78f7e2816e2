/* SPDX-License-Identifier: MIT */
/* Random texts and digests for flows. */
#ifndef LP_WIRE_DIGEST_H
#define LP_WIRE_DIGEST_H

#include <stddef.h>

#include <leopay/transaction.h>

#include "wire/bank.h"

/* 2 × count hex digits of unguessable bytes, and a NUL.  LEOPAY_EINTERNAL when the system has no
 * randomness. */
int lp_random_hex(char *ret_text, size_t count);

/* The SHA-256 of a text in hex, 64 digits and a NUL. */
int lp_text_digest(const char *text, char ret_digest[65]);

/* The fingerprint of an order's six fields: a SHA-256 in hex (65 bytes with NUL); its key is no
 * part of it. */
int lp_order_fingerprint(const struct leopay_order *order, char ret_fingerprint[65]);

/*
 * Names the bank's address and the credentials used there (17 bytes with NUL).  Of the secrets only
 * 16 bits of a digest are in it: enough to see that they changed, far too little to find them.
 */
int lp_credentials_tag(const struct lp_bank_profile *profile, char ret_tag[17]);

#endif
