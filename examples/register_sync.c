/* SPDX-License-Identifier: MIT */
/*
 * The shortest way: one blocking call registers one order, and says where to send the payer.
 *
 *     cc -std=c11 -Wall -Wextra -Werror register_sync.c $(pkg-config --cflags --libs leopay)
 *     ./a.out BILLING KOPECKS USERID FINAL_URL
 *
 * Settings come from the environment and from the file that LEOPAY_CONFIG names.
 */
#include <stdio.h>
#include <stdlib.h>

#include <leopay/leopay.h>

static void print_problem(void *data, const struct leopay_setting_problem *problem)
{
    (void)data;
    fprintf(stderr, "%s\n", problem->text);
}

/* A handle by the settings of the environment; NULL when there can be none. */
static struct leopay *open_handle(void)
{
    struct leopay_settings *settings = NULL;
    struct leopay_error err = {0};
    struct leopay *lp = NULL;

    if (leopay_init() || leopay_settings_new(&settings))
        return NULL;
    if (leopay_settings_load(settings, print_problem, NULL) == 0) {
        struct leopay_options options = {.size = sizeof(options), .settings = settings};
        if (leopay_open(&options, &lp, &err))
            fprintf(stderr, "%s\n", err.text);
    }
    leopay_settings_free(settings); /* the handle has a copy */
    return lp;
}

static void explain(int code, const struct leopay_registration *registration,
                    const struct leopay_error *err)
{
    fprintf(stderr, "%s: %s\n", leopay_code_name(code), err->text);
    for (size_t i = 0; i < registration->field_errors.count; i++)
        fprintf(stderr, "%s: %s\n", registration->field_errors.items[i].field,
                leopay_field_fault_text(registration->field_errors.items[i].fault, false));
    /* Its band says what to do next, also about codes that are younger than this program. */
    switch (leopay_code_retry(code)) {
    case LEOPAY_RETRY_NEVER:
        break;
    case LEOPAY_RETRY_SAFE:
        fprintf(stderr, "No order is open: the payer may try again.\n");
        break;
    case LEOPAY_RETRY_VERIFY:
        fprintf(stderr, "Order %lld may stand: look at it before you offer another.\n",
                (long long)registration->id);
        break;
    }
}

int main(int argc, char **argv)
{
    static struct leopay_registration registration;
    struct leopay_error err = {0};

    if (argc != 5) {
        fprintf(stderr, "usage: register_sync BILLING KOPECKS USERID FINAL_URL\n");
        return 2;
    }
    struct leopay *lp = open_handle();
    if (!lp)
        return 1;
    const struct leopay_order order = {
        .billing = argv[1],
        .amount = strtoll(argv[2], NULL, 10),
        .billing_userid = argv[3],
        .final_url = argv[4],
    };
    int code = leopay_transaction_register_sync(lp, &order, &registration, &err);
    if (code)
        explain(code, &registration, &err);
    else
        printf("%lld %s\n", (long long)registration.id, registration.payment_url);
    leopay_close(lp);
    return code ? 1 : 0;
}
