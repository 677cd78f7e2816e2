/* SPDX-License-Identifier: MIT */
/* Probes of the database and of the bank. */
#include <leopay/probe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "flow/bank.h"
#include "flow/context.h"
#include "io/clock.h"
#include "store/directory.h"
#include "store/migrate.h"
#include "store/probe.h"

#define BANK_ERROR_DENIED    5
#define BANK_ERROR_NOT_FOUND 6

struct probe {
    struct lp_op op;
    struct leopay *lp;
    void (*cb)(void); /* of the type that `deliver` knows */
    void *data;
    void (*deliver)(struct probe *probe, int code, const struct leopay_error *err);
    int64_t began_us;

    struct leopay_database_probe database;
    char server_version[32], user[256], name[256], encoding[32];
    struct leopay_work_probe work;
    struct leopay_bank_probe bank;
    char message[257];
};

/* Calls back, where that was not done before. */
static void answer(struct probe *probe, int code, const struct leopay_error *err)
{
    struct leopay_error own;

    if (!lp_op_end(&probe->op))
        return;
    probe->deliver(probe, code, lp_error_or(err, code, &own));
}

static void finish(struct probe *probe, int code, const struct leopay_error *err)
{
    answer(probe, code, err);
    lp_free(probe);
}

/* What is under way goes on, and frees the probe at its end. */
static void abandon(struct lp_op *op, int code)
{
    answer(lp_container(op, struct probe, op), code, NULL);
}

static struct probe *probe_new(struct leopay *lp, void (*cb)(void), void *data,
                               void (*deliver)(struct probe *probe, int code,
                                               const struct leopay_error *err))
{
    struct probe *probe = lp_calloc(1, sizeof(*probe));

    if (!probe)
        return NULL;
    probe->lp = lp;
    probe->cb = cb;
    probe->data = data;
    probe->deliver = deliver;
    probe->began_us = lp_wall_us();
    return probe;
}

static int begin(struct probe *probe, int code, leopay_op *ret_op, struct leopay_error *err)
{
    if (code) {
        lp_free(probe);
        return lp_error_set(err, code, LEOPAY_DOMAIN_NONE, "%s", leopay_code_text(code));
    }
    lp_op_start(probe->lp, &probe->op, abandon, ret_op);
    return 0;
}

/* ---- The database ------------------------------------------------------- */

static void deliver_database(struct probe *probe, int code, const struct leopay_error *err)
{
    ((leopay_database_probe_cb)probe->cb)(probe->data, code, code ? NULL : &probe->database, err);
}

static void on_schema(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct probe *probe = data;

    if (!code && PQntuples(result))
        probe->database.schema_version = (int)lp_row_int64(&(struct lp_row){.result = result}, 0);
    else if (code == LEOPAY_EDENIED)
        probe->database.schema_version = -1;
    probe->database.schema_known = lp_schema_version_known();
    finish(probe, code && !*err->sqlstate ? code : 0, err);
}

static void keep_text(const char **text, char *room, size_t size)
{
    lp_copy_text(room, size, *text ? *text : "");
    *text = room;
}

static void on_database(void *data, int code, const PGresult *result,
                        const struct leopay_error *err)
{
    struct probe *probe = data;
    struct leopay_database_probe *database = &probe->database;
    int64_t ended_us = lp_wall_us(), now_us;

    if (!code) {
        lp_probe_database_read(&(struct lp_row){.result = result}, database, &now_us);
        keep_text(&database->server_version, probe->server_version, sizeof(probe->server_version));
        keep_text(&database->user, probe->user, sizeof(probe->user));
        keep_text(&database->database, probe->name, sizeof(probe->name));
        keep_text(&database->encoding, probe->encoding, sizeof(probe->encoding));
        database->round_trip_us = ended_us - probe->began_us;
        database->clock_ahead_us = lp_clock_ahead_us(now_us, probe->began_us, ended_us);
        code = lp_store_schema(probe->lp->store, on_schema, probe);
        err = NULL;
    }
    if (code)
        finish(probe, code, err);
}

/* The first statement may wait for a connection: the clock is compared by the second. */
static void on_connected(void *data, int code, const PGresult *result,
                         const struct leopay_error *err)
{
    struct probe *probe = data;

    (void)result;
    probe->began_us = lp_wall_us();
    if (!code) {
        code = lp_store_probe_database(probe->lp->store, on_database, probe);
        err = NULL;
    }
    if (code)
        finish(probe, code, err);
}

