/* SPDX-License-Identifier: MIT */
/*
 * The table of errors: code → status, Retry-After, words.  The words are for payers and for those
 * who write shops; nothing of the bank's or the database's own text is ever among them.
 */
#include "http/problem.h"

#include <stddef.h>

#include <leopay/error.h>

/* clang-format off */
#define RETRY_SHOP                                                                                 \
    {"Go back to the shop and try again. If it happens again, tell the shop the number below.",    \
     "Вернитесь в магазин и попробуйте ещё раз. Если ошибка повторится, "                          \
     "сообщите магазину номер ниже."}
#define ORDER_AGAIN                                                                                \
    {"Go back to the shop and place the order again. If it happens again, tell the shop the "      \
     "number below.",                                                                              \
     "Вернитесь в магазин и оформите заказ ещё раз. Если ошибка повторится, "                      \
     "сообщите магазину номер ниже."}
#define RETRY_SOON                                                                                 \
    {"Wait a minute, go back to the shop and try again. No money has been taken.",                 \
     "Подождите минуту, вернитесь в магазин и попробуйте ещё раз. Деньги не списаны."}
#define RETRY_LATER                                                                                \
    {"If you have not been to the bank's page, no money has been taken. Go back to the shop and "  \
     "try again in a few minutes.",                                                                \
     "Если вы не переходили на страницу банка, деньги не списаны. "                                \
     "Вернитесь в магазин и попробуйте ещё раз через несколько минут."}
#define RELOAD_SOON                                                                                \
    {"Wait a minute and try again. If you have paid, the payment is safe.",                        \
     "Подождите минуту и попробуйте ещё раз. Если вы уже заплатили, платёж не потеряется."}

#define BAD_REQUEST        400, "Bad Request"
#define BAD_GATEWAY        502, "Bad Gateway"
#define UNAVAILABLE        503, "Service Unavailable"
#define UNAVAILABLE_TITLE  {"Temporarily unavailable", "Сервис временно недоступен"}
#define BANK_SILENT_TITLE  {"The bank does not answer", "Банк не отвечает"}
#define RESTARTING         {"The service is being restarted.", "Сервис перезапускается."}
#define MAINTAINED         {"The service is being maintained.", "Идут технические работы."}

