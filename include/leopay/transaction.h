/* SPDX-License-Identifier: MIT */
/*
 * Transactions: an order from the moment a shop posts it until its billing has the confirmation.
 *
 * Each call comes twice: the asynchronous form takes a callback and returns at once; the form that
 * ends in _sync waits for it.  What a callback receives is borrowed until it returns.
 */
#ifndef LEOPAY_TRANSACTION_H
#define LEOPAY_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where a payment is in its life. */
enum leopay_status_code {
    LEOPAY_STATUS_NEW = 1,    /* stored; the bank has not answered yet */
    LEOPAY_STATUS_REGISTERED, /* the bank gave an order id and a payment page */
    LEOPAY_STATUS_PAID,       /* the bank confirmed the money; the billing does not have it yet */
    LEOPAY_STATUS_NOTIFIED,   /* the billing has acknowledged */
    LEOPAY_STATUS_FAILED,     /* no money; the reason says why */
};

/** The status in the words of the API ("registered"); NULL for a number that is none. */
const char *leopay_status_name(enum leopay_status_code status);

/** The reverse; 0 for a word that is none. */
enum leopay_status_code leopay_status_parse(const char *name);

/* ---- Orders ------------------------------------------------------------- */

#define LEOPAY_URL_MAX         2048 /* bytes of a final_url */
#define LEOPAY_USERID_MAX      250  /* characters of a billing_userid */
#define LEOPAY_DESCRIPTION_MAX 512  /* characters of a description */
#define LEOPAY_KEY_MAX         255  /* characters of an idempotency key */

/** An order as a shop sends it.  All texts are UTF-8 and borrowed. */
struct leopay_order {
    int64_t amount;                /* kopecks, LEOPAY_AMOUNT_MIN … LEOPAY_AMOUNT_MAX */
    const char *billing;           /* system name of an enabled billing */
    const char *final_url;         /* where the payer ends, absolute http or https */
    const char *billing_userid;    /* whom the billing credits; given back as is */
    bool billing_userid_is_number; /* it was a JSON integer, or a form value that is a canonical one
                                    */
    bool has_service_id;
    int32_t service_id;          /* 0 … 2147483647 */
    const char *description;     /* for the bank's page; NULL: none */
    const char *idempotency_key; /* 1 … 255 visible ASCII; NULL: none */
};

/** Why a field is refused.  leopay_field_fault_text() says it in words. */
enum leopay_field_fault {
    LEOPAY_FIELD_REQUIRED = 1,
    LEOPAY_FIELD_NULL,
    LEOPAY_FIELD_TYPE, /* not of a type that is taken here */
    LEOPAY_FIELD_NOT_INTEGER,
    LEOPAY_FIELD_RANGE,
    LEOPAY_FIELD_EMPTY,
    LEOPAY_FIELD_TOO_LONG,
    LEOPAY_FIELD_CHARACTERS, /* control characters, or a '|' in billing_userid */
    LEOPAY_FIELD_URL,        /* not an absolute http or https URL */
    LEOPAY_FIELD_ORIGIN,     /* the billing does not allow this origin */
    LEOPAY_FIELD_UNKNOWN,    /* no such billing, or it is disabled */
    LEOPAY_FIELD_REPEATED,   /* given twice */
    LEOPAY_FIELD_BODY,       /* the body as a whole cannot be read */
};

#define LEOPAY_FIELD_ERRORS_MAX 8

/** All the invalid fields of an order; fields in the order of struct leopay_order, each once. */
struct leopay_field_errors {
    size_t count;
    struct {
        const char *field; /* "amount"; "" where it is the body; static storage */
        enum leopay_field_fault fault;
    } items[LEOPAY_FIELD_ERRORS_MAX];
};

/** A fault in words; Russian if `russian`, else English.  Static storage. */
const char *leopay_field_fault_text(enum leopay_field_fault fault, bool russian);

/** An order read from a request's body, with its own storage. */
struct leopay_order_body;

/**
 * Reads an order from a body: application/json, application/x-www-form-urlencoded or
 * multipart/form-data (fields only).  `content_type` is the header's whole value.  Names every
 * invalid field at once. LEOPAY_EVALIDATION with *ret_errors filled, and with *ret_body set all the
 * same where the body names a billing (see leopay_order_refuse(); else it is left alone);
 * LEOPAY_EINVAL when the media type is none of the three; LEOPAY_ENOMEM.  The billing's existence
 * and its origins are looked at by leopay_transaction_register().
 */
int leopay_order_parse(const char *content_type, const char *body, size_t length,
                       struct leopay_order_body **ret_body, struct leopay_field_errors *ret_errors);

