/* SPDX-License-Identifier: MIT */
/*
 * Acts: what operators did to the directory, to tokens and to roles; who, when and why.  The reason
 * is that of the handle (struct leopay_options).  Acts upon a payment stand in its own history.
 */
#ifndef LEOPAY_ACT_H
#define LEOPAY_ACT_H

#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One act.  Absent texts are NULL. */
struct leopay_act {
    int64_t id;
    int64_t at_us;
    const char *actor;   /* the database role */
    const char *act;     /* "billing_disable", "role_grant" … */
    const char *subject; /* the name of what it was done to */
    const char *reason;
    const char *detail; /* JSON: a new thing, or [before, after] of each thing that changed */
};

typedef void (*leopay_act_cb)(void *data, int code, const struct leopay_act *rows, size_t count,
                              const struct leopay_error *err);

/**
 * Acts of from ≤ t < before (0: no such bound), newest first, at most `limit` (1 … 1000), with ids
 * below `after_id` where it is not 0.
 */
int leopay_act_list(struct leopay *lp, int64_t from_us, int64_t before_us, int64_t after_id,
                    int limit, leopay_act_cb cb, void *data, leopay_op *ret_op,
                    struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