/* code, status and its words, Retry-After, slug, title, what happened, what to do next */
static const struct problem problems[] = {
    {400, BAD_REQUEST, 0, "bad-request",
     {"Bad request", "Запрос не понят"},
     {"The request could not be understood.", "Сервер не смог разобрать запрос."},
     RETRY_SHOP},
    {401, 401, "Unauthorized", 0, "unauthorized",
     {"A token is needed", "Нужен токен"},
     {"This address is for holders of a token, and no good one was given.",
      "Этот адрес только для владельцев токенов, а действующего токена в запросе нет."},
     {"Send the header Authorization: Bearer TOKEN. Tokens are made by the operator.",
      "Передайте заголовок Authorization: Bearer ТОКЕН. Токены создаёт оператор."}},
    {403, 403, "Forbidden", 0, "forbidden",
     {"Not allowed", "Нет доступа"},
     {"The token shows the payments of another billing only.",
      "Этот токен показывает платежи только другого биллинга."},
     {"Leave the billing out, or ask the operator for another token.",
      "Не указывайте биллинг или попросите у оператора другой токен."}},
    {404, 404, "Not Found", 0, "not-found",
     {"Not found", "Страница не найдена"},
     {"There is nothing at this address.", "По этому адресу ничего нет."},
     {"Check the address, or go back to the shop.", "Проверьте адрес или вернитесь в магазин."}},
    {405, 405, "Method Not Allowed", 0, "method-not-allowed",
     {"Method not allowed", "Так обратиться нельзя"},
     {"This address does not take requests of this kind.",
      "Этот адрес не принимает запросы такого вида."},
     RETRY_SHOP},
    {413, 413, "Content Too Large", 0, "content-too-large",
     {"Request too large", "Запрос слишком большой"},
     {"The body of the request is longer than 16 KiB.", "Тело запроса длиннее 16 КиБ."},
     RETRY_SHOP},
    {415, 415, "Unsupported Media Type", 0, "unsupported-media-type",
     {"Unsupported media type", "Неизвестный формат запроса"},
     {"The body must be JSON or an HTML form.", "Тело запроса должно быть JSON или формой HTML."},
     RETRY_SHOP},
    {417, 417, "Expectation Failed", 0, "expectation-failed",
     {"Expectation failed", "Запрос не понят"},
     {"The expectation of the request is unknown.", "Ожидание, названное в запросе, неизвестно."},
     RETRY_SHOP},
    {LEOPAY_EVALIDATION, BAD_REQUEST, 0, "invalid-order",
     {"Invalid order", "Заказ заполнен неверно"},
     {"Some fields are missing or invalid.", "Некоторые поля не заполнены или заполнены неверно."},
     ORDER_AGAIN},
    {LEOPAY_ESIGNATURE, 403, "Forbidden", 0, "bad-checksum",
     {"Wrong checksum", "Неверная контрольная сумма"},
     {"The checksum of the message is wrong.", "Контрольная сумма сообщения неверна."},
     RETRY_SHOP},
    {LEOPAY_ENOTFOUND, 404, "Not Found", 0, "unknown-order",
     {"Unknown order", "Заказ не найден"},
     {"There is no such order.", "Такого заказа нет."},
     {"Go back to the shop: its site shows whether the payment has arrived.",
      "Вернитесь в магазин: на его сайте видно, прошёл ли платёж."}},
    {LEOPAY_EINPROGRESS, 409, "Conflict", 2, "in-progress",
     {"Still in progress", "Заказ ещё обрабатывается"},
     {"The same order is being processed at this moment.",
      "Этот же заказ обрабатывается прямо сейчас."},
     {"Wait a few seconds and try again.", "Подождите несколько секунд и попробуйте ещё раз."}},
    {LEOPAY_ECONFLICT, 422, "Unprocessable Content", 0, "key-reused",
     {"Idempotency key reused", "Ключ уже использован"},
     {"The idempotency key was used before, with other fields.",
      "Этот ключ уже использован для заказа с другими полями."},
     ORDER_AGAIN},
    {LEOPAY_EREFUSED, BAD_GATEWAY, 0, "bank-refused",
     {"The bank refused the order", "Банк не принял заказ"},
     {"The bank did not accept the order. No money has been taken.",
      "Банк не принял заказ. Деньги не списаны."},
     RETRY_SHOP},
    {LEOPAY_EBANKREPLY, BAD_GATEWAY, 0, "bank-reply", BANK_SILENT_TITLE,
     {"The bank gave no usable answer.", "Банк не дал понятного ответа."},
     RETRY_LATER},
    {LEOPAY_EBANKTIMEOUT, 504, "Gateway Timeout", 0, "bank-timeout", BANK_SILENT_TITLE,
     {"The bank did not answer in time.", "Банк не ответил вовремя."},
     RETRY_LATER},
    {LEOPAY_EUNREACHABLE, UNAVAILABLE, 10, "bank-unreachable", BANK_SILENT_TITLE,
     {"The bank cannot be reached at the moment.", "Сейчас нет связи с банком."},
     RETRY_SOON},
    {LEOPAY_EUNAVAILABLE, UNAVAILABLE, 5, "unavailable", UNAVAILABLE_TITLE,
     {"A part of the service cannot be reached.", "Часть сервиса сейчас недоступна."},
     RELOAD_SOON},
    {LEOPAY_EAGAIN, UNAVAILABLE, 1, "busy",
     {"Too busy", "Слишком много запросов"},
     {"There are more requests than can be served at the moment.",
      "Запросов сейчас больше, чем сервис успевает обработать."},
     RELOAD_SOON},
    {LEOPAY_ENOMEM, UNAVAILABLE, 5, "unavailable", UNAVAILABLE_TITLE,
     {"The service is out of resources at the moment.", "Сервису сейчас не хватает ресурсов."},
     RELOAD_SOON},
    {LEOPAY_ECLOSED, UNAVAILABLE, 2, "restarting", UNAVAILABLE_TITLE, RESTARTING, RETRY_LATER},
    {LEOPAY_ECANCELLED, UNAVAILABLE, 2, "restarting", UNAVAILABLE_TITLE, RESTARTING, RETRY_LATER},
    {LEOPAY_ESCHEMA, UNAVAILABLE, 30, "unavailable", UNAVAILABLE_TITLE, MAINTAINED, RELOAD_SOON},
    {LEOPAY_EDENIED, UNAVAILABLE, 30, "unavailable", UNAVAILABLE_TITLE, MAINTAINED, RELOAD_SOON},
    {LEOPAY_EUNCERTAIN, UNAVAILABLE, 30, "in-doubt", UNAVAILABLE_TITLE,
     {"A connection was lost; what became of the request is being found out.",
      "Связь оборвалась; что стало с запросом, сейчас выясняется."},
     RETRY_LATER},
    {LEOPAY_EINTERNAL, 500, "Internal Server Error", 0, "internal",
     {"Internal error", "Внутренняя ошибка"},
     {"Something went wrong on our side.", "Что-то сломалось на нашей стороне."},
     RETRY_LATER},
};
/* clang-format on */

const struct problem *problem_get(int code)
{
    size_t count = sizeof(problems) / sizeof(problems[0]);

    for (size_t i = 0; i < count; i++) {
        if (problems[i].code == code) {
            return &problems[i];
        }
    }
    return &problems[count - 1];
}