/** The order in a body that was read; borrowed from it. */
const struct leopay_order *leopay_order_get(const struct leopay_order_body *body);

/** Frees a body that was read.  NULL is allowed. */
void leopay_order_free(struct leopay_order_body *body);

/**
 * Checks every field of an order that was not read by leopay_order_parse().  0, or
 * LEOPAY_EVALIDATION with *ret_errors filled.  Pure; safe in any thread.
 */
int leopay_order_validate(const struct leopay_order *order, struct leopay_field_errors *ret_errors);

/* ---- Registration ------------------------------------------------------- */

/** What came of a registration. */
struct leopay_registration {
    int64_t id;                              /* 0: no order was stored */
    char payment_url[LEOPAY_URL_MAX + 1];    /* the bank's page; "" unless it was registered */
    struct leopay_field_errors field_errors; /* with LEOPAY_EVALIDATION */
};

typedef void (*leopay_registration_cb)(void *data, int code,
                                       const struct leopay_registration *registration,
                                       const struct leopay_error *err);

/**
 * Completes the errors of an order that is refused anyway: looks whether its billing exists and
 * allows the origin of its final_url (NULL where that is invalid itself).  Calls back with
 * LEOPAY_EVALIDATION and all the errors, also when the database is out of reach; stores nothing.
 */
int leopay_order_refuse(struct leopay *lp, const struct leopay_order *order,
                        const struct leopay_field_errors *errors, leopay_registration_cb cb,
                        void *data, leopay_op *ret_op, struct leopay_error *err);

/**
 * Stores an order durably, registers it with the bank, stores the answer durably, then calls back.
 *   0                    registered: send the payer to payment_url
 *   LEOPAY_EVALIDATION   invalid fields, an unknown billing, or an origin it does not allow
 *   LEOPAY_ECONFLICT     the idempotency key was used with other fields
 *   LEOPAY_EINPROGRESS   the first order with this key is still under way
 *   LEOPAY_EREFUSED      the bank refused: failed
 *   LEOPAY_EUNREACHABLE  no connection to the bank: failed
 *   LEOPAY_EBANKTIMEOUT, LEOPAY_EBANKREPLY, LEOPAY_EUNCERTAIN
 *                        in doubt: the order stands, and Leopay finds out what became of it
 *   LEOPAY_EUNAVAILABLE, LEOPAY_EAGAIN
 *                        nothing was stored
 */
int leopay_transaction_register(struct leopay *lp, const struct leopay_order *order,
                                leopay_registration_cb cb, void *data, leopay_op *ret_op,
                                struct leopay_error *err);

/** The same, waiting.  *ret_registration is filled whatever the code is. */
int leopay_transaction_register_sync(struct leopay *lp, const struct leopay_order *order,
                                     struct leopay_registration *ret_registration,
                                     struct leopay_error *err);

/* ---- The payer's return, and the bank's callback ------------------------ */

typedef void (*leopay_return_cb)(void *data, int code, int64_t id, const char *final_url,
                                 const struct leopay_error *err);

/**
 * Finds the order that a payer returns from, by our token or, where that is nobody's, by the bank's
 * order id (one may be NULL), and lets the bank be asked about it in the background.  The callback
 * has the final_url, byte for byte. LEOPAY_ENOTFOUND for an unknown order.  A return proves nothing
 * about money.
 */
int leopay_transaction_return(struct leopay *lp, const char *token, const char *order_id,
                              leopay_return_cb cb, void *data, leopay_op *ret_op,
                              struct leopay_error *err);

/** The same, waiting.  ret_final_url has room for LEOPAY_URL_MAX + 1 bytes. */
int leopay_transaction_return_sync(struct leopay *lp, const char *token, const char *order_id,
                                   int64_t *ret_id, char *ret_final_url, struct leopay_error *err);

typedef void (*leopay_done_cb)(void *data, int code, const struct leopay_error *err);

/**
 * Takes the bank's callback: the query of its URL and its body (either may be empty; the body is
 * form or JSON by its content type).  With LEOPAY_SBERBANK_CALLBACK_KEY set, a wrong checksum is
 * LEOPAY_ESIGNATURE and the bank is asked nothing.  Otherwise it is a hint: an order that is still
 * open is asked about.  0 for a known and an unknown order alike; LEOPAY_EVALIDATION when it names
 * none.
 */
int leopay_bank_callback(struct leopay *lp, const char *query, const char *content_type,
                         const char *body, size_t length, leopay_done_cb cb, void *data,
                         leopay_op *ret_op, struct leopay_error *err);

/** The same, waiting. */
int leopay_bank_callback_sync(struct leopay *lp, const char *query, const char *content_type,
                              const char *body, size_t length, struct leopay_error *err);

