/* SPDX-License-Identifier: MIT */
/* verify: whether a confirmation is what Leopay signed.  Needs no database and no settings. */
#include <errno.h>
#include <string.h>

#include "ctl.h"

/* No confirmation is longer: its longest part is a signature by a key of 16384 bits. */
#define BODY_MAX (64 * 1024)

enum { ID, ACCOUNT, AMOUNT, DATE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, false},
    [ACCOUNT] = {"account_id", MSG_C_ACCOUNT_ID, IN_ALL, false},
    [AMOUNT] = {"amount", MSG_C_AMOUNT, IN_ALL, false},
    [DATE] = {"payment_date", MSG_C_PAYMENT_DATE, IN_ALL, false},
};

static int read_body(const char *path, char body[BODY_MAX + 1], size_t *ret_len)
{
    bool from_stdin = !path || strcmp(path, "-") == 0;
    FILE *stream = from_stdin ? stdin : fopen(path, "r");

    if (!stream) {
        say(MSG_FILE_ERROR, path, strerror(errno), NULL);
        return STATUS_FAILED;
    }
    *ret_len = fread(body, 1, BODY_MAX + 1, stream);
    int error = ferror(stream) ? errno : 0;
    if (!from_stdin)
        fclose(stream);
    if (error)
        say(MSG_FILE_ERROR, from_stdin ? "stdin" : path, strerror(error), NULL);
    else if (*ret_len > BODY_MAX)
        say(MSG_FILE_LARGE, from_stdin ? "stdin" : path, NULL);
    return error || *ret_len > BODY_MAX ? STATUS_FAILED : STATUS_DONE;
}

static void put(struct output *out, const struct leopay_notification *notification)
{
    struct cell account = cell_text(notification->account_id);

    if (notification->account_id_is_number)
        account.kind = CELL_NUMBER;
    output_one(out, SHAPE_ONE, columns, COLUMNS,
               (const struct cell[COLUMNS]){
                   [ID] = cell_number(notification->id),
                   [ACCOUNT] = account,
                   [AMOUNT] = cell_money(notification->amount),
                   [DATE] = cell_text(notification->payment_date),
               });
}

int run_verify(struct ctl *ctl)
{
    static char body[BODY_MAX + 1];
    struct leopay_notification notification;
    struct leopay_public_key *key = NULL;
    struct leopay_error err = {0};
    size_t len = 0;

    int r = leopay_public_key_load(option(ctl, "key"), &key, &err);
    if (r < 0) {
        say_failure(r, &err);
        return STATUS_FAILED;
    }
    int status = read_body(arg(ctl, 0), body, &len);
    if (!status) {
        r = leopay_notification_verify(key, body, len, &notification, &err);
        if (r == 0) {
            say(MSG_SIGNATURE_GOOD, NULL);
            put(&ctl->out, &notification);
        } else {
            say_failure(r, &err);
            /* What is no confirmation at all has not been verified either. */
            status =
                r == LEOPAY_ESIGNATURE || r == LEOPAY_EINVAL ? STATUS_UNVERIFIED : STATUS_FAILED;
        }
    }
    leopay_public_key_free(key);
    return status;
}
