/* SPDX-License-Identifier: MIT */
/*
 * A confirmation, under a key whose private half is gone, and the key itself: inputs that begin
 * with "-----" are read as PEM.
 */
#include <leopay/notification.h>

#include "fuzz.h"

static const char public_key[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAlXwYvY1uJ9p2kmQtAw+2TKzHBAU9kfP6+wX2afQHEeGgpYClEJpb\n"
    "OMIG8xog+A/uk/I1lGA6ibvVBkStsXcy8BRwrw7syhXqoTeo9QPJQ8CZI7P0+YKG\n"
    "yXZfx5bANdpf8lk1vbaXkxeC6nUhdAehYpkF7JKUOnaZgwcU6CwNP7uJ6c3ywvKR\n"
    "SD5xulhCEMaD9XfjzQ6MsuJrz/LTMJ2HolZgE4tRSJwoWbWXE5t8ZBjRO9Ak8L1b\n"
    "9Jli1mfxaxXZNsMgaSSVJ6pzbwC0pVtkvam/eJ6pdbpYKMq6BQK6KOrJMJex8Cjd\n"
    "qMb5UdGNKPXI0KcZ/aTkYtCChUrxfCU5aQIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

static void read_key(const uint8_t *data, size_t size)
{
    struct leopay_public_key *key = NULL;
    struct leopay_error err;
    char *pem = exact_copy(data, size);
    int r = leopay_public_key_parse(pem, size, &key, &err);

    free(pem);
    CLAIM(!r == (key != NULL));
    CLAIM(r || leopay_public_key_bits(key) >= LEOPAY_KEY_BITS_MIN);
    leopay_public_key_free(key);
}

static void read_body(const uint8_t *data, size_t size)
{
    struct leopay_notification notification = {.id = 0};
    struct leopay_public_key *key = NULL;
    struct leopay_error err;
    char *body = exact_copy(data, size);

    CLAIM(!leopay_public_key_parse(public_key, strlen(public_key), &key, &err));
    int r = leopay_notification_verify(key, body, size, &notification, &err);
    free(body);
    leopay_public_key_free(key);
    CLAIM(!r || r == LEOPAY_ESIGNATURE || r == LEOPAY_EINVAL);
    CLAIM(r ? err.code == r : notification.id > 0 && notification.amount >= 0);
    /* These, and no others, were ever signed by the key. */
    CLAIM(r || notification.id == 123 || notification.id == 1 || notification.id == INT64_MAX ||
          notification.id == 7 || notification.id == 18 || notification.id == 19);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 5 && !memcmp(data, "-----", 5))
        read_key(data, size);
    else
        read_body(data, size);
    return 0;
}
