/* SPDX-License-Identifier: MIT */
/* Which schema this library knows; the rest of migrating is public, in <leopay/schema.h>. */
#ifndef LP_STORE_MIGRATE_H
#define LP_STORE_MIGRATE_H

/* The newest migration that is carried here. */
int lp_schema_version_known(void);

#endif
