/* SPDX-License-Identifier: MIT */
/* A billing as it should be: verify, count each id once, then answer.  And as it should not be, by
 * its mode. */
#include "billing.h"

#include <stdlib.h>
#include <string.h>

#define RECEIPTS_MAX 100000

/* An id that has been counted. */
struct counted {
    struct sb_node node;
    char id[24];
};

struct late_answer {
    struct sb_timer timer;
    struct sandbox *sb;
    h2o_req_t *req;
    enum sb_billing_mode mode;
    int status;
    int64_t retry_after;
};

static bool same_name(struct sb_node *node, const char *key)
{
    return strcmp(sb_entry(node, struct sb_billing, node)->name, key) == 0;
}

static bool same_account(struct sb_node *node, const char *key)
{
    return strcmp(sb_entry(node, struct sb_account, node)->id, key) == 0;
}

static bool same_counted(struct sb_node *node, const char *key)
{
    return strcmp(sb_entry(node, struct counted, node)->id, key) == 0;
}

static void free_account(struct sb_node *node)
{
    free(sb_entry(node, struct sb_account, node));
}

static void free_counted(struct sb_node *node)
{
    free(sb_entry(node, struct counted, node));
}

static void drop_first_receipt(struct sb_billing *billing)
{
    struct sb_receipt *receipt = billing->first;
    billing->first = receipt->next;
    if (!billing->first)
        billing->last = &billing->first;
    billing->receipts_kept--;
    free(receipt->account);
    free(receipt->payment_date);
    free(receipt->headers);
    free(receipt->body);
    free(receipt);
}

static void free_billing(struct sb_node *node)
{
    struct sb_billing *billing = sb_entry(node, struct sb_billing, node);
    while (billing->first)
        drop_first_receipt(billing);
    sb_table_drain(&billing->accounts, free_account);
    sb_table_drain(&billing->counted, free_counted);
    free(billing);
}

static char *headers_of(const h2o_req_t *req)
{
    struct sb_buf buf = {0};
    sb_json_open(&buf, NULL, '{');
    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_header_t *header = &req->headers.entries[i];
        char name[64];
        size_t len = header->name->len < sizeof name ? header->name->len : sizeof name - 1;
        memcpy(name, header->name->base, len);
        name[len] = '\0';
        sb_json_bytes(&buf, name, header->value.base, header->value.len);
    }
    sb_json_close(&buf, '}');
    return buf.data;
}

/* Without a key the body is taken at its word, which is good enough for a game and for nothing
 * else. */
static void read_unverified(struct sb_receipt *receipt)
{
    json_t *root = json_loadb(receipt->body, receipt->body_len, 0, NULL);
    const json_t *id = json_object_get(root, "id"), *amount = json_object_get(root, "amount");
    const json_t *account = json_object_get(root, "account_id");
    struct sb_buf text = {0};
    if (json_is_integer(account))
        sb_printf(&text, "%lld", (long long)json_integer_value(account));
    else if (json_is_string(account))
        sb_puts(&text, json_string_value(account));
    const char *date = json_string_value(json_object_get(root, "payment_date"));
    receipt->readable = json_is_integer(id) && json_is_number(amount) && text.data;
    receipt->id = json_integer_value(id);
    receipt->amount = (int64_t)json_number_value(amount);
    receipt->account = text.data ? text.data : sb_dup("");
    receipt->payment_date = sb_dup(date ? date : "");
    json_decref(root);
}

static void read_receipt(const struct sandbox *sb, struct sb_receipt *receipt)
{
    struct leopay_notification said;
    receipt->signature = -1;
    if (sb->key) {
        int code =
            leopay_notification_verify(sb->key, receipt->body, receipt->body_len, &said, NULL);
        receipt->signature = code == 0;
        if (code == 0) {
            receipt->readable = true;
            receipt->id = said.id;
            receipt->amount = said.amount;
            receipt->account = sb_dup(said.account_id);
            receipt->payment_date = sb_dup(said.payment_date);
            return;
        }
    }
    read_unverified(receipt);
}

