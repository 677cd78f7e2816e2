/* SPDX-License-Identifier: MIT */
/*
 * Makes the requests to the bank, one form per gateway.  The newer one refuses a request for a
 * single unknown key or a wrong type, so what goes into it is fixed here and nowhere else.
 */
#include "wire/bank.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <leopay/error.h>
#include <leopay/transaction.h>

#include "base/mem.h"
#include "base/parse.h"
#include "wire/form.h"
#include "wire/json.h"

#define URL_MAX  4096
#define BODY_MAX 65536

/* What an answer about one order, and a page of the list, may have at the most. */
#define ANSWER_MAX      (64u << 10)
#define LIST_ANSWER_MAX (2u << 20)

/* ---- Fields of either body ---------------------------------------------- */

static void put_key(struct lp_buf *body, const char *key)
{
    lp_buf_puts(body, body->len ? "," : "{");
    lp_json_write_text(body, key);
    lp_buf_putc(body, ':');
}

static void put_text(const struct lp_bank_profile *profile, struct lp_buf *body, const char *key,
                     const char *value)
{
    if (!value || !*value)
        return;
    if (profile->protocol == LP_BANK_RBS) {
        lp_form_write(body, key, value);
    } else {
        put_key(body, key);
        lp_json_write_text(body, value);
    }
}

static void put_number(const struct lp_bank_profile *profile, struct lp_buf *body, const char *key,
                       int64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, value);
    if (profile->protocol == LP_BANK_RBS) {
        lp_form_write(body, key, text);
    } else {
        put_key(body, key);
        lp_buf_puts(body, text);
    }
}

static void put_credentials(const struct lp_bank_profile *profile, struct lp_buf *body)
{
    if (profile->protocol == LP_BANK_RBS && *profile->token) {
        put_text(profile, body, "token", profile->token);
        return;
    }
    put_text(profile, body, "userName", profile->username);
    put_text(profile, body, "password", profile->password);
}

/* ---- The description ---------------------------------------------------- */

/* What the gateways take: printable ASCII, Russian letters and the numero sign.  0: nothing like
 * it. */
static uint32_t admit(uint32_t codepoint)
{
    switch (codepoint) {
    case 0xab: /* « » “ ” „ */
    case 0xbb:
    case 0x201c:
    case 0x201d:
    case 0x201e:
        return '"';
    case 0x2010: /* hyphens and dashes */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
        return '-';
    case 0x401: /* Ё ё № */
    case 0x451:
    case 0x2116:
        return codepoint;
    default:
        return (codepoint > ' ' && codepoint <= '~') || (codepoint >= 0x410 && codepoint <= 0x44f)
                   ? codepoint
                   : 0;
    }
}

/* Blanks at the ends are dropped, elsewhere a run of them, or of what is not taken, becomes one
 * space. */
static void filter_description(const char *from, struct lp_buf *ret_text)
{
    int left = LEOPAY_DESCRIPTION_MAX;
    bool gap = false;

    while (*from) {
        uint32_t codepoint;
        size_t bytes = lp_utf8_decode(from, &codepoint);
        uint32_t taken = admit(codepoint);

        if (!taken) {
            gap = true;
        } else {
            gap = gap && ret_text->len;
            left -= gap ? 2 : 1;
            if (left < 0)
                break;
            if (gap)
                lp_buf_putc(ret_text, ' ');
            if (taken < 0x80)
                lp_buf_putc(ret_text, (char)taken);
            else
                lp_buf_append(ret_text, from, bytes);
            gap = false;
        }
        from += bytes;
    }
}

static void put_description(const struct lp_bank_profile *profile, struct lp_buf *body,
                            const char *description)
{
    struct lp_buf text;

    if (!description)
        return;
    lp_buf_init(&text, BODY_MAX);
    filter_description(description, &text);
    if (!lp_buf_ok(&text))
        body->failed = true;
    put_text(profile, body, "description", lp_buf_text(&text));
    lp_buf_done(&text);
}

/* ---- Requests ----------------------------------------------------------- */

static int begin(const struct lp_bank_profile *profile, const char *method,
                 struct lp_bank_request *request)
{
    size_t len = strlen(profile->url);
    bool token = profile->protocol == LP_BANK_RBS && *profile->token;

