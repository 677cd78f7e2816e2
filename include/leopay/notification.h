/* SPDX-License-Identifier: MIT */
/*
 * Confirmations: the signed message that tells a billing that a payment has arrived.  A billing
 * written in C needs nothing but this header: no handle, no database.  All functions are safe in
 * any thread.
 */
#ifndef LEOPAY_NOTIFICATION_H
#define LEOPAY_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The first 16 hex digits of the SHA-256 of a public key (SPKI DER), and a NUL. */
#define LEOPAY_KEY_ID_SIZE 17

/** The smallest key that is taken, in bits. */
#define LEOPAY_KEY_BITS_MIN 2048

/** A public key to verify with. */
struct leopay_public_key;

/** Reads a public key in PEM: SPKI ("PUBLIC KEY") or PKCS#1 ("RSA PUBLIC KEY").  LEOPAY_EINVAL
 * otherwise. */
int leopay_public_key_parse(const char *pem, size_t length, struct leopay_public_key **ret_key,
                            struct leopay_error *err);

/** The same from a file of at most 64 KiB. */
int leopay_public_key_load(const char *path, struct leopay_public_key **ret_key,
                           struct leopay_error *err);

/** Frees a key.  NULL is allowed. */
void leopay_public_key_free(struct leopay_public_key *key);

/** Writes the key's id, as in the header Leopay-Key-Id. */
void leopay_public_key_id(const struct leopay_public_key *key, char ret_id[LEOPAY_KEY_ID_SIZE]);

/** The size of the key's modulus in bits. */
int leopay_public_key_bits(const struct leopay_public_key *key);

/** What a confirmation says, once its signature has been found right. */
struct leopay_notification {
    int64_t id;                /* Leopay's id: count each id once */
    char account_id[1001];     /* whom to credit: the billing_userid of the order, as UTF-8 */
    bool account_id_is_number; /* it came as a JSON integer */
    int64_t amount;            /* kopecks, commission taken off */
    char payment_date[33];     /* "2026-11-22T10:15:30.123456+00:00" */
};

/**
 * Verifies the body of a confirmation, in either wire form.  0: the signature is right, and
 * *ret_notification has what it says.  LEOPAY_ESIGNATURE: it is wrong.  LEOPAY_EINVAL: not a
 * confirmation at all.
 */
int leopay_notification_verify(const struct leopay_public_key *key, const char *body, size_t length,
                               struct leopay_notification *ret_notification,
                               struct leopay_error *err);

/** What leopay_key_pair_generate() and leopay_key_pair_show() tell about a pair of files. */
struct leopay_key_info {
    char id[LEOPAY_KEY_ID_SIZE];
    int bits;
};

/**
 * Makes DIR (mode 0700) where it is missing, and in it rsa_pay_priv.key (0600) and rsa_pay_pub.key,
 * PKCS#1 in PEM.  LEOPAY_EEXIST if either file is there already, the text names it: neither is ever
 * overwritten.
 */
int leopay_key_pair_generate(const char *dir, int bits, struct leopay_key_info *ret_info,
                             struct leopay_error *err);

/** Reads a private key's file and tells about it. */
int leopay_key_pair_show(const char *private_key_path, struct leopay_key_info *ret_info,
                         struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