int leopay_probe_database(struct leopay *lp, leopay_database_probe_cb cb, void *data,
                          leopay_op *ret_op, struct leopay_error *err)
{
    struct probe *probe;

    if (!lp || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    if (!(probe = probe_new(lp, (void (*)(void))cb, data, deliver_database)))
        return lp_error_nomem(err);
    return begin(probe, lp_store_probe_database(lp->store, on_connected, probe), ret_op, err);
}

static void deliver_work(struct probe *probe, int code, const struct leopay_error *err)
{
    ((leopay_work_probe_cb)probe->cb)(probe->data, code, code ? NULL : &probe->work, err);
}

static void on_work(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct probe *probe = data;

    if (!code)
        lp_probe_work_read(&(struct lp_row){.result = result}, &probe->work);
    finish(probe, code, err);
}

int leopay_probe_work(struct leopay *lp, leopay_work_probe_cb cb, void *data, leopay_op *ret_op,
                      struct leopay_error *err)
{
    struct probe *probe;

    if (!lp || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    if (!(probe = probe_new(lp, (void (*)(void))cb, data, deliver_work)))
        return lp_error_nomem(err);
    return begin(probe, lp_store_probe_work(lp->store, on_work, probe), ret_op, err);
}

/* ---- The bank ----------------------------------------------------------- */

static void deliver_bank(struct probe *probe, int code, const struct leopay_error *err)
{
    ((leopay_bank_probe_cb)probe->cb)(probe->data, code, code ? NULL : &probe->bank, err);
}

static void on_access(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct probe *probe = data;

    (void)err;
    if (code == LEOPAY_ECLOSED) {
        finish(probe, code, NULL);
        return;
    }
    if (!code && PQntuples(result))
        probe->bank.access = LEOPAY_BANK_GOOD;
    finish(probe, 0, NULL);
}

/* "Доступ запрещён", "Access denied", "… is empty", "должен сменить свой пароль". */
static bool speaks_of_access(const char *message)
{
    static const char *const words[] = {"оступ", "ccess", "is empty", "пароль", "assword"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strstr(message, words[i]))
            return true;
    return false;
}

static enum leopay_bank_access judge(const struct lp_bank_facts *facts)
{
    if (facts->error_code == BANK_ERROR_NOT_FOUND)
        return LEOPAY_BANK_GOOD;
    if (facts->error_code == BANK_ERROR_DENIED)
        return speaks_of_access(facts->message) ? LEOPAY_BANK_DENIED : LEOPAY_BANK_UNCLEAR;
    return LEOPAY_BANK_ODD;
}

static void read_answer(struct probe *probe, const struct lp_http_reply *reply)
{
    struct leopay_bank_probe *bank = &probe->bank;
    struct lp_bank_facts facts;

    *bank = (struct leopay_bank_probe){
        .access = LEOPAY_BANK_SILENT,
        .untrusted = reply->untrusted,
        .http_status = reply->status,
        .message = probe->message,
        .duration_ms = reply->duration_ms,
        .has_clock = reply->date_s > 0,
    };
    if (bank->has_clock)
        bank->clock_ahead_us = (reply->date_s - lp_wall_us() / 1000000) * 1000000;
    if (reply->outcome == LP_HTTP_ANSWERED &&
        lp_bank_read_status(reply->status, reply->body, reply->body_len, &facts)) {
        bank->bank_code = facts.error_code;
        bank->access = judge(&facts);
        lp_copy_text(probe->message, sizeof(probe->message), facts.message);
    } else {
        lp_copy_text(probe->message, sizeof(probe->message), reply->error);
    }
}

static void on_answer(void *data, const struct lp_http_reply *reply)
{
    struct probe *probe = data;

    if (reply->outcome == LP_HTTP_CLOSED) {
        finish(probe, LEOPAY_ECLOSED, NULL);
        return;
    }
    read_answer(probe, reply);
    /* Where another question was answered with these credentials, they are good. */
    if (probe->bank.access != LEOPAY_BANK_UNCLEAR ||
        lp_store_probe_access(probe->lp->store, probe->lp->bank.tag, on_access, probe))
        finish(probe, 0, NULL);
}

int leopay_probe_bank(struct leopay *lp, leopay_bank_probe_cb cb, void *data, leopay_op *ret_op,
                      struct leopay_error *err)
{
    struct lp_bank_request request;
    struct probe *probe;
    char number[64];

    if (!lp || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    /* Ids begin with 1.  With a token the older gateway answers about its own ids only. */
    bool by_id = lp->bank.profile.protocol == LP_BANK_RBS && *lp->bank.profile.token;
    snprintf(number, sizeof(number), "%s0",
             leopay_settings_text(lp->settings, LEOPAY_SETTING_ORDER_PREFIX));
    int code = lp_bank_status_request(&lp->bank.profile,
                                      by_id ? "00000000-0000-0000-0000-000000000000" : NULL,
                                      by_id ? NULL : number, &request);
    if (code == LEOPAY_ESETTING)
        return lp_error_set(err, code, LEOPAY_DOMAIN_CALLER, "the bank's credentials are not set");
    if (code)
        return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    if (!(probe = probe_new(lp, (void (*)(void))cb, data, deliver_bank))) {
        lp_bank_request_done(&request);
        return lp_error_nomem(err);
    }
    return begin(probe, lp_bank_post(lp, &request, on_answer, probe), ret_op, err);
}
