/* SPDX-License-Identifier: MIT */
/* What the database and the bank say, judged. */
#include "commands/doctor.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US        1000000
#define CLOCK_WARNING_US (2 * SECOND_US)
#define CLOCK_PROBLEM_US (60 * INT64_C(1000000))
#define SERVER_SLACK_US  (2 * SECOND_US) /* the bank tells whole seconds */

static const char *decimal(int64_t number, char text[24])
{
    snprintf(text, 24, "%lld", (long long)number);
    return text;
}

static void judge_clock(struct doctor *doctor, const char *check, int64_t ahead_us,
                        int64_t doubt_us)
{
    int64_t off_us = llabs(ahead_us) > doubt_us ? llabs(ahead_us) - doubt_us : 0;
    char text[24];

    snprintf(text, sizeof(text), "%+.1f", (double)ahead_us / SECOND_US);
    doctor_say(doctor, check,
               off_us > CLOCK_PROBLEM_US   ? VERDICT_PROBLEM
               : off_us > CLOCK_WARNING_US ? VERDICT_WARNING
                                           : VERDICT_OK,
               off_us > CLOCK_WARNING_US ? MSG_A_CLOCK : MSG_C_NONE, MSG_D_CLOCK, text, NULL, NULL);
}

/* ---- The database ------------------------------------------------------- */

static void judge_schema(struct doctor *doctor, const struct leopay_database_probe *probe)
{
    char version[24], known[24];

    decimal(probe->schema_version, version);
    decimal(probe->schema_known, known);
    if (probe->schema_version < 0)
        return; /* the rights are the matter */
    if (!probe->schema_version)
        doctor_say(doctor, "schema", VERDICT_PROBLEM, MSG_A_MIGRATE, MSG_D_SCHEMA_NONE, NULL, NULL,
                   NULL);
    else if (probe->schema_version < probe->schema_known)
        doctor_say(doctor, "schema", VERDICT_PROBLEM, MSG_A_MIGRATE, MSG_D_SCHEMA_OLD, version,
                   known, NULL);
    else if (probe->schema_version > probe->schema_known)
        doctor_say(doctor, "schema", VERDICT_WARNING, MSG_A_UPGRADE, MSG_D_SCHEMA_NEW, version,
                   known, NULL);
    else
        doctor_say(doctor, "schema", VERDICT_OK, MSG_C_NONE, MSG_D_SCHEMA, version, NULL, NULL);
}

static void judge_rights(struct doctor *doctor, const struct leopay_database_probe *probe)
{
    enum message rights = probe->operates && probe->serves ? MSG_D_RIGHTS_OPERATOR
                          : probe->serves                  ? MSG_D_RIGHTS_DAEMON
                          : probe->reads                   ? MSG_D_RIGHTS_ACCOUNTANT
                                                           : MSG_D_RIGHTS_NONE;

    if (!probe->roles)
        doctor_say(doctor, "roles", VERDICT_WARNING, MSG_A_ROLES, MSG_D_ROLES_MISSING, NULL, NULL,
                   NULL);
    if (probe->schema_version)
        doctor_say(doctor, "rights", probe->reads ? VERDICT_OK : VERDICT_PROBLEM,
                   probe->reads ? MSG_C_NONE : MSG_A_RIGHTS, rights, probe->user, NULL, NULL);
    doctor->reads = probe->reads;
}

static void on_database(void *data, int code, const struct leopay_database_probe *probe,
                        const struct leopay_error *err)
{
    struct doctor *doctor = data;

    outcome_set(&doctor->outcome, code, err);
    if (code < 0) {
        doctor_say(doctor, "database", VERDICT_PROBLEM, MSG_A_DATABASE, MSG_ERROR, err->text, NULL,
                   NULL);
        return;
    }
    if (probe->standby)
        doctor_say(doctor, "database", VERDICT_PROBLEM, MSG_A_STANDBY, MSG_D_STANDBY,
                   probe->database, NULL, NULL);
    else
        doctor_say(doctor, "database", VERDICT_OK, MSG_C_NONE, MSG_D_DATABASE,
                   probe->server_version, probe->database, probe->user);
    if (strcmp(probe->encoding, "UTF8") != 0)
        doctor_say(doctor, "encoding", VERDICT_PROBLEM, MSG_A_ENCODING, MSG_D_ENCODING,
                   probe->encoding, NULL, NULL);
    if (!probe->durable)
        doctor_say(doctor, "durability", VERDICT_WARNING, MSG_A_DURABLE, MSG_D_NOT_DURABLE, NULL,
                   NULL, NULL);
    judge_clock(doctor, "database_clock", probe->clock_ahead_us, probe->round_trip_us);
    judge_schema(doctor, probe);
    judge_rights(doctor, probe);
}

