/* SPDX-License-Identifier: MIT */
/* Memory that runs out at any allocation: each reader and writer says so, gives everything back,
 * and lives. */
#include <stdlib.h>

#include <leopay/notification.h>
#include <leopay/transaction.h>

#include "base/mem.h"
#include "wire/bank.h"
#include "wire/callback.h"
#include "wire/confirmation.h"

#include "support/unit.h"

#include "unit/wire/vectors.h"

static int left;  /* allocations until one fails */
static int alive; /* blocks that were not given back */

static void *failing_realloc(void *block, size_t size)
{
    if (left-- <= 0)
        return NULL;
    alive += !block;
    return realloc(block, size);
}

static void counting_free(void *block)
{
    alive -= block != NULL;
    free(block);
}

static int parse_order(const char *type, const char *body)
{
    struct leopay_field_errors errors;
    struct leopay_order_body *parsed = NULL;
    int r = leopay_order_parse(type, body, strlen(body), &parsed, &errors);

    leopay_order_free(parsed);
    return r;
}

static int parse_json(void)
{
    return parse_order("application/json",
                       "{\"amount\": 1, \"billing\": \"b\", \"final_url\": \"http://a/\", "
                       "\"billing_userid\": \"u\", \"description\": \"d\"}");
}

static int parse_form(void)
{
    return parse_order("application/x-www-form-urlencoded",
                       "amount=1&billing=b&final_url=http://a/&billing_userid=1&description=d");
}

static int parse_multipart(void)
{
    return parse_order(
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=amount\r\n\r\n1\r\n"
        "--b\r\nContent-Disposition: form-data; name=billing\r\n\r\nb\r\n"
        "--b\r\nContent-Disposition: form-data; name=final_url\r\n\r\nhttp://a/\r\n"
        "--b\r\nContent-Disposition: form-data; name=billing_userid\r\n\r\nu\r\n--b--");
}

static int make_request(enum lp_bank_protocol protocol)
{
    const struct lp_bank_profile profile = {.protocol = protocol,
                                            .url = "http://bank",
                                            .username = "u",
                                            .password = "p",
                                            .token = "",
                                            .language = "ru",
                                            .page_view = "DESKTOP"};
    const struct lp_bank_order order = {.order_number = "1",
                                        .amount = 1,
                                        .currency = "643",
                                        .return_url = "http://a/",
                                        .description = "Описание"};
    struct lp_bank_request request;
    int r = lp_bank_register_request(&profile, &order, &request);

    if (!r)
        lp_bank_request_done(&request);
    return r;
}

static int make_ecom(void)
{
    return make_request(LP_BANK_ECOM);
}

static int make_rbs(void)
{
    return make_request(LP_BANK_RBS);
}

static int collect_callback(void)
{
    static const char body[] = "{\"orderNumber\": 1, \"operation\": \"deposited\"}";
    struct lp_form form;

    lp_form_init(&form);
    int r =
        lp_callback_collect(&form, "mdOrder=1&status=1", "application/json", body, strlen(body));
    lp_form_done(&form);
    return r;
}

static int verify_notification(void)
{
    struct leopay_notification notification;
    struct leopay_public_key *key = NULL;
    char body[4096];
    int len = snprintf(body, sizeof(body), "%s%s%s", vectors[0].body_head, vectors[0].signature,
                       VECTOR_BODY_TAIL);
    int r = leopay_public_key_parse(vector_public_key, strlen(vector_public_key), &key, NULL);

    if (!r)
        r = leopay_notification_verify(key, body, (size_t)len, &notification, NULL);
    leopay_public_key_free(key);
    return r;
}

static void every_allocation_may_fail(void)
{
    static const struct lp_allocator failing = {failing_realloc, counting_free};
    int (*const jobs[])(void) = {parse_json, parse_form,       parse_multipart,    make_ecom,
                                 make_rbs,   collect_callback, verify_notification};

    lp_mem_set_allocator(&failing);
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        int r = LEOPAY_ENOMEM, tries = 0;

        while (r && tries < 1000) {
            left = tries++;
            r = jobs[i]();
            CU_ASSERT_TRUE(!r || r == LEOPAY_ENOMEM);
            LP_ASSERT_INT(alive, 0);
        }
        LP_ASSERT_INT(r, 0);
        CU_ASSERT_TRUE(tries > 2);
    }
    lp_mem_set_allocator(NULL);
}

LP_TEST_MAIN("wire/memory", LP_TEST(every_allocation_may_fail))
