/* SPDX-License-Identifier: MIT */
/* Stored texts for people: known ones in Russian with their parts, all others as they stand. */
#include <stdlib.h>

#include "leopayctl/output/messages.h"
#include "leopayctl/output/prose.h"
#include "support/unit.h"

static void read_in(const char *locale)
{
    setenv("LC_ALL", locale, 1);
    messages_choose();
}

static void becomes(const char *stored, const char *expected)
{
    char *text = prose_text(stored);

    LP_ASSERT_TEXT(text, expected);
    free(text);
}

static void known_texts(void)
{
    read_in("ru_RU.UTF-8");
    becomes("declined", "оплата отклонена");
    becomes("broken off: nobody knows whether it arrived", "прервано: неизвестно, дошло ли");
}

static void parts(void)
{
    read_in("ru_RU.UTF-8");
    becomes("the bank's amount differs: 10100", "у банка другая сумма: 10100 коп.");
    becomes("Failed to connect to b.example port 443 after 12 ms: Couldn't connect to server",
            "нет соединения с b.example, порт 443");
    becomes("SSL: certificate subject name 'a' does not match target host name 'b.example'",
            "сертификат выдан не для b.example");
    becomes("Operation timed out after 30001 milliseconds with 0 bytes received",
            "нет ответа за 30001 мс");
    becomes("Operation timed out after 30001 milliseconds with 5 out of 10 bytes received",
            "ответ не дошёл целиком за 30001 мс");
    becomes("rsa_pay_pub.key is there already", "файл rsa_pay_pub.key уже есть");
    becomes("errorCode 5: Доступ запрещён: 7", "errorCode 5: Доступ запрещён: 7");
}

static void others_stay(void)
{
    read_in("ru_RU.UTF-8");
    becomes("", "");
    becomes("HTTP 503", "HTTP 503");
    becomes("the bank's amount differs: ", "the bank's amount differs: ");
    becomes("the bank's amount", "the bank's amount");
    becomes("declined by whom", "declined by whom");
    becomes("100 % of it", "100 % of it");
}

static void english_readers(void)
{
    read_in("en_US.UTF-8");
    becomes("declined", "declined");
    read_in("C");
    becomes("the bank's amount differs: 10100", "the bank's amount differs: 10100");
}

LP_TEST_MAIN("leopayctl/prose", LP_TEST(known_texts), LP_TEST(parts), LP_TEST(others_stay),
             LP_TEST(english_readers))
