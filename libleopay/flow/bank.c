/* SPDX-License-Identifier: MIT */
/* Calls to the bank.  Nothing of a request is ever logged: it holds the password. */
#include "flow/bank.h"

#include "store/jobs.h"

#define BANK_CONNECT_MS 10000
#define ACCESS_NOTE_MS  1000

int lp_bank_post(struct leopay *lp, struct lp_bank_request *request, lp_http_cb cb, void *data)
{
    const struct lp_http_request http = {
        .url = lp_buf_text(&request->url),
        .content_type = request->content_type,
        .body = lp_buf_text(&request->body),
        .body_len = request->body.len,
        .ca_file = lp->bank.ca_file,
        .connect_timeout_ms =
            lp->bank.timeout_ms < BANK_CONNECT_MS ? lp->bank.timeout_ms : BANK_CONNECT_MS,
        .timeout_ms = lp->bank.timeout_ms,
        .answer_max = request->answer_max,
    };
    int code = lp_http_post(lp->http, &http, cb, data, NULL);

    lp_bank_request_done(request);
    return code;
}

static void on_noted(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    /* The next good answer is noted again. */
    (void)data, (void)code, (void)result, (void)err;
}

void lp_bank_note_access(struct leopay *lp)
{
    int64_t now_ms = lp_loop_now_ms(lp->loop);

    if (now_ms - lp->access_noted_at_ms < ACCESS_NOTE_MS)
        return;
    lp->access_noted_at_ms = now_ms;
    (void)lp_store_bank_answered(lp->store, lp->bank.tag, on_noted, NULL);
}
