/* SPDX-License-Identifier: MIT */
/*
 * The handle: opens what flows need, turns the loop, and closes it all again.  Re-entry is refused
 * here, so that no flow has to think of it.
 */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <poll.h>

#include <curl/curl.h>

#include <leopay/handle.h>

#include "base/error.h"
#include "base/mem.h"
#include "flow/context.h"
#include "flow/health.h"
#include "flow/jobs.h"
#include "settings/settings.h"
#include "wire/digest.h"

#define PG_CONNECTIONS       2 /* readers get one of them at most: see io/pg.h */
#define PG_CONNECT_MS        5000
#define PG_PATIENCE_MS       600000 /* for reports, where nobody else needs the connection */
#define HTTP_CONNECTIONS_MAX 4096
#define WAIT_BUDGET          64

int leopay_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : LEOPAY_EINTERNAL;
}

/* The bank as the settings have it; texts are borrowed from them. */
static int read_bank(const struct leopay_settings *settings, struct lp_bank_settings *ret_bank)
{
    const char *protocol = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PROTOCOL);
    const char *currency = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_CURRENCY);
    int64_t timeout_ms =
        leopay_settings_number(settings, LEOPAY_SETTING_SBERBANK_TIMEOUT) * INT64_C(1000);

    *ret_bank = (struct lp_bank_settings){
        .profile =
            {
                .protocol = strcmp(protocol, "rbs") ? LP_BANK_ECOM : LP_BANK_RBS,
                .url = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_URL),
                .username = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_USERNAME),
                .password = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PASSWORD),
                .token = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_TOKEN),
                .language = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_LANGUAGE),
                .currency = currency,
                .page_view = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PAGE_VIEW),
            },
        .ca_file = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_CA_FILE),
        .timeout_ms = (int)(timeout_ms < INT_MAX ? timeout_ms : INT_MAX),
        .currency = (int)strtol(currency, NULL, 10),
    };
    return lp_credentials_tag(&ret_bank->profile, ret_bank->tag);
}

/* Keeps the key that is there when no new one can be read. */
static int load_key(struct leopay *lp, const struct leopay_settings *settings,
                    struct leopay_error *err)
{
    struct lp_signing_key *key;
    int code =
        lp_signing_key_load(leopay_settings_text(settings, LEOPAY_SETTING_SIGNING_KEY), &key, err);

    if (code)
        return code;
    lp_signing_key_unref(lp->key);
    lp->key = key;
    return 0;
}

static void on_cancel(struct lp_task *task)
{
    struct leopay *lp = task->data;
    bool room = true;

    while (room && lp_ops_abandon_first(&lp->cancelled, LEOPAY_ECANCELLED))
        room = lp_loop_take(lp->loop);
    if (!lp_list_empty(&lp->cancelled))
        lp_loop_defer(lp->loop, task);
}

static void release(struct leopay *lp)
{
    lp_offload_free(lp->offload);
    lp_http_free(lp->http);
    lp_pg_free(lp->pg);
    lp_store_free(lp->store);
    if (lp->loop) {
        lp_loop_undefer(lp->loop, &lp->cancel_task);
        lp_loop_timer_clear(lp->loop, &lp->lease_timer);
    }
    lp_loop_free(lp->loop);
    lp_signing_key_unref(lp->key);
    leopay_settings_free(lp->settings);
    lp_free(lp->reason);
    lp_free(lp);
}

static int open_parts(struct leopay *lp, const struct leopay_options *options,
                      struct leopay_error *err)
{
    int code = lp_settings_dup(options->settings, &lp->settings);

    if (!code)
        code = read_bank(lp->settings, &lp->bank);
    if (!code)
        code = lp_loop_new(&lp->loop);
    if (code)
        return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    const struct lp_pg_options pg = {
        .url = leopay_settings_text(lp->settings, LEOPAY_SETTING_DATABASE_URL),
        .application_name = options->application_name ? options->application_name : "leopay",
        .connections = PG_CONNECTIONS,
        .connect_timeout_ms = PG_CONNECT_MS,
        .patience_ms = options->jobs ? 0 : PG_PATIENCE_MS,
        .setup = options->jobs ? &lp_store_setup : &lp_store_setup_reports,
        .log = lp->log,
    };
    code = lp_pg_new(lp->loop, &pg, &lp->pg, err);
    if (code)
        return code;
    code = lp_store_new(lp->loop, lp->pg, &lp->store);
    if (!code)
        code = lp_http_new(lp->loop, HTTP_CONNECTIONS_MAX, &lp->http);
    if (!code)
        code = lp_offload_new(lp->loop, &lp->offload);
    return code ? lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code)) : 0;
}

