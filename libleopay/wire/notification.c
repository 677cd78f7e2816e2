/* SPDX-License-Identifier: MIT */
/*
 * The billing's side of a confirmation: public keys, and a body that is believed only once the text
 * it implies has been found to be signed.  Numbers are taken from the raw text, for the signature
 * covers their digits.
 */
#include <leopay/notification.h>

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/parse.h"
#include "core/validate.h"
#include "wire/json.h"
#include "wire/rsa.h"
#include "wire/sign.h"

#define BODY_MAX      65536
#define SIGNATURE_MAX (LP_SIGNATURE_SIZE - 1)

/* ---- Public keys -------------------------------------------------------- */

int leopay_public_key_parse(const char *pem, size_t length, struct leopay_public_key **ret_key,
                            struct leopay_error *err)
{
    struct leopay_public_key *key = lp_calloc(1, sizeof(*key));
    int r = key ? lp_rsa_read_public(pem, length, &key->rsa, err) : lp_error_nomem(err);

    if (r) {
        lp_free(key);
        return r;
    }
    *ret_key = key;
    return 0;
}

int leopay_public_key_load(const char *path, struct leopay_public_key **ret_key,
                           struct leopay_error *err)
{
    struct lp_buf pem;
    int r = lp_key_file_read(path, &pem, err);

    if (r)
        return r;
    r = leopay_public_key_parse(lp_buf_text(&pem), pem.len, ret_key, err);
    lp_key_file_done(&pem);
    return r;
}

void leopay_public_key_free(struct leopay_public_key *key)
{
    if (!key)
        return;
    lp_rsa_done(&key->rsa);
    lp_free(key);
}

void leopay_public_key_id(const struct leopay_public_key *key, char ret_id[LEOPAY_KEY_ID_SIZE])
{
    memcpy(ret_id, key->rsa.id, LEOPAY_KEY_ID_SIZE);
}

int leopay_public_key_bits(const struct leopay_public_key *key)
{
    return key->rsa.bits;
}

/* ---- Reading a body ----------------------------------------------------- */

/* The five members; each must be there once. */
enum {
    SEEN_ID = 1,
    SEEN_ACCOUNT = 2,
    SEEN_AMOUNT = 4,
    SEEN_DATE = 8,
    SEEN_SIGNATURE = 16,
    SEEN_ALL = 31
};

struct claim {
    struct leopay_notification notification;
    const char *fraction; /* ".0" where the amount has it */
    char signature[SIGNATURE_MAX + 1];
};

/* A JSON string that fits and has no NUL inside. */
static bool read_text(const struct lp_json_member *member, char *ret_text, size_t size)
{
    if (member->value[0] != '"')
        return false;

    json_t *text lp_auto_json = lp_json_decode(member->value, member->value_len);
    size_t len = json_string_length(text);

    if (!text || len >= size || memchr(json_string_value(text), '\0', len))
        return false;
    memcpy(ret_text, json_string_value(text), len + 1);
    return true;
}

static bool read_account(const struct lp_json_member *member,
                         struct leopay_notification *notification)
{
    size_t size = sizeof(notification->account_id);
    int64_t number;

    notification->account_id_is_number = member->value[0] != '"';
    if (!notification->account_id_is_number)
        return read_text(member, notification->account_id, size) &&
               !lp_validate_userid(notification->account_id);
    if (!lp_parse_int64(member->value, member->value_len, &number))
        return false;
    memcpy(notification->account_id, member->value, member->value_len);
    notification->account_id[member->value_len] = '\0';
    return true;
}

static bool read_amount(const struct lp_json_member *member, struct claim *claim)
{
    size_t len = member->value_len;
    bool older = len > 2 && !memcmp(member->value + len - 2, ".0", 2);

    claim->fraction = older ? ".0" : "";
    return lp_parse_int64(member->value, older ? len - 2 : len, &claim->notification.amount) &&
           claim->notification.amount >= 0;
}

static bool read_date(const struct lp_json_member *member, struct leopay_notification *notification)
{
    int64_t time_us;

    return read_text(member, notification->payment_date, sizeof(notification->payment_date)) &&
           lp_time_parse(notification->payment_date, strlen(notification->payment_date), &time_us);
}

/* Returns the member's bit; 0 when it is unknown or its value is not what it must be. */
static int read_member(const struct lp_json_member *member, struct claim *claim)
{
    struct leopay_notification *notification = &claim->notification;

    if (lp_json_key_is(member, "id"))
        return lp_parse_int64(member->value, member->value_len, &notification->id) &&
                       notification->id > 0
                   ? SEEN_ID
                   : 0;
    if (lp_json_key_is(member, "account_id"))
        return read_account(member, notification) ? SEEN_ACCOUNT : 0;
    if (lp_json_key_is(member, "amount"))
        return read_amount(member, claim) ? SEEN_AMOUNT : 0;
    if (lp_json_key_is(member, "payment_date"))
        return read_date(member, notification) ? SEEN_DATE : 0;
    if (lp_json_key_is(member, "signature"))
        return read_text(member, claim->signature, sizeof(claim->signature)) ? SEEN_SIGNATURE : 0;
    return 0;
}

static bool read_claim(const char *body, size_t length, struct claim *ret_claim)
{
    struct lp_json_member member;
    const char *cursor = body;
    int seen = 0;

    while (lp_json_member_next(&cursor, body + length, &member)) {
        int bit = read_member(&member, ret_claim);
        if (!bit)
            return false;
        seen |= bit;
    }
    return seen == SEEN_ALL;
}

/* Room for the account, three separators, two numbers, a fraction and a date. */
#define TEXT_MAX (sizeof(((struct leopay_notification *)0)->account_id) + 128)

static int verify_claim(const struct leopay_public_key *key, const struct claim *claim,
                        struct leopay_error *err)
{
    const struct leopay_notification *notification = &claim->notification;
    struct lp_buf text;
    int r;

    lp_buf_init(&text, TEXT_MAX);
    lp_buf_printf(&text, "%s|%" PRId64 "%s|%" PRId64 "|%s", notification->account_id,
                  notification->amount, claim->fraction, notification->id,
                  notification->payment_date);
    r = lp_buf_ok(&text) ? lp_verify(key, lp_buf_text(&text), text.len, claim->signature)
                         : LEOPAY_ENOMEM;
    lp_buf_done(&text);
    if (r == LEOPAY_ENOMEM)
        return lp_error_nomem(err);
    return r ? lp_error_set(err, r, LEOPAY_DOMAIN_CALLER, "the signature is wrong") : 0;
}

int leopay_notification_verify(const struct leopay_public_key *key, const char *body, size_t length,
                               struct leopay_notification *ret_notification,
                               struct leopay_error *err)
{
    struct claim claim = {.fraction = ""};
    int r;

    if (length > BODY_MAX)
        return lp_error_inval(err, "longer than %d bytes", BODY_MAX);
    r = lp_json_check_object(body, length);
    if (r == LEOPAY_ENOMEM)
        return lp_error_nomem(err);
    if (r)
        return lp_error_inval(err, "not a JSON object, or a key is given twice");
    if (!read_claim(body, length, &claim))
        return lp_error_inval(err, "not a confirmation: id, account_id, amount, payment_date and "
                                   "signature must be there, and nothing else");
    r = verify_claim(key, &claim, err);
    if (!r)
        *ret_notification = claim.notification;
    return r;
}
