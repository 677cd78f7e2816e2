/* SPDX-License-Identifier: MIT */
/* A visit of the doctor: what was looked at, how it is, and what to do about it. */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include "ctl.h"

enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_PROBLEM };

struct doctor {
    struct outcome outcome; /* of the probe that is under way */
    int warnings, problems;
    bool reads; /* the database's role may read payments */
};

/* A line about `check` (a name that never changes).  The messages' texts %1 … %3 may be NULL from
 * the first that is not needed on; `advice` is MSG_C_NONE where there is none. */
void doctor_say(struct doctor *doctor, const char *check, enum verdict verdict, enum message advice,
                enum message what, const char *first, const char *second, const char *third);

/* Whether the bank that the settings name is the one where real money moves. */
bool doctor_is_production(const struct ctl *ctl);

/* doctor_settings.c: what the settings say and point to. */
void doctor_look_at_settings(struct doctor *doctor);
/* doctor_probes.c: what the database and the bank say.  0, or an exit status where no handle can be
 * opened. */
int doctor_ask(struct doctor *doctor);

#endif
