/* SPDX-License-Identifier: MIT */
/* How a registration without a page is remembered and told, now and to a repeat with the same key.
 */
#ifndef LP_FLOW_REGISTRATION_ERROR_H
#define LP_FLOW_REGISTRATION_ERROR_H

/* "timeout" for LEOPAY_EBANKTIMEOUT; NULL for a code that is none of these. */
const char *lp_registration_error_name(int code);

/* LEOPAY_EBANKTIMEOUT for "timeout".  NULL: a first request that was killed has left no word; then
 * nobody knows, which is what "unreadable" says. */
int lp_registration_error_code(const char *name);

#endif
