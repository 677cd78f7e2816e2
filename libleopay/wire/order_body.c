/* SPDX-License-Identifier: MIT */
/*
 * Reads an order from the body of a request, whichever of the three media types it has, and names
 * every invalid field at once.  The rules of the fields are those of core/validate; here is only
 * what depends on the body.
 */
#include <leopay/transaction.h>

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/parse.h"
#include "core/validate.h"
#include "wire/form.h"
#include "wire/json.h"

enum field {
    FIELD_AMOUNT,
    FIELD_BILLING,
    FIELD_FINAL_URL,
    FIELD_USERID,
    FIELD_SERVICE_ID,
    FIELD_DESCRIPTION,
    FIELD_END
};

static const char *const field_names[FIELD_END] = {
    "amount", "billing", "final_url", "billing_userid", "service_id", "description",
};

enum value_kind {
    VALUE_ABSENT,
    VALUE_REPEATED,
    VALUE_NULL,
    VALUE_NUMBER, /* JSON only: the text is the number as it was written */
    VALUE_TEXT,
    VALUE_OTHER,
};

/* What a body says about a field, before any rule. */
struct value {
    enum value_kind kind;
    bool from_form;
    char *text; /* owned, with a NUL behind; may hold inner ones */
    size_t len;
};

struct leopay_order_body {
    struct leopay_order order;
    char *billing;
    char *final_url;
    char *userid;
    char *description;
};

/* ---- From bytes to values ----------------------------------------------- */

static int set_value(struct value *value, enum value_kind kind, const char *text, size_t len)
{
    if (value->kind != VALUE_ABSENT) {
        value->kind = VALUE_REPEATED;
        return 0;
    }
    if (text) {
        value->text = lp_malloc(len + 1);
        if (!value->text)
            return LEOPAY_ENOMEM;
        memcpy(value->text, text, len);
        value->text[len] = '\0';
        value->len = len;
    }
    value->kind = kind;
    return 0;
}

static int set_json_value(struct value *value, const struct lp_json_member *member)
{
    switch (member->value[0]) {
    case '"': {
        json_t *text lp_auto_json = lp_json_decode(member->value, member->value_len);
        return text
                   ? set_value(value, VALUE_TEXT, json_string_value(text), json_string_length(text))
                   : LEOPAY_ENOMEM;
    }
    case 'n':
        return set_value(value, VALUE_NULL, NULL, 0);
    case 't':
    case 'f':
    case '{':
    case '[':
        return set_value(value, VALUE_OTHER, NULL, 0);
    default:
        return set_value(value, VALUE_NUMBER, member->value, member->value_len);
    }
}

static int read_json(const char *body, size_t length, struct value values[FIELD_END])
{
    int checked = lp_json_check_object(body, length);
    struct lp_json_member member;
    const char *cursor = body;
    bool named = false;

    if (checked && checked != LEOPAY_EEXIST)
        return checked;
    while (lp_json_member_next(&cursor, body + length, &member)) {
        for (int i = 0; i < FIELD_END; i++) {
            if (!lp_json_key_is(&member, field_names[i]))
                continue;
            if (set_json_value(&values[i], &member))
                return LEOPAY_ENOMEM;
            named = named || values[i].kind == VALUE_REPEATED;
        }
    }
    /* A duplicate that is none of our fields spoils the body as a whole. */
    return checked && !named ? LEOPAY_EVALIDATION : 0;
}

static bool is_repeated(const struct lp_form *form, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (!strcmp(form->pairs[i].name, form->pairs[index].name))
            return true;
    return false;
}