static void credit(struct sb_billing *billing, const struct sb_receipt *receipt)
{
    struct sb_account *account = sb_account_find(billing, receipt->account);
    if (!account) {
        size_t len = strlen(receipt->account);
        account = sb_alloc(sizeof *account + len + 1);
        memcpy(account->id, receipt->account, len + 1);
        sb_table_add(&billing->accounts, &account->node, account->id);
        *billing->last_account = account;
        billing->last_account = &account->next;
    }
    account->balance += receipt->amount;
    account->payments++;
    billing->total += receipt->amount;
}

/* Counts a payment once, by its id. */
static void count_payment(struct sb_billing *billing, struct sb_receipt *receipt)
{
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)receipt->id);
    receipt->repeated = sb_table_find(&billing->counted, id, same_counted) != NULL;
    if (receipt->repeated) {
        billing->repeats++;
        return;
    }
    struct counted *counted = sb_alloc(sizeof *counted);
    memcpy(counted->id, id, sizeof id);
    sb_table_add(&billing->counted, &counted->node, counted->id);
    receipt->counted = true;
    credit(billing, receipt);
}

static void write_ledger(struct sandbox *sb, const struct sb_billing *billing,
                         const struct sb_receipt *receipt)
{
    if (sb->billing_ledger < 0)
        return;
    struct sb_buf line = {0};
    sb_json_open(&line, NULL, '{');
    sb_json_number(&line, "at", receipt->at_ms);
    sb_json_text(&line, "event", "confirmation");
    sb_json_text(&line, "billing", billing->name);
    sb_json_number(&line, "id", receipt->id);
    sb_json_text(&line, "account_id", receipt->account);
    sb_json_number(&line, "amount", receipt->amount);
    sb_json_number(&line, "signature", receipt->signature);
    sb_json_bool(&line, "counted", receipt->counted);
    sb_json_bool(&line, "repeated", receipt->repeated);
    sb_json_number(&line, "status", receipt->status);
    sb_json_bytes(&line, "body", receipt->body, receipt->body_len);
    sb_json_close(&line, '}');
    sb_ledger_write(sb->billing_ledger, &line);
}

static int status_of(enum sb_billing_mode mode)
{
    static const int statuses[] = {
        [SB_BILLING_OK] = 200,       [SB_BILLING_201] = 201,      [SB_BILLING_204] = 204,
        [SB_BILLING_HTTP_500] = 500, [SB_BILLING_HTTP_404] = 404, [SB_BILLING_429] = 429,
        [SB_BILLING_REDIRECT] = 302, [SB_BILLING_RESET] = 0,      [SB_BILLING_RESET_AFTER] = 0,
        [SB_BILLING_HANG] = 0,       [SB_BILLING_HANG_AFTER] = 0, [SB_BILLING_SLOW] = 200,
    };
    return statuses[mode];
}

static bool takes_money(enum sb_billing_mode mode)
{
    return status_of(mode) / 100 == 2 || mode == SB_BILLING_RESET_AFTER ||
           mode == SB_BILLING_HANG_AFTER;
}

static void answer(struct late_answer *late)
{
    struct sb_buf body = {0};
    char seconds[24];
    switch ((int)late->mode) {
    case SB_BILLING_RESET:
    case SB_BILLING_RESET_AFTER:
        sb_reply_nothing(late->req, true);
        return;
    case SB_BILLING_HANG:
    case SB_BILLING_HANG_AFTER:
        sb_hold(late->sb, late->req);
        return;
    case SB_BILLING_REDIRECT:
        sb_redirect(late->req, "/billing/elsewhere/confirm");
        return;
    default:
        break;
    }
    if (late->retry_after >= 0) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)late->retry_after);
        sb_header(late->req, "retry-after", seconds);
    }
    if (late->status != 204)
        sb_printf(&body, "{\"status\": %d}\n", late->status);
    if (late->mode == SB_BILLING_SLOW && late->status == 200)
        sb_reply_slowly(late->sb, late->req, SB_JSON, &body);
    else
        sb_reply(late->req, late->status, SB_JSON, &body);
}

