/* SPDX-License-Identifier: MIT */
/* A billing verifies what it is sent: the samples verify, and nothing that differs from them in
 * meaning does. */
#include <leopay/notification.h>

#include "support/unit.h"

#include "unit/wire/vectors.h"

#define ROOM 4096

static struct leopay_public_key *sample_key(void)
{
    struct leopay_public_key *key = NULL;

    LP_ASSERT_INT(leopay_public_key_parse(vector_public_key, strlen(vector_public_key), &key, NULL),
                  0);
    return key;
}

static size_t sample_body(const struct vector *vector, char body[ROOM])
{
    return (size_t)snprintf(body, ROOM, "%s%s%s", vector->body_head, vector->signature,
                            VECTOR_BODY_TAIL);
}

static void samples_verify(void)
{
    struct leopay_public_key *key = sample_key();
    char id[LEOPAY_KEY_ID_SIZE];

    leopay_public_key_id(key, id);
    LP_ASSERT_TEXT(id, VECTOR_KEY_ID);
    LP_ASSERT_INT(leopay_public_key_bits(key), 2048);
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const struct lp_confirmation *expected = &vectors[i].confirmation;
        struct leopay_notification got;
        char body[ROOM];
        size_t len = sample_body(&vectors[i], body);

        LP_ASSERT_INT(leopay_notification_verify(key, body, len, &got, NULL), 0);
        LP_ASSERT_INT(got.id, expected->id);
        LP_ASSERT_INT(got.amount, expected->net_amount);
        LP_ASSERT_TEXT(got.account_id, expected->account_id);
        LP_ASSERT_INT(got.account_id_is_number,
                      expected->account_id_is_number && expected->wire == LEOPAY_WIRE_DEFAULT);
        LP_ASSERT_TEXT(got.payment_date, vectors[i].payment_date);
    }
    leopay_public_key_free(key);
}

/* Any bit of any byte: it is refused, or it says the same in other words (the case of an escape's
 * digit). */
static void no_flipped_bit_changes_what_is_believed(void)
{
    struct leopay_public_key *key = sample_key();
    size_t refused = 0, tried = 0;

    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        struct leopay_notification original, got;
        char body[ROOM];
        size_t len = sample_body(&vectors[i], body);

        LP_ASSERT_INT(leopay_notification_verify(key, body, len, &original, NULL), 0);
        for (size_t bit = 0; bit < len * 8; bit++) {
            body[bit / 8] = (char)(body[bit / 8] ^ (1 << (bit % 8)));
            tried++;
            if (leopay_notification_verify(key, body, len, &got, NULL)) {
                refused++;
            } else {
                CU_ASSERT_EQUAL(got.id, original.id);
                CU_ASSERT_EQUAL(got.amount, original.amount);
                CU_ASSERT_STRING_EQUAL(got.account_id, original.account_id);
                CU_ASSERT_STRING_EQUAL(got.payment_date, original.payment_date);
                CU_ASSERT_TRUE(bit / 8 < strlen(vectors[i].body_head) &&
                               strstr(vectors[i].body_head, "\\u"));
            }
            body[bit / 8] = (char)(body[bit / 8] ^ (1 << (bit % 8)));
        }
        for (size_t cut = 0; cut < len; cut++)
            CU_ASSERT_NOT_EQUAL(leopay_notification_verify(key, body, cut, &got, NULL), 0);
    }
    CU_ASSERT_TRUE(tried > 8 * 400 * VECTOR_COUNT);
    CU_ASSERT_TRUE(refused > tried - 100);
    leopay_public_key_free(key);
}

/* A body as first sample's, with other texts for its members; `%s` takes the right signature. */
static int verify_shape(const struct leopay_public_key *key, const char *shape)
{
    struct leopay_notification got;
    char body[ROOM];
    const char *mark = strstr(shape, "%s");
    int len = mark ? snprintf(body, sizeof(body), "%.*s%s%s", (int)(mark - shape), shape,
                              vectors[0].signature, mark + 2)
                   : snprintf(body, sizeof(body), "%s", shape);

    return leopay_notification_verify(key, body, (size_t)len, &got, NULL);
}

#define DATE "\"payment_date\": \"2026-11-22T10:15:30.123456+00:00\""
#define SIGN "\"signature\": \"%s\""

static const struct {
    int code;
    const char *shape;
} shapes[] = {
    /* The same said otherwise. */
    {0, "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN "}\n"},
    {0, " {" SIGN "," DATE ",\"amount\" : 10000 ,\"id\":123,\"account_id\":\"42\"} "},
    {0, "{\"\\u0069d\": 123, \"account_id\": \"4\\u0032\", \"amount\": 10000, " DATE ", " SIGN "}"},
    /* Something else. */
    {LEOPAY_ESIGNATURE, "{\"id\": 124, \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_ESIGNATURE,
     "{\"id\": 123, \"account_id\": 42, \"amount\": 10000.0, " DATE ", " SIGN "}"},
    {LEOPAY_ESIGNATURE,
     "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", \"signature\": \"\"}"},
    {LEOPAY_ESIGNATURE,
     "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", \"signature\": \"%s\\n\"}"},
    {LEOPAY_ESIGNATURE,
     "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", \"signature\": \" %s\"}"},
    /* Not a confirmation. */
    {LEOPAY_EINVAL, ""},
    {LEOPAY_EINVAL, "{}"},
    {LEOPAY_EINVAL, "[]"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN "}}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " SIGN "}"},
    {LEOPAY_EINVAL,
     "{\"id\": 123, \"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL,
     "{\"id\": 123, \"account_id\": 42, \"amount\": 1, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL,
     "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN ", \"more\": 1}"},
    {LEOPAY_EINVAL, "{\"id\": \"123\", \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 0, \"account_id\": 42, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42.0, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": null, \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL,
     "{\"id\": 123, \"account_id\": \"42|1\", \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL,
     "{\"id\": 123, \"account_id\": \"\\u0000\", \"amount\": 10000, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": 1e4, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": 10000.00, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": 10000.5, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": -1, " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": \"10000\", " DATE ", " SIGN "}"},
    {LEOPAY_EINVAL, "{\"id\": 123, \"account_id\": 42, \"amount\": 10000, "
                    "\"payment_date\": \"yesterday\", " SIGN "}"},
};

static void shapes_are_judged(void)
{
    struct leopay_public_key *key = sample_key();

    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        int code = verify_shape(key, shapes[i].shape);
        if (code != shapes[i].code)
            fprintf(stderr, "%s\n", shapes[i].shape);
        LP_ASSERT_INT(code, shapes[i].code);
    }
    leopay_public_key_free(key);
}

static void a_long_body_is_refused(void)
{
    static char body[65536 + 1];
    struct leopay_public_key *key = sample_key();
    struct leopay_notification got;
    struct leopay_error err;
    char sample[ROOM];
    size_t len = sample_body(&vectors[0], sample);

    memset(body, ' ', sizeof(body));
    memcpy(body, sample, len);
    LP_ASSERT_INT(leopay_notification_verify(key, body, sizeof(body) - 1, &got, &err), 0);
    LP_ASSERT_INT(leopay_notification_verify(key, body, sizeof(body), &got, &err), LEOPAY_EINVAL);
    LP_ASSERT_INT(err.code, LEOPAY_EINVAL);
    leopay_public_key_free(key);
}

LP_TEST_MAIN("wire/notification", LP_TEST(samples_verify),
             LP_TEST(no_flipped_bit_changes_what_is_believed), LP_TEST(shapes_are_judged),
             LP_TEST(a_long_body_is_refused))
