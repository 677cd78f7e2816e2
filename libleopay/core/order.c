/* SPDX-License-Identifier: MIT */
/* An order as a whole: all its invalid fields at once, and what is wrong with them in words.  Pure.
 */
#include <string.h>

#include <leopay/transaction.h>

#include "base/parse.h"
#include "core/validate.h"

static const struct {
    const char *english, *russian;
} fault_texts[] = {
    [LEOPAY_FIELD_REQUIRED] = {"This field is required.", "Это обязательное поле."},
    [LEOPAY_FIELD_NULL] = {"This field may not be null.", "Это поле не может быть null."},
    [LEOPAY_FIELD_TYPE] = {"The value is of a wrong type.", "Значение неверного типа."},
    [LEOPAY_FIELD_NOT_INTEGER] = {"A whole number is expected, in digits only.",
                                  "Ожидается целое число, записанное только цифрами."},
    [LEOPAY_FIELD_RANGE] = {"The number is out of range.", "Число вне допустимых пределов."},
    [LEOPAY_FIELD_EMPTY] = {"The value may not be empty.", "Значение не может быть пустым."},
    [LEOPAY_FIELD_TOO_LONG] = {"The value is too long.", "Значение слишком длинное."},
    [LEOPAY_FIELD_CHARACTERS] = {"The value has characters that are not allowed here.",
                                 "Значение содержит недопустимые символы."},
    [LEOPAY_FIELD_URL] = {"An absolute http or https URL is expected.",
                          "Ожидается абсолютный адрес http или https."},
    [LEOPAY_FIELD_ORIGIN] = {"The billing does not allow this site.",
                             "Этот сайт не разрешён для биллинга."},
    [LEOPAY_FIELD_UNKNOWN] = {"There is no such billing, or it takes no orders.",
                              "Такого биллинга нет, или он не принимает заказы."},
    [LEOPAY_FIELD_REPEATED] = {"The field is given more than once.",
                               "Поле указано больше одного раза."},
    [LEOPAY_FIELD_BODY] = {"The request body cannot be read.", "Тело запроса не читается."},
};

const char *leopay_field_fault_text(enum leopay_field_fault fault, bool russian)
{
    if (fault < LEOPAY_FIELD_REQUIRED || fault > LEOPAY_FIELD_BODY)
        return russian ? "Значение неверно." : "The value is wrong.";
    return russian ? fault_texts[fault].russian : fault_texts[fault].english;
}

static int validate_order_userid(const struct leopay_order *order)
{
    int fault = lp_validate_userid(order->billing_userid);
    int64_t number;

    if (!fault && order->billing_userid_is_number &&
        !lp_parse_int64(order->billing_userid, strlen(order->billing_userid), &number))
        return LEOPAY_FIELD_NOT_INTEGER;
    return fault;
}

static int validate_order_key(const char *key)
{
    if (!key || lp_idempotency_key_valid(key))
        return 0;
    if (!*key)
        return LEOPAY_FIELD_EMPTY;
    return strlen(key) > LEOPAY_KEY_MAX ? LEOPAY_FIELD_TOO_LONG : LEOPAY_FIELD_CHARACTERS;
}

int leopay_order_validate(const struct leopay_order *order, struct leopay_field_errors *ret_errors)
{
    struct leopay_field_errors errors = {0};
    const struct {
        const char *field;
        int fault;
    } checks[] = {
        {"amount", lp_validate_amount(order->amount)},
        {"billing", lp_validate_billing(order->billing)},
        {"final_url", lp_validate_final_url(order->final_url)},
        {"billing_userid", validate_order_userid(order)},
        {"service_id", order->has_service_id ? lp_validate_service_id(order->service_id) : 0},
        {"description", lp_validate_description(order->description)},
        {"idempotency_key", validate_order_key(order->idempotency_key)},
    };

    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
        if (checks[i].fault)
            lp_field_error_add(&errors, checks[i].field, checks[i].fault);
    if (errors.count == 0)
        return 0;
    *ret_errors = errors;
    return LEOPAY_EVALIDATION;
}
