/* SPDX-License-Identifier: MIT */
/*
 * Knobs: every switch of the bank's behaviour.  What each means, its type and its default are rows
 * of one table in knobs.c; GET /sandbox/knobs shows that table with the present values.
 */
#ifndef SANDBOX_KNOBS_H
#define SANDBOX_KNOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define SB_KNOB_TEXT_MAX 511

/* In the order of the table's words. */
enum sb_fault {
    SB_FAULT_NONE,
    SB_FAULT_HTTP_500,
    SB_FAULT_HTTP_502_HTML,
    SB_FAULT_HTTP_429,
    SB_FAULT_HTML_200,
    SB_FAULT_GARBAGE,
    SB_FAULT_EMPTY,
    SB_FAULT_REDIRECT,
    SB_FAULT_HUGE,
    SB_FAULT_REFUSE,
    SB_FAULT_RESET_BEFORE,
    SB_FAULT_HANG,
    SB_FAULT_RESET_AFTER, /* from here on the request is processed first */
    SB_FAULT_HANG_AFTER,
    SB_FAULT_TRUNCATED,
    SB_FAULT_CUT,
    SB_FAULT_SLOW_BODY,
};

/* Faults of one kind of request. */
struct sb_channel {
    int64_t delay_ms;
    int64_t late; /* bool: process after the delay, not before it */
    int64_t fault;
    int64_t fault_count;
    int64_t fault_processed; /* bool */
    int64_t refuse_code;
};

enum sb_code_type { SB_CODE_AUTO, SB_CODE_STRING, SB_CODE_NUMBER, SB_CODE_ABSENT };
enum sb_return_param { SB_RETURN_ORDER_ID, SB_RETURN_MD_ORDER, SB_RETURN_NOTHING };
enum sb_callback_mode { SB_CALLBACK_OFF, SB_CALLBACK_GET, SB_CALLBACK_FORM, SB_CALLBACK_JSON };
enum sb_callback_approved { SB_APPROVED_NONE, SB_APPROVED_BEFORE, SB_APPROVED_AFTER };

/* Choices, booleans and numbers alike are int64_t, texts are char arrays: the table says which is
 * which. */
struct sb_knobs {
    struct sb_channel registering, status;
    int64_t close_keepalive_after;

    int64_t attempts_max, session_s, bonus;
    char token[SB_KNOB_TEXT_MAX + 1];

    int64_t deny_all, not_found_code;
    char form_url[SB_KNOB_TEXT_MAX + 1];
    int64_t return_param, return_delay_ms;
    int64_t status_override, amount_delta, deposited_delta;
    char currency[SB_KNOB_TEXT_MAX + 1];
    char other_order_number[SB_KNOB_TEXT_MAX + 1], other_order_id[SB_KNOB_TEXT_MAX + 1];
    int64_t no_payment_amount_info, no_deposited_date, no_operations, no_date;
    int64_t error_code_type, currency_type, unknown_keys, holder_key_case;
    int64_t date_offset_ms, deposited_date_offset_ms;

    int64_t callback, callback_copies, callback_delay_ms, callback_attempts, callback_retry_ms;
    char callback_key[SB_KNOB_TEXT_MAX + 1];
    int64_t callback_wrong_checksum, callback_unknown_order, callback_approved;
};

/* Sets every knob to its default. */
void sb_knobs_reset(struct sb_knobs *knobs);
/* Merges {"name": value, …}; all or nothing.  False with a sentence in `ret_problem` for a bad one.
 */
bool sb_knobs_merge(struct sb_knobs *knobs, const char *json, size_t len,
                    struct sb_buf *ret_problem);
/* Writes {"name": {"value", "default", "help", "choices"}, …}. */
void sb_knobs_show(const struct sb_knobs *knobs, struct sb_buf *buf);
/* The fault for the request that has just come; counts fault_count down. */
enum sb_fault sb_channel_take(struct sb_channel *channel);

#endif
