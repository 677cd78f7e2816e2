/* SPDX-License-Identifier: MIT */
/*
 * The database's schema: numbered migrations, forward only.  These calls need no handle: they open
 * a connection of their own to LEOPAY_DATABASE_URL and block until they are done.
 */
#ifndef LEOPAY_SCHEMA_H
#define LEOPAY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One migration that this library carries. */
struct leopay_migration {
    int version;
    const char *name;
    bool applied;
    int64_t applied_at_us; /* 0: not applied */
};

typedef void (*leopay_migration_cb)(void *data, const struct leopay_migration *migration);

/** Calls back for each migration, in order, and tells whether it is applied.  Changes nothing. */
int leopay_schema_status(const struct leopay_settings *settings, leopay_migration_cb cb, void *data,
                         struct leopay_error *err);

struct leopay_migrate_result {
    int applied; /* how many were applied now */
    bool roles;  /* the group roles exist and have their grants */
    const char
        *role_sql; /* with !roles: the SQL that somebody who may should run; static storage */
};

/**
 * Brings the schema up to date; safe to repeat, and to run twice at once.  Then makes the group
 * roles and their grants, where the caller may.  first_id > 0 lets ids start there: LEOPAY_ESTATE
 * if higher ones are in use.  A migration waits a minute for whoever else holds its tables, and
 * lets payers through meanwhile; then LEOPAY_EUNAVAILABLE, and it has changed nothing.
 * LEOPAY_ESETTING, before anything is changed: the database's encoding is not UTF8.
 */
int leopay_schema_migrate(const struct leopay_settings *settings, int64_t first_id,
                          leopay_migration_cb cb, void *data,
                          struct leopay_migrate_result *ret_result, struct leopay_error *err);

/** What a person or a program may do in the database. */
enum leopay_role {
    LEOPAY_ROLE_DAEMON = 1, /* what leopayd does, and no more */
    LEOPAY_ROLE_OPERATOR,   /* that by hand, the directory, tokens and reconciliation */
    LEOPAY_ROLE_ACCOUNTANT, /* reads everything but secrets, and changes nothing */
};

/**
 * Makes the database role `user`, which must exist, a member of one of the group roles, or with
 * `revoke` a member no more; repeating it is harmless.  The act is recorded with its reason, which
 * may be NULL.  LEOPAY_ENOTFOUND: there is no such user, or no such group (run the migration);
 * LEOPAY_EDENIED: the caller may not.
 */
int leopay_role_grant(const struct leopay_settings *settings, enum leopay_role role,
                      const char *user, bool revoke, const char *reason, struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