    if (!token && (!*profile->username || !*profile->password))
        return LEOPAY_ESETTING;
    request->answer_max = ANSWER_MAX;
    lp_buf_init(&request->url, URL_MAX);
    lp_buf_init(&request->body, BODY_MAX);
    lp_buf_puts(&request->url, profile->url);
    if (!len || profile->url[len - 1] != '/')
        lp_buf_putc(&request->url, '/');
    lp_buf_puts(&request->url, method);
    request->content_type =
        profile->protocol == LP_BANK_RBS ? "application/x-www-form-urlencoded" : "application/json";
    put_credentials(profile, &request->body);
    return 0;
}

static int end(const struct lp_bank_profile *profile, struct lp_bank_request *request,
               struct lp_bank_request *ret_request)
{
    if (profile->protocol == LP_BANK_ECOM)
        lp_buf_putc(&request->body, '}');
    if (!lp_buf_ok(&request->url) || !lp_buf_ok(&request->body)) {
        lp_bank_request_done(request);
        return LEOPAY_ENOMEM;
    }
    *ret_request = *request;
    return 0;
}

void lp_bank_request_done(struct lp_bank_request *request)
{
    if (request->body.data)
        lp_wipe(request->body.data, request->body.cap);
    lp_buf_done(&request->body);
    lp_buf_done(&request->url);
}

int lp_bank_register_request(const struct lp_bank_profile *profile,
                             const struct lp_bank_order *order, struct lp_bank_request *ret_request)
{
    struct lp_bank_request request;
    struct lp_buf *body = &request.body;
    bool rbs = profile->protocol == LP_BANK_RBS;
    int r = begin(profile, "register.do", &request);

    if (r)
        return r;
    put_text(profile, body, "orderNumber", order->order_number);
    put_number(profile, body, "amount", order->amount);
    if (rbs)
        put_text(profile, body, "language", profile->language);
    else
        put_text(profile, body, "currency", order->currency);
    put_text(profile, body, "returnUrl", order->return_url);
    if (rbs) {
        put_text(profile, body, "currency", order->currency);
        put_text(profile, body, "pageView", profile->page_view);
        put_number(profile, body, "sessionTimeoutSecs", order->session_timeout_s);
        put_description(profile, body, order->description);
    } else {
        put_description(profile, body, order->description);
        put_text(profile, body, "language", profile->language);
        put_number(profile, body, "sessionTimeoutSecs", order->session_timeout_s);
    }
    return end(profile, &request, ret_request);
}

int lp_bank_status_request(const struct lp_bank_profile *profile, const char *order_id,
                           const char *order_number, struct lp_bank_request *ret_request)
{
    struct lp_bank_request request;
    int r;

    assert(!order_id != !order_number);
    r = begin(profile, "getOrderStatusExtended.do", &request);
    if (r)
        return r;
    if (order_id)
        put_text(profile, &request.body, "orderId", order_id);
    else
        put_text(profile, &request.body, "orderNumber", order_number);
    put_text(profile, &request.body, "language", profile->language);
    return end(profile, &request, ret_request);
}

/* "20261122101530", in Moscow's time, which the bank keeps; Moscow is at +03:00 all the year. */
static void format_moment(int64_t time_us, char ret_text[15])
{
    char full[LP_TIME_SIZE];
    size_t used = 0;

    lp_time_format(time_us + INT64_C(3) * 3600 * 1000000, full);
    for (const char *p = full; *p && used < 14; p++)
        if (*p >= '0' && *p <= '9')
            ret_text[used++] = *p;
    ret_text[used] = '\0';
}

int lp_bank_list_request(const struct lp_bank_profile *profile, int64_t from_us, int64_t to_us,
                         int page, int size, struct lp_bank_request *ret_request)
{
    struct lp_bank_request request;
    char from[15], to[15];
    int r;

    assert(profile->protocol == LP_BANK_RBS);
    assert(page >= 0 && size > 0 && size <= LP_BANK_LIST_MAX);
    r = begin(profile, "getLastOrdersForMerchants.do", &request);
    if (r)
        return r;
    request.answer_max = LIST_ANSWER_MAX;
    format_moment(from_us, from);
    format_moment(to_us, to);
    put_text(profile, &request.body, "language", profile->language);
    put_number(profile, &request.body, "page", page);
    put_number(profile, &request.body, "size", size);
    put_text(profile, &request.body, "from", from);
    put_text(profile, &request.body, "to", to);
    put_text(profile, &request.body, "transactionStates",
             "CREATED,APPROVED,DEPOSITED,DECLINED,REVERSED,REFUNDED");
    lp_form_write(&request.body, "merchants", ""); /* must be there, and empty means our own */
    put_text(profile, &request.body, "searchByCreatedDate", "true");
    return end(profile, &request, ret_request);
}
