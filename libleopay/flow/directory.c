/* SPDX-License-Identifier: MIT */
/* Keeping the directory: checks what is given, and turns rows into the caller's structs. */
#include <leopay/directory.h>

#include <string.h>

#include <leopay/money.h>

#include "base/error.h"
#include "base/mem.h"
#include "core/validate.h"
#include "flow/rows.h"
#include "io/net.h"
#include "store/directory.h"

#define NAME_MAX_BYTES 1000
#define LIST_MAX       32 /* networks or origins of one billing */

static void deliver_counteragents(struct lp_rows *rows, int code, const PGresult *result,
                                  const struct leopay_error *err)
{
    leopay_counteragent_cb cb = (leopay_counteragent_cb)rows->cb;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_counteragent *list = lp_calloc(count + 1, sizeof(*list));
    struct leopay_error own;

    if (!code && !list) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    for (size_t i = 0; i < count && !code; i++)
        lp_counteragent_read(&(struct lp_row){.result = result, .row = (int)i}, &list[i]);
    cb(rows->data, code, code ? NULL : list, code ? 0 : count, err);
    lp_free(list);
}

static bool name_valid(const char *name)
{
    return name && *name && strlen(name) <= NAME_MAX_BYTES && !lp_validate_billing(name);
}

static struct lp_rows *counteragent_rows(struct leopay *lp, leopay_counteragent_cb cb, void *data)
{
    return lp_rows_new(lp, deliver_counteragents, (void (*)(void))cb, data);
}

int leopay_counteragent_add(struct leopay *lp, const struct leopay_counteragent *counteragent,
                            leopay_counteragent_cb cb, void *data, leopay_op *ret_op,
                            struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !counteragent || !cb || !name_valid(counteragent->name))
        return lp_error_inval(err, "a name of 1 to 250 characters is needed");
    if (counteragent->commission_hundredths < 0 ||
        counteragent->commission_hundredths > LEOPAY_PERCENT_MAX)
        return lp_error_inval(err, "the commission must be 0 to 100 percent");
    if (!(rows = counteragent_rows(lp, cb, data)))
        return lp_error_nomem(err);
    return lp_rows_start(rows,
                         lp_store_counteragent_add(lp->store, counteragent->name,
                                                   counteragent->commission_hundredths, lp->reason,
                                                   lp_rows_done, rows),
                         ret_op, err);
}

