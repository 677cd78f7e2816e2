/* SPDX-License-Identifier: MIT */
/*
 * Signed samples, computed with the openssl command line and integer arithmetic, so that the
 * product does not test itself by itself.  The private half of the key is gone.
 */
#ifndef TESTS_UNIT_WIRE_VECTORS_H
#define TESTS_UNIT_WIRE_VECTORS_H

#include "wire/confirmation.h"

#define VECTOR_KEY_ID "58d27fc37f05f57a"

static const char vector_public_key[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAlXwYvY1uJ9p2kmQtAw+2TKzHBAU9kfP6+wX2afQHEeGgpYClEJpb\n"
    "OMIG8xog+A/uk/I1lGA6ibvVBkStsXcy8BRwrw7syhXqoTeo9QPJQ8CZI7P0+YKG\n"
    "yXZfx5bANdpf8lk1vbaXkxeC6nUhdAehYpkF7JKUOnaZgwcU6CwNP7uJ6c3ywvKR\n"
    "SD5xulhCEMaD9XfjzQ6MsuJrz/LTMJ2HolZgE4tRSJwoWbWXE5t8ZBjRO9Ak8L1b\n"
    "9Jli1mfxaxXZNsMgaSSVJ6pzbwC0pVtkvam/eJ6pdbpYKMq6BQK6KOrJMJex8Cjd\n"
    "qMb5UdGNKPXI0KcZ/aTkYtCChUrxfCU5aQIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

static const struct vector {
    struct lp_confirmation confirmation;
    const char *payment_date;
    const char *text;
    const char *signature;
    const char *body_head; /* up to the signature; then follow the signature and VECTOR_BODY_TAIL */
} vectors[] = {
    {{.id = INT64_C(123),
      .account_id = "42",
      .account_id_is_number = true,
      .net_amount = INT64_C(10000),
      .paid_at_us = INT64_C(1795342530123456),
      .wire = LEOPAY_WIRE_DEFAULT},
     "2026-11-22T10:15:30.123456+00:00",
     "42|10000|123|2026-11-22T10:15:30.123456+00:00",
     "VcS+7R5S5JXyU1KqY5UM05S0za92TMu0744ix9/RSQukX09ZjzZdeQUbj2EeCYZFDq4UvH5zJNVDrBII"
     "GlxkxZ7DA3XP6zat+/Sjw1pSABaZeja7Qc+6Iz5lT3MXx08YLKw0J+zQMMGLVGKQkyeQ+71xMn81qbgi"
     "Oh2nHlHi+w0cSjI/CQlXDqbczobD8cMmKXBVBAO62WXba/BR9711Q80K5751aQmGEGpXaWbux2PEbFyy"
     "ogHg0IQ8kw8zbwU41cnXbcN3OphjeRUUt9DMkPmmgxFXYxOqva4J8IWFpJgTAvJvCzcDHTBd1YtAKe2J"
     "JkyH3nc3cUSF/5/v/tMhjQ==",
     "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, \"payment_date\": "
     "\"2026-11-22T10:15:30.123456+00:00\", \"signature\": \""},
    {{.id = INT64_C(1),
      .account_id = "-5",
      .account_id_is_number = true,
      .net_amount = INT64_C(1),
      .paid_at_us = INT64_C(1767225600000000),
      .wire = LEOPAY_WIRE_DEFAULT},
     "2026-01-01T00:00:00.000000+00:00",
     "-5|1|1|2026-01-01T00:00:00.000000+00:00",
     "hHqCOWIl/mYs3nOIILfOe1oR6G6polon5JIqCAtAqzWxWGPs1K4m5O1tYDeCT3+4gUsY0ncuA0xOT0g8"
     "invcq3UzrlmpNEWzMES4RdosBkWtuMJhilYkfVrj1d5ynZSNvBBfSgmK0IAPifoCn/75IP0ADq2ltffZ"
     "EY57wn6YUGRweyr8wqZVkbIUMFiwcy6oaq6U1miicItnfwU5WPoHL63fr4QR9WauX4IHNlWOAnBOEaEW"
     "4pB95dr4Lf6Nfej9E8KXRk2LsJfZDWKTAvAZP4AYf4hoxSmTrlxkGd2fifYBYSEj1oNR4Eg1Ewevwxfo"
     "etS0NdKflDaPA4jmtgCT4A==",
     "{\"id\": 1, \"account_id\": -5, \"amount\": 1, \"payment_date\": "
     "\"2026-01-01T00:00:00.000000+00:00\", \"signature\": \""},
    {{.id = INT64_C(9223372036854775807),
      .account_id = "пользователь-7",
      .account_id_is_number = false,
      .net_amount = INT64_C(999999999999),
      .paid_at_us = INT64_C(1803859199999999),
      .wire = LEOPAY_WIRE_DEFAULT},
     "2027-02-28T23:59:59.999999+00:00",
     "пользователь-7|999999999999|9223372036854775807|2027-02-28T23:59:59.999999+00:00",
     "b8ywEfI2pValC5V5vP0RC7GAQxwnAyi8iOm0HibUwrUqA4GKtH+kDwx6mal0QjufpLHRCBDRy2Vptd5O"
     "8rpWAgKZQaP/3OFhR0YvxFtcuzrzlBwxE/U9OibY5g5gT3N8DzTNaSuW5xC08qjXgTjBme8N2Wg2Rhw8"
     "/yvuOpzjM5zYZtzM5QCV6uaVa32s5gaaRDuXPNpXHpcJlONR1IkYNQxM2XLWOlK9amSsFTg4EXGpMo+L"
     "nK89jyNYIrJIZbm6btbjSTtLFq+G+Te5EZK7NjxxUx/YHyqDtrViyIStCZhXP6bObrvqx/bwvwiz5O3S"
     "+HzfR092s6oj1kgnvn+YQQ==",
     "{\"id\": 9223372036854775807, \"account_id\": "
     "\"\\u043f\\u043e\\u043b\\u044c\\u0437\\u043e\\u0432\\u0430\\u0442\\u0435\\u043b\\u044c-7\", "
     "\"amount\": 999999999999, \"payment_date\": \"2027-02-28T23:59:59.999999+00:00\", "
     "\"signature\": \""},
    {{.id = INT64_C(7),
      .account_id = "a b\"\\/😀",
      .account_id_is_number = false,
      .net_amount = INT64_C(97499),
      .paid_at_us = INT64_C(1795342530000001),
      .wire = LEOPAY_WIRE_DEFAULT},
     "2026-11-22T10:15:30.000001+00:00",
     "a b\"\\/😀|97499|7|2026-11-22T10:15:30.000001+00:00",
     "JupN9KFfEINh4yBrtBffvwJzCF/tYQVpF52qpm8X3tUnBB2hmhBcVjTjnnyav6CX4S5bB1pQUMyL3RcP"
     "52k1lFkxniN/4bkpRmcrGqKWDEr4YFpvOi1THKvm+uZrJ3V5K8H2Sp7yGuE0t60RRUpF8I0h8027Faht"
     "7BDwhGcJklia/yeY+e6jqM2b3um8nl0TH9/oiYXu/HlrA5439Jdqpg076jFdfuEDO+tXHmjTCRd23mPa"
     "Ezf9SMov4BLyUC4C//QuIHyfhLIamxpdSW7JUo/RiFKMRSlV1pDOH59auGX9grn5QA/LCrqfHLzkUDik"
     "wvZ+Zv9CzUx/u6lMRdT41A==",
     "{\"id\": 7, \"account_id\": \"a b\\\"\\\\/\\ud83d\\ude00\", \"amount\": 97499, "
     "\"payment_date\": \"2026-11-22T10:15:30.000001+00:00\", \"signature\": \""},
    {{.id = INT64_C(18),
      .account_id = "43",
      .account_id_is_number = true,
      .net_amount = INT64_C(93),
      .paid_at_us = INT64_C(1795389172050649),
      .wire = LEOPAY_WIRE_OLDER},
     "2026-11-22T23:12:52.050649+00:00",
     "43|93.0|18|2026-11-22T23:12:52.050649+00:00",
     "cG3l+WTg+wooVDNyh/zWVgJeeLIdvgKG33BeqLUKVplSH1sn5GGvUYDVD2UDNsi7IqahdDXrhtLnpHtZ"
     "Ec9LaU85avv+LKEISAXNyUxfx52HimOJgJifEuwIK5OuhWafzm/JXhAvasGnMnp5mA4uB2kb+Du6PmIi"
     "tRLAmHXmYlQywiWEdtH3UYUU937wKtJiVaPh1L2KxAKmpdagdUBgdQ5TV5TKjxGfsU/WSOb435KIYUGV"
     "0B1KvCaafeqcB7LgpH8n6C1sKhc0lcKuaGUbSQy2az4fhW3OKBULFJ2Z7smkUqiU2ekb2XvqJNC9CnFJ"
     "Jt0D7fJSb3JIyQTyieMMSA==",
     "{\"id\": 18, \"account_id\": \"43\", \"amount\": 93.0, \"payment_date\": "
     "\"2026-11-22T23:12:52.050649+00:00\", \"signature\": \""},
    {{.id = INT64_C(19),
      .account_id = "абв",
      .account_id_is_number = false,
      .net_amount = INT64_C(999999999999),
      .paid_at_us = INT64_C(1795389172050649),
      .wire = LEOPAY_WIRE_OLDER},
     "2026-11-22T23:12:52.050649+00:00",
     "абв|999999999999.0|19|2026-11-22T23:12:52.050649+00:00",
     "BDAcl4+0Ftr7WxRo0hD/HfeNVq9SOHT9x0/LY38QJn2RniFKPTGC3iprb4wZjGDMWahjZhPBmEJvrWuL"
     "408nGthKoPHdSIZrhNi3gtdPyitZwCAKPc6+nCuq3eY+m5nBhoqRhEa5mSbY+T1fgMiHSHc0Mml1d4ny"
     "EFPDPwcJKk4UguGGL27zxrLQDCkX87nQHsqIMlq7I/QKKrzw9HMNH7NfbIUaeezIXOBncS5Hvhhg6xS+"
     "SY7ZRNmW7QfUziVCvp0GKWU33GB8EVV89w+OJK8OCWRqtnOj61lNQC1IW3CZ6Zxl1RmOLgF6ybCNlw16"
     "Pa4X6yMRRfG6Wurff1py2g==",
     "{\"id\": 19, \"account_id\": \"\\u0430\\u0431\\u0432\", \"amount\": 999999999999.0, "
     "\"payment_date\": \"2026-11-22T23:12:52.050649+00:00\", \"signature\": \""},
};

#define VECTOR_COUNT     (sizeof(vectors) / sizeof(vectors[0]))
#define VECTOR_BODY_TAIL "\"}"

#endif