static int read_form(const struct lp_form *form, struct value values[FIELD_END])
{
    bool repeated = false, named = false;

    for (size_t i = 0; i < form->count; i++) {
        const struct lp_pair *pair = &form->pairs[i];
        size_t len = strlen(pair->value);

        repeated = repeated || is_repeated(form, i);

        if (!lp_utf8_valid(pair->name, strlen(pair->name)) || !lp_utf8_valid(pair->value, len))
            return LEOPAY_EVALIDATION;
        for (int j = 0; j < FIELD_END; j++) {
            if (strcmp(pair->name, field_names[j]))
                continue;
            values[j].from_form = true;
            if (set_value(&values[j], VALUE_TEXT, pair->value, len))
                return LEOPAY_ENOMEM;
            named = named || values[j].kind == VALUE_REPEATED;
        }
    }
    /* A duplicate that is none of our fields spoils the body as a whole, as in JSON. */
    return repeated && !named ? LEOPAY_EVALIDATION : 0;
}

static int read_body(const char *content_type, const char *body, size_t length,
                     struct value values[FIELD_END])
{
    char charset[16];
    int r = content_type ? lp_media_type_param(content_type, "charset", charset, sizeof(charset))
                         : LEOPAY_EINVAL;
    struct lp_form form;

    if (r == LEOPAY_EINVAL || (!r && strcasecmp(charset, "utf-8")))
        return LEOPAY_EINVAL;
    if (lp_media_type_is(content_type, "application/json"))
        return read_json(body, length, values);

    lp_form_init(&form);
    if (lp_media_type_is(content_type, "application/x-www-form-urlencoded"))
        r = lp_form_parse_urlencoded(&form, body, length);
    else if (lp_media_type_is(content_type, "multipart/form-data"))
        r = length ? lp_form_parse_multipart(&form, content_type, body, length) : 0;
    else
        r = LEOPAY_EINVAL;
    if (!r)
        r = read_form(&form, values);
    lp_form_done(&form);
    return r;
}

/* ---- From values to fields ---------------------------------------------- */

static int check_presence(const struct value *value)
{
    switch (value->kind) {
    case VALUE_ABSENT:
        return LEOPAY_FIELD_REQUIRED;
    case VALUE_REPEATED:
        return LEOPAY_FIELD_REPEATED;
    case VALUE_NULL:
        return LEOPAY_FIELD_NULL;
    case VALUE_OTHER:
        return LEOPAY_FIELD_TYPE;
    case VALUE_NUMBER:
    case VALUE_TEXT:
        break;
    }
    return 0;
}

/* An optional field may also be null, and a form can say so only by an empty value. */
static bool is_left_out(const struct value *value)
{
    return value->kind == VALUE_ABSENT || value->kind == VALUE_NULL ||
           (value->kind == VALUE_TEXT && value->from_form && !value->len);
}

static bool is_all_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return len > 0;
}

static int take_integer(const struct value *value, int64_t *ret)
{
    bool minus = value->kind == VALUE_NUMBER && value->text[0] == '-';

    if (!value->len)
        return LEOPAY_FIELD_EMPTY;
    if (!is_all_digits(value->text + minus, value->len - minus))
        return LEOPAY_FIELD_NOT_INTEGER;
    if (value->kind == VALUE_NUMBER)
        return lp_parse_int64(value->text, value->len, ret) ? 0 : LEOPAY_FIELD_RANGE;
    return lp_parse_digits(value->text, value->len, INT64_MAX, ret) ? 0 : LEOPAY_FIELD_RANGE;
}

static int take_amount(struct leopay_order_body *body, struct value *value)
{
    int fault = check_presence(value);

    if (!fault)
        fault = take_integer(value, &body->order.amount);
    return fault ? fault : lp_validate_amount(body->order.amount);
}

static int take_text(struct value *value, int (*validate)(const char *), char **ret_text)
{
    int fault = check_presence(value);

    if (fault)
        return fault;
    if (value->kind != VALUE_TEXT)
        return LEOPAY_FIELD_TYPE;
    if (memchr(value->text, '\0', value->len))
        return LEOPAY_FIELD_CHARACTERS;
    fault = validate(value->text);
    if (fault)
        return fault;
    *ret_text = value->text;
    value->text = NULL;
    return 0;
}