int leopay_counteragent_edit(struct leopay *lp, int64_t id, const char *name,
                             int commission_hundredths, leopay_counteragent_cb cb, void *data,
                             leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || id <= 0 || !cb || (name && !name_valid(name)))
        return lp_error_inval(err, "a name has 1 to 250 characters");
    if (commission_hundredths > LEOPAY_PERCENT_MAX)
        return lp_error_inval(err, "the commission must be 0 to 100 percent");
    if (!(rows = counteragent_rows(lp, cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = true;
    return lp_rows_start(rows,
                         lp_store_counteragent_edit(lp->store, id, name, commission_hundredths,
                                                    lp->reason, lp_rows_done, rows),
                         ret_op, err);
}

int leopay_counteragent_list(struct leopay *lp, int64_t id, leopay_counteragent_cb cb, void *data,
                             leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || id < 0 || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    if (!(rows = counteragent_rows(lp, cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = id != 0;
    return lp_rows_start(rows, lp_store_counteragent_list(lp->store, id, lp_rows_done, rows),
                         ret_op, err);
}

/* Splits a text of lines in place; the parts are borrowed from it. */
static size_t split_lines(char *text, const char **parts)
{
    size_t count = 0;
    char *rest = text;

    while (*rest && count < LIST_MAX) {
        size_t length = strcspn(rest, "\n");
        bool more = rest[length] != '\0';
        rest[length] = '\0';
        parts[count++] = rest;
        rest += length + more;
    }
    return count;
}

/* A billing with room for its lists. */
struct listed {
    char *origin_text, *net_text;
    const char *origins[LIST_MAX], *nets[LIST_MAX];
};

static bool read_billing(const PGresult *result, int row, struct leopay_billing *billing,
                         struct listed *lists)
{
    struct lp_billing_row read;

    lp_billing_read(&(struct lp_row){.result = result, .row = row}, &read);
    *billing = read.billing;
    lists->origin_text = lp_strdup(read.origins);
    lists->net_text = lp_strdup(read.nets);
    if (!lists->origin_text || !lists->net_text)
        return false;
    billing->allowed_origin_count = split_lines(lists->origin_text, lists->origins);
    billing->allowed_net_count = split_lines(lists->net_text, lists->nets);
    billing->allowed_origins = lists->origins;
    billing->allowed_nets = lists->nets;
    return true;
}

static void deliver_billings(struct lp_rows *rows, int code, const PGresult *result,
                             const struct leopay_error *err)
{
    leopay_billing_cb cb = (leopay_billing_cb)rows->cb;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_billing *list = lp_calloc(count + 1, sizeof(*list));
    struct listed *lists = lp_calloc(count + 1, sizeof(*lists));
    bool ok = list && lists;
    struct leopay_error own;

    for (size_t i = 0; i < count && ok; i++)
        ok = read_billing(result, (int)i, &list[i], &lists[i]);
    if (!code && !ok) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    cb(rows->data, code, code ? NULL : list, code ? 0 : count, err);
    for (size_t i = 0; lists && i < count; i++) {
        lp_free(lists[i].origin_text);
        lp_free(lists[i].net_text);
    }
    lp_free(lists);
    lp_free(list);
}

/* An origin must be written as one, so that it can be compared byte by byte. */
static int check_lists(const struct leopay_billing_edit *fields, struct leopay_error *err)
{
    struct lp_net net;
    char origin[300];

    if (fields->allowed_origin_count > LIST_MAX || fields->allowed_net_count > LIST_MAX)
        return lp_error_inval(err, "a billing has at most %d origins and networks", LIST_MAX);
    for (size_t i = 0; i < fields->allowed_origin_count; i++)
        if (lp_validate_final_url(fields->allowed_origins[i]) ||
            !lp_url_origin(fields->allowed_origins[i], origin, sizeof(origin)) ||
            strcmp(origin, fields->allowed_origins[i]))
            return lp_error_inval(err, "not an origin such as https://shop.example: %s",
                                  fields->allowed_origins[i]);
    for (size_t i = 0; i < fields->allowed_net_count; i++)
        if (!lp_net_parse(fields->allowed_nets[i], &net))
            return lp_error_inval(err, "not a network such as 10.0.0.0/8: %s",
                                  fields->allowed_nets[i]);
    return 0;
}

static int check_billing(const struct leopay_billing_edit *fields, struct leopay_error *err)
{
    if (fields->url && lp_validate_final_url(fields->url))
        return lp_error_inval(err, "not an absolute http or https URL: %s", fields->url);
    if (fields->name && !name_valid(fields->name))
        return lp_error_inval(err, "a name has 1 to 250 characters");
    return check_lists(fields, err);
}

static struct lp_rows *billing_rows(struct leopay *lp, leopay_billing_cb cb, void *data)
{
    return lp_rows_new(lp, deliver_billings, (void (*)(void))cb, data);
}

int leopay_billing_add(struct leopay *lp, const char *system_name,
                       const struct leopay_billing_edit *fields, leopay_billing_cb cb, void *data,
                       leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !fields || !cb || !name_valid(system_name))
        return lp_error_inval(err, "a system name of 1 to 250 characters is needed");
    if (!fields->url || fields->counteragent_id <= 0)
        return lp_error_inval(err, "a URL and a counteragent are needed");
    int code = check_billing(fields, err);
    if (code)
        return code;
    if (!(rows = billing_rows(lp, cb, data)))
        return lp_error_nomem(err);
    return lp_rows_start(
        rows, lp_store_billing_add(lp->store, system_name, fields, lp->reason, lp_rows_done, rows),
        ret_op, err);
}

int leopay_billing_change(struct leopay *lp, const char *system_name,
                          const struct leopay_billing_edit *fields, leopay_billing_cb cb,
                          void *data, leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !fields || !cb || !name_valid(system_name))
        return lp_error_inval(err, "a system name of 1 to 250 characters is needed");
    int code = check_billing(fields, err);
    if (code)
        return code;
    if (!(rows = billing_rows(lp, cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = true;
    return lp_rows_start(
        rows,
        lp_store_billing_change(lp->store, system_name, fields, lp->reason, lp_rows_done, rows),
        ret_op, err);
}

int leopay_billing_list(struct leopay *lp, const char *system_name, leopay_billing_cb cb,
                        void *data, leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    if (!(rows = billing_rows(lp, cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = system_name != NULL;
    return lp_rows_start(rows, lp_store_billing_list(lp->store, system_name, lp_rows_done, rows),
                         ret_op, err);
}