static void answer_late(struct sb_timer *timer)
{
    answer(H2O_STRUCT_FROM_MEMBER(struct late_answer, timer, timer));
}

static enum sb_billing_mode take_mode(struct sb_billing *billing)
{
    if (billing->count == 0)
        return SB_BILLING_OK;
    if (billing->count > 0)
        billing->count--;
    return billing->mode;
}

static void confirm(struct sandbox *sb, h2o_req_t *req, struct sb_billing *billing)
{
    struct sb_receipt *receipt = sb_alloc(sizeof *receipt);
    enum sb_billing_mode mode = take_mode(billing);
    receipt->at_ms = sb_now_ms();
    receipt->headers = headers_of(req);
    receipt->body = sb_alloc(req->entity.len + 1);
    receipt->body_len = req->entity.len;
    if (req->entity.len > 0)
        memcpy(receipt->body, req->entity.base, req->entity.len);
    read_receipt(sb, receipt);
    receipt->status = status_of(mode);
    billing->arrivals++;
    sb->stats.confirmations++;
    bool refused = receipt->signature == 0 || !receipt->readable;
    if (refused) {
        billing->bad_signatures++;
        if (takes_money(mode) && receipt->status != 0)
            receipt->status = receipt->readable ? 403 : 400;
    } else if (takes_money(mode)) {
        count_payment(billing, receipt);
    }
    *billing->last = receipt;
    billing->last = &receipt->next;
    billing->receipts_kept++;
    write_ledger(sb, billing, receipt);
    struct late_answer *late = h2o_mem_alloc_pool(&req->pool, sizeof *late);
    *late = (struct late_answer){.sb = sb,
                                 .req = req,
                                 .mode = mode,
                                 .status = receipt->status,
                                 .retry_after = billing->retry_after};
    if (billing->receipts_kept > RECEIPTS_MAX)
        drop_first_receipt(billing);
    if (billing->delay_ms > 0)
        sb_timer_start(&sb->timers, &late->timer, billing->delay_ms, answer_late);
    else
        answer(late);
}

struct sb_billing *sb_billing_get(struct sandbox *sb, const char *name, bool make)
{
    struct sb_node *node = sb_table_find(&sb->billings, name, same_name);
    if (node || !make)
        return node ? sb_entry(node, struct sb_billing, node) : NULL;
    size_t len = strlen(name);
    struct sb_billing *billing = sb_alloc(sizeof *billing + len + 1);
    memcpy(billing->name, name, len + 1);
    billing->last = &billing->first;
    billing->last_account = &billing->first_account;
    billing->count = billing->retry_after = -1;
    sb_table_add(&sb->billings, &billing->node, billing->name);
    return billing;
}

struct sb_account *sb_account_find(const struct sb_billing *billing, const char *id)
{
    struct sb_node *node = sb_table_find(&billing->accounts, id, same_account);
    return node ? sb_entry(node, struct sb_account, node) : NULL;
}

void sb_billings_forget(struct sandbox *sb)
{
    sb_table_drain(&sb->billings, free_billing);
}

void sb_billing_on_request(struct sandbox *sb, h2o_req_t *req, const char *rest)
{
    char name[128];
    size_t len = strcspn(rest, "/");
    if (len == 0 || len >= sizeof name) {
        sb_reply_not_found(req);
        return;
    }
    memcpy(name, rest, len);
    name[len] = '\0';
    sb_url_decode(name);
    const char *what = rest + len + (rest[len] == '/');
    bool confirms = strcmp(what, "confirm") == 0 || strcmp(what, "confirm/") == 0;
    if (confirms && sb_method_is(req, "POST"))
        confirm(sb, req, sb_billing_get(sb, name, true));
    else if (!*what && sb_is_get(req))
        sb_billing_show_page(sb, req, sb_billing_get(sb, name, true));
    else if (confirms)
        sb_reply_not_allowed(req, "POST");
    else
        sb_reply_not_found(req);
}