static int take_userid(struct leopay_order_body *body, struct value *value)
{
    int64_t number;

    if (value->kind == VALUE_NUMBER) {
        int fault = take_integer(value, &number);
        if (fault)
            return fault;
        body->order.billing_userid_is_number = true;
        value->kind = VALUE_TEXT;
    } else if (value->kind == VALUE_TEXT && value->from_form) {
        body->order.billing_userid_is_number = lp_parse_int64(value->text, value->len, &number);
    }
    return take_text(value, lp_validate_userid, &body->userid);
}

static int take_service_id(struct leopay_order_body *body, struct value *value)
{
    int64_t number;

    if (is_left_out(value))
        return 0;

    int fault = check_presence(value);

    if (!fault && value->kind == VALUE_TEXT && !value->from_form)
        fault = LEOPAY_FIELD_TYPE;
    if (!fault)
        fault = take_integer(value, &number);
    if (!fault)
        fault = lp_validate_service_id(number);
    if (fault)
        return fault;
    body->order.has_service_id = true;
    body->order.service_id = (int32_t)number;
    return 0;
}

static int take_description(struct leopay_order_body *body, struct value *value)
{
    if (is_left_out(value))
        return 0;
    return take_text(value, lp_validate_description, &body->description);
}

static void take_fields(struct leopay_order_body *body, struct value values[FIELD_END],
                        struct leopay_field_errors *errors)
{
    const int faults[FIELD_END] = {
        [FIELD_AMOUNT] = take_amount(body, &values[FIELD_AMOUNT]),
        [FIELD_BILLING] = take_text(&values[FIELD_BILLING], lp_validate_billing, &body->billing),
        [FIELD_FINAL_URL] =
            take_text(&values[FIELD_FINAL_URL], lp_validate_final_url, &body->final_url),
        [FIELD_USERID] = take_userid(body, &values[FIELD_USERID]),
        [FIELD_SERVICE_ID] = take_service_id(body, &values[FIELD_SERVICE_ID]),
        [FIELD_DESCRIPTION] = take_description(body, &values[FIELD_DESCRIPTION]),
    };

    for (int i = 0; i < FIELD_END; i++)
        if (faults[i])
            lp_field_error_add(errors, field_names[i], faults[i]);
    body->order.billing = body->billing;
    body->order.final_url = body->final_url;
    body->order.billing_userid = body->userid;
    body->order.description = body->description;
}

int leopay_order_parse(const char *content_type, const char *body, size_t length,
                       struct leopay_order_body **ret_body, struct leopay_field_errors *ret_errors)
{
    struct value values[FIELD_END] = {{.kind = VALUE_ABSENT}};
    struct leopay_field_errors errors = {.count = 0};
    struct leopay_order_body *made = lp_calloc(1, sizeof(*made));
    int r = made ? read_body(content_type, body, length, values) : LEOPAY_ENOMEM;

    if (!r)
        take_fields(made, values, &errors);
    else if (r == LEOPAY_EVALIDATION)
        lp_field_error_add(&errors, "", LEOPAY_FIELD_BODY);
    if (errors.count) {
        *ret_errors = errors;
        r = LEOPAY_EVALIDATION;
    }
    for (int i = 0; i < FIELD_END; i++)
        lp_free(values[i].text);
    if (r && !(r == LEOPAY_EVALIDATION && made->order.billing)) {
        leopay_order_free(made);
        return r;
    }
    *ret_body = made;
    return r;
}

const struct leopay_order *leopay_order_get(const struct leopay_order_body *body)
{
    return &body->order;
}

void leopay_order_free(struct leopay_order_body *body)
{
    if (!body)
        return;
    lp_free(body->billing);
    lp_free(body->final_url);
    lp_free(body->userid);
    lp_free(body->description);
    lp_free(body);
}
