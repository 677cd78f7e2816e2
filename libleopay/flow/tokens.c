/* SPDX-License-Identifier: MIT */
/*
 * Tokens: made here, told once, and known by their hash from then on.  That a client's token is
 * looked for by its hash makes guessing it byte by byte, from the time of an answer, impossible.
 */
#include <leopay/token.h>

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "core/validate.h"
#include "flow/rows.h"
#include "store/tokens.h"
#include "wire/digest.h"

#define PREFIX      "leopay_"
#define BYTES       32
#define HASH_SIZE   65
#define PREFIX_SIZE (sizeof(PREFIX) - 1)

_Static_assert(PREFIX_SIZE + 2 * BYTES + 1 == LEOPAY_TOKEN_SIZE, "a token's size is public");

static void deliver_tokens(struct lp_rows *rows, int code, const PGresult *result,
                           const struct leopay_error *err)
{
    leopay_token_cb cb = (leopay_token_cb)rows->cb;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_token *list = lp_calloc(count + 1, sizeof(*list));
    struct leopay_error own;

    if (!code && !list) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    for (size_t i = 0; i < count && !code; i++)
        lp_token_read(&(struct lp_row){.result = result, .row = (int)i}, &list[i]);
    cb(rows->data, code, code ? NULL : list, code ? 0 : count, err);
    lp_free(list);
}

static struct lp_rows *token_rows(struct leopay *lp, leopay_token_cb cb, void *data)
{
    return lp_rows_new(lp, deliver_tokens, (void (*)(void))cb, data);
}

/* ---- Adding ------------------------------------------------------------- */

/* A token on its way: its text waits here until its hash is stored. */
struct adding {
    leopay_token_added_cb cb;
    void *data;
    char text[LEOPAY_TOKEN_SIZE];
};

static void on_added(void *data, int code, const struct leopay_token *rows, size_t count,
                     const struct leopay_error *err)
{
    struct adding *adding = data;

    (void)count;
    adding->cb(adding->data, code, rows, code ? NULL : adding->text, err);
    lp_wipe(adding, sizeof(*adding));
    lp_free(adding);
}

static int new_adding(leopay_token_added_cb cb, void *data, char ret_hash[HASH_SIZE],
                      struct adding **ret_adding, struct leopay_error *err)
{
    struct adding *adding = lp_calloc(1, sizeof(*adding));

    if (!adding)
        return lp_error_nomem(err);
    *adding = (struct adding){.cb = cb, .data = data, .text = PREFIX};
    int code = lp_random_hex(adding->text + PREFIX_SIZE, BYTES);
    if (!code)
        code = lp_text_digest(adding->text, ret_hash);
    if (code) {
        lp_free(adding);
        return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    }
    *ret_adding = adding;
    return 0;
}

int leopay_token_add(struct leopay *lp, const char *name, const char *billing,
                     leopay_token_added_cb cb, void *data, leopay_op *ret_op,
                     struct leopay_error *err)
{
    struct adding *adding;
    char hash[HASH_SIZE];

    if (!lp || !cb || !name || lp_validate_billing(name))
        return lp_error_inval(err, "a name of 1 to 250 characters is needed");
    int code = new_adding(cb, data, hash, &adding, err);
    if (code)
        return code;
    struct lp_rows *rows = token_rows(lp, on_added, adding);
    if (rows) {
        rows->none_is_lost = true;
        code = lp_rows_start(
            rows,
            lp_store_token_add(lp->store, name, hash, billing, lp->reason, lp_rows_done, rows),
            ret_op, err);
    } else {
        code = lp_error_nomem(err);
    }
    if (code)
        lp_free(adding);
    return code;
}

/* ---- The rest ----------------------------------------------------------- */

int leopay_token_list(struct leopay *lp, leopay_token_cb cb, void *data, leopay_op *ret_op,
                      struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    if (!(rows = token_rows(lp, cb, data)))
        return lp_error_nomem(err);
    return lp_rows_start(rows, lp_store_token_list(lp->store, lp_rows_done, rows), ret_op, err);
}

int leopay_token_revoke(struct leopay *lp, int64_t id, leopay_token_cb cb, void *data,
                        leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || id <= 0 || !cb)
        return lp_error_inval(err, "a handle, an id and a callback are needed");
    if (!(rows = token_rows(lp, cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = true;
    return lp_rows_start(rows, lp_store_token_revoke(lp->store, id, lp->reason, lp_rows_done, rows),
                         ret_op, err);
}

/* What cannot be a token need not trouble the database. */
static bool is_token(const char *text)
{
    return !strncmp(text, PREFIX, PREFIX_SIZE) &&
           strspn(text + PREFIX_SIZE, "0123456789abcdef") == 2 * BYTES &&
           text[PREFIX_SIZE + 2 * BYTES] == '\0';
}

int leopay_token_check(struct leopay *lp, const char *text, leopay_token_cb cb, void *data,
                       leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;
    char hash[HASH_SIZE];

    if (!lp || !text || !cb)
        return lp_error_inval(err, "a handle, a token and a callback are needed");
    if (!is_token(text))
        return lp_error_set(err, LEOPAY_ENOTFOUND, LEOPAY_DOMAIN_CALLER, "this is no token");
    int code = lp_text_digest(text, hash);
    if (code)
        return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    if (!(rows = token_rows(lp, cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = true;
    return lp_rows_start(rows, lp_store_token_use(lp->store, hash, lp_rows_done, rows), ret_op,
                         err);
}
