/* SPDX-License-Identifier: MIT */
/* Random texts and digests, over OpenSSL. */
#include "wire/digest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/parse.h"

#define RANDOM_MAX 32
#define FIELDS_MAX 16384

int lp_random_hex(char *ret_text, size_t count)
{
    uint8_t bytes[RANDOM_MAX];

    assert(count <= sizeof(bytes));
    if (RAND_bytes(bytes, (int)count) != 1)
        return LEOPAY_EINTERNAL;
    lp_hex_encode(bytes, count, ret_text, false);
    lp_wipe(bytes, sizeof(bytes));
    return 0;
}

/* Lengths go in too, so that no two lists of fields make the same bytes. */
static void add_field(struct lp_buf *buf, const char *text)
{
    if (text)
        lp_buf_printf(buf, "%zu:%s", strlen(text), text);
    lp_buf_putc(buf, ';');
}

static int digest_hex(struct lp_buf *buf, char *ret_text, size_t digits)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    int code = 0;

    if (!lp_buf_ok(buf))
        code = LEOPAY_ENOMEM;
    else if (EVP_Digest(buf->data, buf->len, digest, &length, EVP_sha256(), NULL) != 1)
        code = LEOPAY_EINTERNAL;
    else
        lp_hex_encode(digest, digits / 2, ret_text, false);
    if (buf->data)
        lp_wipe(buf->data, buf->len);
    lp_buf_done(buf);
    return code;
}

int lp_text_digest(const char *text, char ret_digest[65])
{
    struct lp_buf buf;

    lp_buf_init(&buf, FIELDS_MAX);
    lp_buf_puts(&buf, text);
    return digest_hex(&buf, ret_digest, 64);
}

int lp_order_fingerprint(const struct leopay_order *order, char ret_fingerprint[65])
{
    struct lp_buf buf;

    lp_buf_init(&buf, FIELDS_MAX);
    lp_buf_printf(&buf, "%lld;", (long long)order->amount);
    add_field(&buf, order->billing);
    add_field(&buf, order->final_url);
    add_field(&buf, order->billing_userid);
    lp_buf_puts(&buf, order->billing_userid_is_number ? "number;" : "text;");
    if (order->has_service_id)
        lp_buf_printf(&buf, "%d", (int)order->service_id);
    lp_buf_putc(&buf, ';');
    add_field(&buf, order->description);
    return digest_hex(&buf, ret_fingerprint, 64);
}

int lp_credentials_tag(const struct lp_bank_profile *profile, char ret_tag[17])
{
    char place[13], secret[5];
    struct lp_buf buf;

    lp_buf_init(&buf, FIELDS_MAX);
    add_field(&buf, profile->url);
    add_field(&buf, profile->username);
    int code = digest_hex(&buf, place, 12); /* frees the buffer */
    if (code)
        return code;
    lp_buf_init(&buf, FIELDS_MAX);
    add_field(&buf, profile->password);
    add_field(&buf, profile->token);
    code = digest_hex(&buf, secret, 4);
    if (!code)
        snprintf(ret_tag, 17, "%s%s", place, secret);
    return code;
}
