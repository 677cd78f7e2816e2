/* SPDX-License-Identifier: MIT */
/* Tokens of requests.  The token is given to the library and to nobody else: no log ever has it. */
#include "api/admit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <leopay/token.h>

#include "api/route.h"
#include "http/reply.h"

struct admission {
    struct exchange *exchange;
    admit_cb next;
};

/* The token of the request; NULL where there is none. */
static const char *find_token(const struct exchange *exchange)
{
    static const char scheme[] = "Bearer ";
    size_t count;
    const char *value = exchange_header(exchange, "authorization", &count);

    if (count != 1 || strncasecmp(value, scheme, strlen(scheme)) != 0) {
        return NULL;
    }
    value += strlen(scheme);
    return value + strspn(value, " ");
}

static void refuse(struct exchange *exchange, int code, const struct leopay_error *err)
{
    if (code == LEOPAY_ENOTFOUND) {
        reply_challenge(exchange, 401, "Bearer realm=\"leopay\", error=\"invalid_token\"");
    } else {
        /* Whether the time of use was noted matters to nobody. */
        reply_failure(exchange, code == LEOPAY_EUNCERTAIN ? LEOPAY_EUNAVAILABLE : code, 0, err);
    }
}

static void on_checked(void *data, int code, const struct leopay_token *rows, size_t count,
                       const struct leopay_error *err)
{
    struct admission admission = *(struct admission *)data;

    (void)count;
    free(data);
    if (code != 0 || admission.exchange->req == NULL) {
        refuse(admission.exchange, code, err);
    } else {
        admission.next(admission.exchange, rows[0].billing);
    }
}

void admit(struct exchange *exchange, admit_cb next)
{
    const char *token = find_token(exchange);
    struct leopay_error err = {0};
    leopay_op op;

    if (token == NULL) {
        reply_challenge(exchange, 401, "Bearer realm=\"leopay\"");
        return;
    }
    struct admission *admission = h2o_mem_alloc(sizeof(*admission));
    *admission = (struct admission){exchange, next};
    int r = leopay_token_check(worker_handle(exchange->server), token, on_checked, admission, &op,
                               &err);
    if (r != 0) {
        free(admission);
        refuse(exchange, r, &err);
    }
}

void admit_refuse(struct exchange *exchange)
{
    reply_challenge(exchange, 403, "Bearer realm=\"leopay\", error=\"insufficient_scope\"");
}
