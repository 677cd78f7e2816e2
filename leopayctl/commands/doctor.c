/* SPDX-License-Identifier: MIT */
/*
 * doctor: looks at everything that Leopay needs, a line each, and says what to mend.  It changes
 * nothing.
 */
#include "commands/doctor.h"

#include <stdlib.h>

enum { CHECK, RESULT, WHAT, ADVICE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [CHECK] = {"check", MSG_C_CHECK, IN_ALL, false},
    [RESULT] = {"result", MSG_C_RESULT, IN_ALL, false},
    [WHAT] = {"what", MSG_C_WHAT, IN_ALL, false},
    [ADVICE] = {"advice", MSG_C_ADVICE, IN_ALL, false},
};

static const struct {
    const char *name;
    enum message message;
} verdicts[] = {
    [VERDICT_OK] = {"ok", MSG_V_OK},
    [VERDICT_WARNING] = {"warning", MSG_V_WARNING},
    [VERDICT_PROBLEM] = {"problem", MSG_V_PROBLEM},
};

void doctor_say(struct doctor *doctor, const char *check, enum verdict verdict, enum message advice,
                enum message what, const char *first, const char *second, const char *third)
{
    struct output *out = &doctor->outcome.ctl->out;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (stream)
        message_print(stream, what, first, second, third, NULL);
    if (!stream || fclose(stream) == EOF)
        abort();
    doctor->warnings += verdict == VERDICT_WARNING;
    doctor->problems += verdict == VERDICT_PROBLEM;
    output_row(out, (const struct cell[COLUMNS]){
                        [CHECK] = cell_text(check),
                        [RESULT] = cell_word(verdicts[verdict].name, verdicts[verdict].message),
                        [WHAT] = cell_text(text),
                        [ADVICE] = cell_text(advice == MSG_C_NONE ? NULL : message_text(advice)),
                    });
    free(text);
}

int run_doctor(struct ctl *ctl)
{
    struct doctor doctor = {.outcome = {.ctl = ctl}};
    char warnings[12], problems[12];

    output_begin(&ctl->out, SHAPE_LIST, columns, COLUMNS);
    doctor_look_at_settings(&doctor);
    int status = doctor_ask(&doctor);
    output_end(&ctl->out);
    if (status)
        return status;
    snprintf(warnings, sizeof(warnings), "%d", doctor.warnings);
    snprintf(problems, sizeof(problems), "%d", doctor.problems);
    say(MSG_DOCTOR_SUM, problems, warnings, NULL);
    ctl->bad_news = doctor.problems > 0;
    return STATUS_DONE;
}
