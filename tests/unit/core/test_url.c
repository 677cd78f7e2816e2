/* SPDX-License-Identifier: MIT */
/* core/url: what may be a final_url, and its origin. */
#include "core/validate.h"

#include "support/unit.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void addresses_are_taken(void)
{
    static const char *const good[] = {
        "http://a",
        "http://a/",
        "https://shop.example/done?order=1&x=y#end",
        "HTTP://a/",
        "hTTpS://Shop.Example/Path",
        "http://127.0.0.1:8080/",
        "http://localhost:3000",
        "http://xn--e1afmkfd.xn--p1ai/",
        "http://a_b-c.d~e/",
        "http://a%20b/",
        "http://[::1]/",
        "http://[2001:db8::1]:8443/x",
        "http://[::ffff:192.0.2.1]",
        "http://a:/",
        "http://a:",
        "http://a:0/",
        "http://a:65535/",
        "http://a:00080/",
        "http://a?q",
        "http://a#f",
        "http://a/?",
        "http://a/#",
        "http://a//b",
        "http://a/../b/./c",
        "http://a/b;c=d,e:@!$&'()*+=~_.-",
        "http://a/?/?:@",
        "http://a/#/?:@",
        "http://a/%D0%BF%d0%bf",
        "http://a/путь?запрос=да#кусок",
        "http://a/😀",
        "http://a/@b",
        "http://a/?u=user@host",
        "http://a/http://b/",
        "http://a.",
        "http://1.2.3.4.5/",
        "http://a/%00",
    };

    for (size_t i = 0; i < COUNT(good); i++)
        if (lp_validate_final_url(good[i]) != 0)
            CU_FAIL(good[i]);
    CU_PASS("all were looked at");
}

static const char *const no_addresses[] = {
    "//evil",
    "/path",
    "path",
    "?q",
    "a",
    "http",
    "http:",
    "http:/",
    "http://",
    "http:///",
    "https:evil",
    "https:/evil",
    "https:///x",
    "http://?q",
    "http://#f",
    "http://:80/",
    "http://:",
    "http://@a/",
    "http://user@host/",
    "http://user:pw@host/",
    "http://a:80@host/",
    "http://a:@host/",
    "http://user%40@host/",
    "http://a b/",
    " http://a/",
    "http://a/ ",
    "http://a/b c",
    "http://a/?b c",
    "http://a/#b c",
    "http://a\\b/",
    "http://a/b\\c",
    "http:\\\\a\\",
    "http://a/\"",
    "http://a/<",
    "http://a/>",
    "http://a/^",
    "http://a/`",
    "http://a/{",
    "http://a/|",
    "http://a/}",
    "http://a/?\"",
    "http://a/#<",
    "http://a/[",
    "http://a/]",
    "http://a/?a[]=1",
    "http://a/#[",
    "http://a/##",
    "http://a/#a#b",
    "http://a<b/",
    "http://a|b/",
    "http://a]/",
    "http://a[b]/",
    "http://a/%",
    "http://a/%2",
    "http://a/%2g",
    "http://a/%g2",
    "http://a/?%",
    "http://a/#%zz",
    "http://a%/",
    "http://a%2/",
    "http://a:8a/",
    "http://a:-1/",
    "http://a:+1/",
    "http://a:65536/",
    "http://a:99999999999999999999/",
    "http://a:80:90/",
    "http://[::1/",
    "http://[::1/a]",
    "http://[]/",
    "http://[:::1]/",
    "http://[1.2.3.4]/",
    "http://[a]/",
    "http://[v1.a]/",
    "http://[0000:0000:0000:0000:0000:ffff:255.255.255.2555]/",
    "http://[fe80::1%25eth0]/",
    "http://[::1]a/",
    "http://[::1]:x/",
    "http://a[::1]/",
    "http://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]/",
    "http://пример.рф/",
    "http://a:80я/",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a/",
    "file:///etc/passwd",
    "mailto:a@b",
    "httpx://a/",
    "xhttp://a/",
    "http+unix://a/",
    "ws://a/",
};

static void what_is_no_address_is_refused(void)
{

    for (size_t i = 0; i < COUNT(no_addresses); i++)
        if (lp_validate_final_url(no_addresses[i]) != LEOPAY_FIELD_URL)
            CU_FAIL(no_addresses[i]);
    CU_PASS("all were looked at");
}

