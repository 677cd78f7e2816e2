/* SPDX-License-Identifier: MIT */
/*
 * What a billing does with a confirmation: verify it, then count it once.  No handle, no database,
 * no settings.
 *
 *     cc -std=c11 -Wall -Wextra -Werror verify_notification.c $(pkg-config --cflags --libs leopay)
 *     ./a.out rsa_pay_pub.key <body
 *
 * The body must be the bytes that were received: not decoded, not written anew.
 */
#include <stdio.h>

#include <leopay/notification.h>

/* Longer than any confirmation. */
#define BODY_MAX 65536

/* Exit codes: 0 counted, 1 cannot say, 2 usage, 4 not from Leopay. */
int main(int argc, char **argv)
{
    static char body[BODY_MAX];
    static struct leopay_notification notification;
    struct leopay_public_key *key = NULL;
    struct leopay_error err = {0};

    if (argc != 2) {
        fprintf(stderr, "usage: verify_notification PUBLIC_KEY <body\n");
        return 2;
    }
    if (leopay_public_key_load(argv[1], &key, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    size_t length = fread(body, 1, sizeof(body), stdin);
    int code = leopay_notification_verify(key, body, length, &notification, &err);
    leopay_public_key_free(key);
    if (code == LEOPAY_ESIGNATURE || code == LEOPAY_EINVAL) {
        fprintf(stderr, "refused: %s\n", err.text); /* answer 403: Leopay will say it again */
        return 4;
    }
    if (code) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    /*
     * Here a billing stores the id and credits the account in one transaction; where the id is
     * stored already it does nothing.  Either way it answers 200: Leopay repeats what is not
     * acknowledged.
     */
    printf("payment %lld: %lld kopecks to account %s, paid at %s\n", (long long)notification.id,
           (long long)notification.amount, notification.account_id, notification.payment_date);
    return 0;
}