static void on_work(void *data, int code, const struct leopay_work_probe *probe,
                    const struct leopay_error *err)
{
    struct doctor *doctor = data;
    char text[24];

    outcome_set(&doctor->outcome, code, err);
    if (code < 0) {
        doctor_say(doctor, "work", VERDICT_PROBLEM, MSG_C_NONE, MSG_ERROR, err->text, NULL, NULL);
        return;
    }
    if (probe->overdue)
        doctor_say(doctor, "work", VERDICT_PROBLEM, MSG_A_OVERDUE, MSG_D_OVERDUE,
                   decimal(probe->overdue, text), NULL, NULL);
    else
        doctor_say(doctor, "work", VERDICT_OK, MSG_C_NONE, MSG_D_WORK,
                   decimal(probe->waiting, text), NULL, NULL);
    if (probe->attention)
        doctor_say(doctor, "attention", VERDICT_WARNING, MSG_A_ATTENTION, MSG_D_ATTENTION,
                   decimal(probe->attention, text), NULL, NULL);
    if (!probe->billings)
        doctor_say(doctor, "billings", VERDICT_WARNING, MSG_A_BILLINGS, MSG_D_BILLINGS, NULL, NULL,
                   NULL);
}

/* ---- The bank ----------------------------------------------------------- */

static void judge_silence(struct doctor *doctor, const struct leopay_bank_probe *probe)
{
    char status[24];

    if (probe->untrusted)
        doctor_say(doctor, "bank", VERDICT_PROBLEM, MSG_A_CA, MSG_ERROR, probe->message, NULL,
                   NULL);
    else if (probe->http_status)
        doctor_say(doctor, "bank", VERDICT_PROBLEM, MSG_A_BANK_URL, MSG_D_BANK_UNREADABLE,
                   decimal(probe->http_status, status), NULL, NULL);
    else
        doctor_say(doctor, "bank", VERDICT_PROBLEM, MSG_A_BANK_REACH, MSG_ERROR, probe->message,
                   NULL, NULL);
}

static void on_bank(void *data, int code, const struct leopay_bank_probe *probe,
                    const struct leopay_error *err)
{
    struct doctor *doctor = data;
    char bank_code[24], duration[24];

    outcome_set(&doctor->outcome, code, err);
    if (code < 0) {
        doctor_say(doctor, "bank", VERDICT_PROBLEM, MSG_A_CREDENTIALS, MSG_ERROR, err->text, NULL,
                   NULL);
        return;
    }
    decimal(probe->bank_code, bank_code);
    switch (probe->access) {
    case LEOPAY_BANK_GOOD:
        doctor_say(doctor, "bank", VERDICT_OK, MSG_C_NONE, MSG_D_BANK,
                   decimal(probe->duration_ms, duration), NULL, NULL);
        break;
    case LEOPAY_BANK_DENIED:
        doctor_say(doctor, "bank", VERDICT_PROBLEM, MSG_A_CREDENTIALS, MSG_D_BANK_SAYS, bank_code,
                   probe->message, NULL);
        break;
    case LEOPAY_BANK_UNCLEAR:
        doctor_say(doctor, "bank", VERDICT_WARNING, MSG_A_UNCLEAR, MSG_D_BANK_SAYS, bank_code,
                   probe->message, NULL);
        break;
    case LEOPAY_BANK_ODD:
        doctor_say(doctor, "bank", VERDICT_WARNING, MSG_A_ODD, MSG_D_BANK_SAYS, bank_code,
                   probe->message, NULL);
        break;
    case LEOPAY_BANK_SILENT:
        judge_silence(doctor, probe);
        break;
    }
    if (probe->has_clock)
        judge_clock(doctor, "bank_clock", probe->clock_ahead_us,
                    SERVER_SLACK_US + (int64_t)probe->duration_ms * 1000);
}

/* What a probe could not even begin with is a line, too. */
static void finish(struct doctor *doctor, const char *check, enum message advice, int r,
                   leopay_op op)
{
    if (r == 0)
        (void)session_wait(&doctor->outcome, 0, op);
    else
        doctor_say(doctor, check, VERDICT_PROBLEM, advice, MSG_ERROR, doctor->outcome.err.text,
                   NULL, NULL);
}

int doctor_ask(struct doctor *doctor)
{
    struct ctl *ctl = doctor->outcome.ctl;
    struct leopay_error *err = &doctor->outcome.err;
    leopay_op op = 0;

    int status = session_handle(ctl);
    if (status)
        return status;
    int r = leopay_probe_database(ctl->lp, on_database, doctor, &op, err);
    finish(doctor, "database", MSG_A_DATABASE, r, op);
    if (doctor->reads) {
        r = leopay_probe_work(ctl->lp, on_work, doctor, &op, err);
        finish(doctor, "work", MSG_C_NONE, r, op);
    }
    r = leopay_probe_bank(ctl->lp, on_bank, doctor, &op, err);
    finish(doctor, "bank", MSG_A_CREDENTIALS, r, op);
    return STATUS_DONE;
}