/* ---- Looking, asking, telling ------------------------------------------- */

/** One attempt to tell the billing. */
struct leopay_delivery {
    int attempt;
    int64_t started_at_us;
    int duration_ms;
    int http_status;    /* 0: none came */
    const char *error;  /* NULL: delivered */
    const char *answer; /* first bytes of the answer; NULL: none */
};

/** One line of a payment's history. */
struct leopay_event {
    int64_t at_us;
    const char *event;       /* "registered", "bank_asked" … */
    const char *from_status; /* NULL: none */
    const char *to_status;
    const char *detail; /* JSON, masked; NULL: none */
    const char *actor;  /* the database role that did it */
};

/** A payment as accountants see it.  Times are Unix microseconds, 0: none.  Absent texts are NULL.
 */
struct leopay_transaction {
    int64_t id;
    int64_t created_at_us;
    int64_t
        paid_at_us; /* when the money reached the bank, by the bank's own time where it gives one */
    int64_t notified_at_us;
    enum leopay_status_code status;
    const char *reason; /* why it failed */
    bool has_bank_status;
    int bank_status;          /* the bank's orderStatus, as it was last heard */
    const char *billing;      /* system name */
    const char *counteragent; /* name */
    const char *billing_userid;
    bool billing_userid_is_number;
    bool has_service_id;
    int32_t service_id;
    int64_t amount;
    int64_t commission;
    int64_t net_amount;
    const char *currency;
    const char *order_id;     /* the bank's */
    const char *order_number; /* ours, as the bank knows it */
    const char *payer_ip;
    const char *card; /* masked */
    const char *cardholder;
    const char *card_expiry; /* YYYY-MM */
    int attempts;
    const char *last_error;
    const char *final_url;
    const char *payment_url;
    const char *attention; /* why a person should look; NULL: nothing */
    const char *next_job;  /* what is due: "settle", "check", "recheck", "notify"; NULL: nothing */
    int64_t next_job_at_us;

    const struct leopay_delivery *deliveries; /* oldest first; only from leopay_transaction_get() */
    size_t delivery_count;
    const struct leopay_event *history; /* oldest first; only from leopay_transaction_get() */
    size_t history_count;
};

/** `transaction` is NULL unless the code is 0 or says otherwise at the call. */
typedef void (*leopay_transaction_cb)(void *data, int code,
                                      const struct leopay_transaction *transaction,
                                      const struct leopay_error *err);

/** Everything about one payment.  LEOPAY_ENOTFOUND. */
int leopay_transaction_get(struct leopay *lp, int64_t id, leopay_transaction_cb cb, void *data,
                           leopay_op *ret_op, struct leopay_error *err);

/** The same, waiting.  Free the copy with leopay_transaction_free(). */
int leopay_transaction_get_sync(struct leopay *lp, int64_t id,
                                struct leopay_transaction **ret_transaction,
                                struct leopay_error *err);

/**
 * Asks the bank about a payment now, and stores what it says.  LEOPAY_ENOTFOUND, LEOPAY_EINPROGRESS
 * (another worker is asking at this moment), LEOPAY_EUNREACHABLE, LEOPAY_EBANKTIMEOUT,
 * LEOPAY_EBANKREPLY.  0: the bank has answered; the callback has the payment as it is now.
 */
int leopay_transaction_check(struct leopay *lp, int64_t id, leopay_transaction_cb cb, void *data,
                             leopay_op *ret_op, struct leopay_error *err);

/** The same, waiting.  Free the copy with leopay_transaction_free(). */
int leopay_transaction_check_sync(struct leopay *lp, int64_t id,
                                  struct leopay_transaction **ret_transaction,
                                  struct leopay_error *err);

/**
 * Sends the confirmation now.  LEOPAY_ESTATE unless the payment is paid, or notified with `force`.
 * LEOPAY_EDELIVERY when the billing did not acknowledge: a paid payment is told again later.
 */
int leopay_transaction_notify(struct leopay *lp, int64_t id, bool force, leopay_transaction_cb cb,
                              void *data, leopay_op *ret_op, struct leopay_error *err);

/** The same, waiting.  Free the copy with leopay_transaction_free(). */
int leopay_transaction_notify_sync(struct leopay *lp, int64_t id, bool force,
                                   struct leopay_transaction **ret_transaction,
                                   struct leopay_error *err);

/** An owned copy of a payment, deliveries and history included.  NULL when memory is out. */
struct leopay_transaction *leopay_transaction_dup(const struct leopay_transaction *transaction);

/** Frees a copy.  NULL is allowed. */
void leopay_transaction_free(struct leopay_transaction *transaction);

#ifdef __cplusplus
}
#endif
#endif