static void characters_are_refused(void)
{
    static const char *const bad[] = {
        "http://a/\t",        "http://a/\n",   "http://a\r/",           "\nhttp://a/",
        "http://a/\x1F",      "http://a/\x7F", "http://a/\x01",         "http://a/\xC2\x85",
        "http://a/?\xC2\x9F", "http://a/\x80", "http://a/\xFF",         "http://a/\xD0",
        "http://a/\xC0\xAF",  "ht\ttp://a/",   "http://a/\xED\xA0\x80",
    };

    for (size_t i = 0; i < COUNT(bad); i++)
        LP_ASSERT_INT(lp_validate_final_url(bad[i]), LEOPAY_FIELD_CHARACTERS);
}

static void every_ascii_character_of_a_path(void)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~!$&'()*+,;=:@/?#";

    for (int c = 1; c < 0x80; c++) {
        char url[] = "http://a/xx";
        url[9] = (char)c;
        CU_ASSERT_EQUAL(lp_validate_final_url(url) == 0, strchr(allowed, c) != NULL);
    }
}

static void every_ascii_character_of_a_host(void)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~!$&'()*+,;=";

    for (int c = 1; c < 0x80; c++) {
        char url[] = "http://axb/";
        url[8] = (char)c;
        /* These end the host, and what comes after them is no port but may be a path. */
        bool ends = c == '/' || c == '?' || c == '#';
        CU_ASSERT_EQUAL(lp_validate_final_url(url) == 0, strchr(allowed, c) || ends);
    }
}

static void length_is_in_bytes(void)
{
    char url[LEOPAY_URL_MAX + 2];

    memset(url, 'x', sizeof(url));
    memcpy(url, "http://a/", 9);
    url[LEOPAY_URL_MAX] = '\0';
    LP_ASSERT_INT(lp_validate_final_url(url), 0);
    memcpy(url + LEOPAY_URL_MAX - 2, "я", 3);
    LP_ASSERT_INT(lp_validate_final_url(url), 0);
    memcpy(url + LEOPAY_URL_MAX - 1, "я", 3);
    LP_ASSERT_INT(lp_validate_final_url(url), LEOPAY_FIELD_TOO_LONG);
    LP_ASSERT_INT(lp_validate_final_url(""), LEOPAY_FIELD_EMPTY);
    LP_ASSERT_INT(lp_validate_final_url(NULL), LEOPAY_FIELD_REQUIRED);
}

static void origins_are_normal(void)
{
    static const struct {
        const char *url, *origin;
    } cases[] = {
        {"https://shop.example", "https://shop.example"},
        {"https://shop.example/a?b#c", "https://shop.example"},
        {"https://shop.example?b", "https://shop.example"},
        {"HTTPS://Shop.EXAMPLE:8443/A", "https://shop.example:8443"},
        {"https://shop.example:443/", "https://shop.example"},
        {"http://shop.example:80/", "http://shop.example"},
        {"http://shop.example:0080/", "http://shop.example"},
        {"http://shop.example:/", "http://shop.example"},
        {"http://shop.example:443/", "http://shop.example:443"},
        {"https://shop.example:80/", "https://shop.example:80"},
        {"http://shop.example:0/", "http://shop.example:0"},
        {"http://shop.example:65535/", "http://shop.example:65535"},
        {"http://[2001:DB8::1]/", "http://[2001:db8::1]"},
        {"http://[::1]:8080/", "http://[::1]:8080"},
        {"http://a/@b.example", "http://a"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char origin[64] = "";
        CU_ASSERT_TRUE(lp_url_origin(cases[i].url, origin, sizeof(origin)));
        LP_ASSERT_TEXT(origin, cases[i].origin);
    }
}

static void no_origin_without_room_or_host(void)
{
    static const char *const none[] = {"",        "shop.example",   "//shop.example",
                                       "http://", "http:///a",      "http://a@b/",
                                       "data:x",  "http://a:65536/"};
    char origin[64] = "untouched";

    for (size_t i = 0; i < COUNT(none); i++)
        CU_ASSERT_FALSE(lp_url_origin(none[i], origin, sizeof(origin)));
    CU_ASSERT_FALSE(lp_url_origin("http://abc:81/", origin, 13));
    CU_ASSERT_FALSE(lp_url_origin("http://abc:81/", origin, 0));
    LP_ASSERT_TEXT(origin, "untouched");
    CU_ASSERT_TRUE(lp_url_origin("http://abc:81/", origin, 14));
    LP_ASSERT_TEXT(origin, "http://abc:81");
}

LP_TEST_MAIN("core/url", LP_TEST(addresses_are_taken), LP_TEST(what_is_no_address_is_refused),
             LP_TEST(characters_are_refused), LP_TEST(every_ascii_character_of_a_path),
             LP_TEST(every_ascii_character_of_a_host), LP_TEST(length_is_in_bytes),
             LP_TEST(origins_are_normal), LP_TEST(no_origin_without_room_or_host))
