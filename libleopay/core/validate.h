/* SPDX-License-Identifier: MIT */
/* The rules of an order's fields, one function a field.  Pure. */
#ifndef LP_CORE_VALIDATE_H
#define LP_CORE_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>

#include <leopay/transaction.h>

/* Each returns 0 or an enum leopay_field_fault.  Texts must be NUL-terminated; NULL is
 * LEOPAY_FIELD_REQUIRED. */
int lp_validate_amount(int64_t amount);
int lp_validate_billing(const char *billing);
int lp_validate_userid(const char *userid);
int lp_validate_final_url(const char *url);
int lp_validate_description(const char *description); /* NULL is fine */
int lp_validate_service_id(int64_t service_id);

/* 1 … 255 visible ASCII characters. */
bool lp_idempotency_key_valid(const char *key);

/* Adds a field error, keeping the order of struct leopay_order's fields; a field that has one keeps
 * its first. */
void lp_field_error_add(struct leopay_field_errors *errors, const char *field, int fault);

/*
 * The origin of a valid URL, "https://shop.example:8443": scheme and host in lower case, the
 * default port left out.  False when it does not fit or the URL has none.
 */
bool lp_url_origin(const char *url, char *ret_origin, size_t size);

#endif
