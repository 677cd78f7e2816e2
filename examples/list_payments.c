/* SPDX-License-Identifier: MIT */
/*
 * The newest payments of a billing and the totals of all of them: two questions at once, then wait
 * for each.
 *
 *     cc -std=c11 -Wall -Wextra -Werror list_payments.c $(pkg-config --cflags --libs leopay)
 *     ./a.out BILLING [AFTER_ID]
 */
#include <stdio.h>
#include <stdlib.h>

#include <leopay/leopay.h>

#define PAGE 20

static int failure;

static bool is_failure(int code, const struct leopay_error *err)
{
    if (code) {
        fprintf(stderr, "%s: %s\n", leopay_code_name(code), err->text);
        failure = code;
    }
    return code != 0;
}

/* What a callback receives is borrowed until it returns: copy what you keep. */
static void on_page(void *data, int code, const struct leopay_page *page,
                    const struct leopay_error *err)
{
    char roubles[LEOPAY_ROUBLES_SIZE];

    (void)data;
    if (is_failure(code, err))
        return;
    for (size_t i = 0; i < page->count; i++) {
        const struct leopay_transaction *row = &page->rows[i];
        leopay_roubles_format(row->amount, roubles, sizeof(roubles));
        printf("%10lld  %14s  %-10s  %s\n", (long long)row->id, roubles,
               leopay_status_name(row->status), row->billing_userid);
    }
    if (page->next_after_id)
        printf("more: list_payments BILLING %lld\n", (long long)page->next_after_id);
}

static void on_totals(void *data, int code, const struct leopay_totals *totals,
                      const struct leopay_error *err)
{
    (void)data;
    if (is_failure(code, err))
        return;
    printf("confirmed: %lld payments, %s kopecks, %s of them commission\n",
           (long long)totals->count, totals->amount, totals->commission);
}

static void list(struct leopay *lp, const struct leopay_filter *filter)
{
    struct leopay_error err = {0};
    leopay_op page = 0, totals = 0;

    if (is_failure(leopay_transaction_list(lp, filter, PAGE, on_page, NULL, &page, &err), &err) ||
        is_failure(leopay_transaction_totals(lp, filter, on_totals, NULL, &totals, &err), &err))
        return;
    /* In which order they end is of no importance: waiting for one runs the other as well. */
    leopay_wait(lp, page, LEOPAY_FOREVER);
    leopay_wait(lp, totals, LEOPAY_FOREVER);
}

int main(int argc, char **argv)
{
    struct leopay_settings *settings = NULL;
    struct leopay_error err = {0};
    struct leopay *lp = NULL;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: list_payments BILLING [AFTER_ID]\n");
        return 2;
    }
    if (leopay_init() || leopay_settings_new(&settings) ||
        leopay_settings_load(settings, NULL, NULL)) {
        fprintf(stderr, "the settings are bad\n");
        return 1;
    }
    const struct leopay_options options = {.size = sizeof(options), .settings = settings};
    const struct leopay_filter filter = {
        .billing = argv[1],
        .after_id = argc == 3 ? strtoll(argv[2], NULL, 10) : 0,
    };
    if (!is_failure(leopay_open(&options, &lp, &err), &err))
        list(lp, &filter);
    leopay_close(lp);
    leopay_settings_free(settings);
    return failure ? 1 : 0;
}