int leopay_open(const struct leopay_options *options, struct leopay **ret_lp,
                struct leopay_error *err)
{
    struct leopay *lp;

    if (!options || options->size < sizeof(*options) || !options->settings || !ret_lp)
        return lp_error_inval(err, "options with their size and settings are needed");
    if (!(lp = lp_calloc(1, sizeof(*lp))))
        return lp_error_nomem(err);
    lp->log = (struct lp_log){.cb = options->log, .data = options->log_data};
    if (options->reason && !(lp->reason = lp_strdup(options->reason))) {
        lp_free(lp);
        return lp_error_nomem(err);
    }
    lp_list_init(&lp->ops);
    lp_list_init(&lp->cancelled);
    lp_list_init(&lp->leases);
    lp->cancel_task = (struct lp_task){.cb = on_cancel, .data = lp};
    lp->lease_timer = (struct lp_timer){.cb = lp_lease_timer, .data = lp};
    int code = open_parts(lp, options, err);
    if (code) {
        release(lp);
        return code;
    }
    (void)load_key(lp, lp->settings,
                   &lp->key_error); /* only who signs needs it; leopay_status() tells */
    lp_health_start(lp);
    if (options->jobs)
        lp_jobs_start(lp);
    *ret_lp = lp;
    return 0;
}

int leopay_close(struct leopay *lp)
{
    if (!lp)
        return 0;
    if (lp->entered)
        return LEOPAY_EBUSY;
    lp->entered = true;
    lp_jobs_stop(lp);
    lp_health_stop(lp);
    lp_leases_give_back(lp);
    lp_store_close(lp->store); /* a callback that tries again is refused, or this would not end */
    while (lp_ops_abandon_first(&lp->ops, LEOPAY_ECLOSED))
        ;
    while (lp_ops_abandon_first(&lp->cancelled, LEOPAY_ECANCELLED))
        ;
    release(lp);
    return 0;
}

int leopay_fd(const struct leopay *lp)
{
    return lp_loop_fd(lp->loop);
}

int leopay_process(struct leopay *lp, int budget)
{
    if (lp->entered)
        return LEOPAY_EBUSY;
    lp->entered = true;
    lp_loop_turn(lp->loop, budget);
    lp->entered = false;
    return 0;
}

static int64_t left_ms(int64_t end_ms, int64_t now_ms)
{
    return end_ms > now_ms ? end_ms - now_ms : 0;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int leopay_wait(struct leopay *lp, leopay_op op, int timeout_ms)
{
    int64_t end_ms = monotonic_ms() + timeout_ms;

    if (lp->entered)
        return LEOPAY_EBUSY;
    while (lp_op_pending(lp, op)) {
        struct pollfd fd = {.fd = leopay_fd(lp), .events = POLLIN};
        int64_t left = timeout_ms < 0 ? -1 : left_ms(end_ms, monotonic_ms());
        if (poll(&fd, 1, (int)left) > 0)
            (void)leopay_process(lp, WAIT_BUDGET);
        if (!left && lp_op_pending(lp, op)) /* a busy handle is never without something to do */
            return LEOPAY_ETIMEDOUT;
    }
    return 0;
}

void leopay_jobs_stop(struct leopay *lp)
{
    lp_jobs_stop(lp);
}

int leopay_reload(struct leopay *lp, const struct leopay_settings *settings,
                  struct leopay_error *err)
{
    struct leopay_settings *copy;
    struct lp_bank_settings bank;

    if (!lp || !settings)
        return lp_error_inval(err, "a handle and settings are needed");
    if (lp->entered)
        return lp_error_set(err, LEOPAY_EBUSY, LEOPAY_DOMAIN_CALLER, "%s",
                            leopay_code_text(LEOPAY_EBUSY));
    int code = lp_settings_dup(settings, &copy);
    if (code)
        return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    code = read_bank(copy, &bank);
    if (code)
        lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    else
        code = load_key(lp, copy, err);
    if (code) {
        leopay_settings_free(copy);
        return code;
    }
    leopay_settings_free(lp->settings);
    lp->settings = copy;
    lp->bank = bank;
    lp->key_error = (struct leopay_error){0};
    return 0;
}
