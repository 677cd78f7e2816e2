/* SPDX-License-Identifier: MIT */
/*
 * The story of a payment, for people: history and deliveries in the order of time.  What the bank
 * said is stored as JSON with amounts in kopecks; here it is words, with amounts in roubles.
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "commands/transaction.h"
#include "output/dates.h"
#include "output/prose.h"
#include "output/text.h"

enum manner {
    NUMBER,
    NUMBER_UNLESS_ZERO,
    ROUBLES,
    ROUBLES_UNLESS_ZERO,
    WORDS, /* the library's, told in the reader's language */
    QUOTE, /* the bank's or an operator's: as they stand */
    FLAG,
};

/* What a detail may hold, in the order in which it is told. */
static const struct said {
    const char *key;
    enum manner manner;
    enum message message; /* MSG_C_NONE: the text alone */
} saids[] = {
    {"http_status", NUMBER, MSG_HTTP_STATUS},
    {"error_code", NUMBER, MSG_ERROR_CODE},
    {"order_status", NUMBER, MSG_ORDER_STATUS},
    {"action_code", NUMBER_UNLESS_ZERO, MSG_ACTION_CODE},
    {"message", QUOTE, MSG_C_NONE},
    {"amount", ROUBLES, MSG_SAID_AMOUNT},
    {"deposited", ROUBLES_UNLESS_ZERO, MSG_SAID_DEPOSITED},
    {"refunded", ROUBLES_UNLESS_ZERO, MSG_SAID_REFUNDED},
    {"bonus", ROUBLES_UNLESS_ZERO, MSG_SAID_BONUS},
    {"currency", NUMBER, MSG_SAID_CURRENCY},
    {"error", WORDS, MSG_C_NONE},
    {"note", WORDS, MSG_C_NONE},
    {"reason", QUOTE, MSG_BECAUSE},
    {"forced", FLAG, MSG_FORCED},
};

static void print_prose(FILE *stream, const char *stored)
{
    char *text = prose_text(stored);

    text_print(stream, text);
    free(text);
}

static void print_number(FILE *stream, const struct said *said, json_int_t number)
{
    char digits[TEXT_NUMBER_SIZE], roubles[TEXT_ROUBLES_SIZE];

    text_number(number, digits);
    text_roubles(digits, roubles);
    message_print(stream, said->message, said->manner < ROUBLES ? digits : roubles, NULL);
}

static void print_quote(FILE *stream, const struct said *said, const char *text)
{
    if (said->message == MSG_C_NONE)
        text_print(stream, text);
    else
        message_print(stream, said->message, text, NULL);
}

static bool is_worth_telling(const struct said *said, const json_t *value)
{
    switch (said->manner) {
    case NUMBER:
    case ROUBLES:
        return json_is_integer(value);
    case NUMBER_UNLESS_ZERO:
    case ROUBLES_UNLESS_ZERO:
        return json_is_integer(value) && json_integer_value(value) != 0;
    case WORDS:
    case QUOTE:
        return json_is_string(value);
    case FLAG:
        return json_is_true(value);
    }
    return false;
}

static void print_said(FILE *stream, const struct said *said, const json_t *value)
{
    if (said->manner == WORDS)
        print_prose(stream, json_string_value(value));
    else if (said->manner == QUOTE)
        print_quote(stream, said, json_string_value(value));
    else if (said->manner == FLAG)
        fputs(message_text(said->message), stream);
    else
        print_number(stream, said, json_integer_value(value));
}

/* What is no detail of ours is shown as it stands. */
static void print_detail(FILE *stream, const char *detail)
{
    json_t *object = json_loads(detail, 0, NULL);
    const char *separator = "  ";

    if (!json_is_object(object)) {
        fputs(separator, stream);
        text_print(stream, detail);
    }
    for (size_t i = 0; i < sizeof(saids) / sizeof(*saids); i++) {
        const json_t *value = json_object_get(object, saids[i].key);

        if (!is_worth_telling(&saids[i], value))
            continue;
        fputs(separator, stream);
        print_said(stream, &saids[i], value);
        separator = ", ";
    }
    json_decref(object);
}

static void print_statuses(FILE *stream, const struct leopay_event *e)
{
    enum leopay_status_code from = leopay_status_parse(e->from_status);
    enum leopay_status_code to = leopay_status_parse(e->to_status);

    if (to && to != from)
        fprintf(stream, "  %s → %s", from ? status_label(from) : "", status_label(to));
}

static void print_event(FILE *stream, const struct leopay_event *e)
{
    print_prose(stream, e->event);
    print_statuses(stream, e);
    if (e->detail)
        print_detail(stream, e->detail);
    if (e->actor) {
        fputs("  [", stream);
        text_print(stream, e->actor);
        fputc(']', stream);
    }
}

static void print_delivery(FILE *stream, const struct leopay_delivery *d)
{
    char attempt[24], duration[24], outcome[32];
    char *error = d->error ? prose_text(d->error) : NULL;

    snprintf(attempt, sizeof(attempt), "%d", d->attempt);
    snprintf(duration, sizeof(duration), "%d", d->duration_ms);
    snprintf(outcome, sizeof(outcome), "HTTP %d", d->http_status);
    message_print(stream, MSG_ATTEMPT, attempt, d->http_status || !error ? outcome : error,
                  duration, NULL);
    if (d->http_status && error && strcmp(error, outcome) != 0) {
        fputs("  ", stream);
        text_print(stream, error);
    }
    if (d->answer) {
        fputs("  ", stream);
        text_print(stream, d->answer);
    }
    free(error);
}

/* Both lists are in order already: merge them. */
void timeline_print(FILE *stream, const struct leopay_transaction *t)
{
    size_t d = 0, e = 0;

    if (t->delivery_count + t->history_count > 0)
        fprintf(stream, "\n%s\n", message_text(MSG_TIMELINE));
    while (d < t->delivery_count || e < t->history_count) {
        bool delivery =
            e == t->history_count ||
            (d < t->delivery_count && t->deliveries[d].started_at_us < t->history[e].at_us);
        char at[DATES_SIZE];

        dates_local(delivery ? t->deliveries[d].started_at_us : t->history[e].at_us, at);
        fprintf(stream, "  %s  ", at);
        if (delivery)
            print_delivery(stream, &t->deliveries[d++]);
        else
            print_event(stream, &t->history[e++]);
        fputc('\n', stream);
    }
}
