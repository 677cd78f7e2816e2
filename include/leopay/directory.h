/* SPDX-License-Identifier: MIT */
/*
 * The directory: counteragents (whom money is settled with, at a commission) and billings (who
 * posts orders and is told about payments).  A change holds for the very next request in every
 * running daemon.
 */
#ifndef LEOPAY_DIRECTORY_H
#define LEOPAY_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

struct leopay_counteragent {
    int64_t id;
    const char *name;
    int commission_hundredths; /* of a percent: 2.5 % is 250 */
    int64_t created_at_us;
};

/** How confirmations are written. */
enum leopay_wire {
    LEOPAY_WIRE_DEFAULT = 1, /* as the contract has it */
    LEOPAY_WIRE_OLDER, /* as the older system had it: account_id always a string, amount with ".0"
                        */
};

struct leopay_billing {
    int64_t id;
    const char *system_name; /* what orders name */
    const char *name;
    int64_t counteragent_id;
    const char *counteragent; /* its name */
    const char *url;          /* where confirmations go */
    enum leopay_wire wire;
    bool enabled;
    const char *const *allowed_origins; /* "https://shop.example"; empty: any */
    size_t allowed_origin_count;
    const char *const *allowed_nets; /* CIDR; empty: any but those that are always refused */
    size_t allowed_net_count;
    int64_t created_at_us;
};

typedef void (*leopay_counteragent_cb)(void *data, int code, const struct leopay_counteragent *rows,
                                       size_t count, const struct leopay_error *err);
typedef void (*leopay_billing_cb)(void *data, int code, const struct leopay_billing *rows,
                                  size_t count, const struct leopay_error *err);

/** Adds a counteragent (id and created_at_us are ignored).  The callback has the row as it was
 * stored. */
int leopay_counteragent_add(struct leopay *lp, const struct leopay_counteragent *counteragent,
                            leopay_counteragent_cb cb, void *data, leopay_op *ret_op,
                            struct leopay_error *err);

/** Changes name and commission of the counteragent `id`: NULL and -1 leave them.  LEOPAY_ENOTFOUND.
 */
int leopay_counteragent_edit(struct leopay *lp, int64_t id, const char *name,
                             int commission_hundredths, leopay_counteragent_cb cb, void *data,
                             leopay_op *ret_op, struct leopay_error *err);

/** One counteragent, or all by id when `id` is 0.  LEOPAY_ENOTFOUND. */
int leopay_counteragent_list(struct leopay *lp, int64_t id, leopay_counteragent_cb cb, void *data,
                             leopay_op *ret_op, struct leopay_error *err);

/** What to change of a billing; NULL and 0 leave a thing as it is. */
struct leopay_billing_edit {
    const char *name;
    int64_t counteragent_id;
    const char *url;
    enum leopay_wire wire;
    const int *enabled; /* points to 0 or 1 */
    const char *const
        *allowed_origins; /* replaces the list; an empty list is count 0 with a non-NULL pointer */
    size_t allowed_origin_count;
    const char *const *allowed_nets; /* likewise */
    size_t allowed_net_count;
};

/**
 * Adds a billing.  LEOPAY_EEXIST: the system name is taken; LEOPAY_ENOTFOUND: no such counteragent;
 * LEOPAY_EINVAL: a bad name, URL, origin or network.
 */
int leopay_billing_add(struct leopay *lp, const char *system_name,
                       const struct leopay_billing_edit *fields, leopay_billing_cb cb, void *data,
                       leopay_op *ret_op, struct leopay_error *err);

/** Changes a billing.  Errors as leopay_billing_add(). */
int leopay_billing_change(struct leopay *lp, const char *system_name,
                          const struct leopay_billing_edit *fields, leopay_billing_cb cb,
                          void *data, leopay_op *ret_op, struct leopay_error *err);

/** One billing, or all by system name when it is NULL.  LEOPAY_ENOTFOUND. */
int leopay_billing_list(struct leopay *lp, const char *system_name, leopay_billing_cb cb,
                        void *data, leopay_op *ret_op, struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
