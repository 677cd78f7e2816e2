/* SPDX-License-Identifier: MIT */
/* migrate: the schema of the database. */
#include "ctl.h"

enum { VERSION, NAME, APPLIED, COLUMNS };

static const struct column columns[COLUMNS] = {
    [VERSION] = {"version", MSG_C_VERSION, IN_ALL, true},
    [NAME] = {"name", MSG_C_NAME, IN_ALL, false},
    [APPLIED] = {"applied_at", MSG_C_APPLIED_AT, IN_ALL, false},
};

/* A look at the schema. */
struct look {
    struct ctl *ctl;
    int missing; /* migrations that are not applied */
};

static void on_status(void *data, const struct leopay_migration *migration)
{
    struct look *look = data;

    look->missing += !migration->applied;
    output_row(&look->ctl->out, (const struct cell[COLUMNS]){
                                    [VERSION] = cell_number(migration->version),
                                    [NAME] = cell_text(migration->name),
                                    [APPLIED] = cell_time(migration->applied_at_us),
                                });
}

static void on_applied(void *data, const struct leopay_migration *migration)
{
    char version[24];

    (void)data;
    snprintf(version, sizeof(version), "%04d", migration->version);
    say(MSG_APPLIED, version, migration->name, NULL);
}

static int show_status(struct ctl *ctl)
{
    struct look look = {.ctl = ctl};
    struct leopay_error err = {0};
    char missing[12];

    output_begin(&ctl->out, SHAPE_LIST, columns, COLUMNS);
    int r = leopay_schema_status(ctl->settings, on_status, &look, &err);
    output_end(&ctl->out);
    if (r < 0)
        return say_failure(r, &err);
    snprintf(missing, sizeof(missing), "%d", look.missing);
    if (look.missing)
        say(MSG_SCHEMA_BEHIND, missing, NULL);
    else
        say(MSG_SCHEMA_CURRENT, NULL);
    return STATUS_DONE;
}

int run_migrate(struct ctl *ctl)
{
    struct leopay_migrate_result result = {0};
    struct leopay_error err = {0};
    int64_t first_id = 0;

    int status = option_number(ctl, "first-id", 1, INT64_MAX, &first_id);
    if (!status && option(ctl, "status") && first_id) {
        say(MSG_U_CONFLICT, "status", "first-id", NULL);
        return usage_see(ctl);
    }
    if (!status)
        status = session_settings(ctl);
    if (status)
        return status;
    if (option(ctl, "status"))
        return show_status(ctl);
    int r = leopay_schema_migrate(ctl->settings, first_id, on_applied, NULL, &result, &err);
    if (r < 0)
        return say_failure(r, &err);
    say(MSG_SCHEMA_CURRENT, NULL);
    if (!result.roles) {
        say(MSG_ROLES_MISSING, NULL);
        fputs(result.role_sql, ctl->out.stream);
    }
    return STATUS_DONE;
}
