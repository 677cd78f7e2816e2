/* SPDX-License-Identifier: MIT */
/* leopayd/pages: both languages, what is escaped, and that the policy allows the page's style. */
#include "leopayd/http/pages.h"

#include <openssl/evp.h>

#include "support/unit.h"

static char storage[12288];

static const char *write_page(int code, bool russian, const struct fault *faults, size_t count)
{
    struct text page;

    text_init(&page, storage, sizeof(storage));
    pages_write(&page, problem_get(code), russian, "0123abcd", faults, count);
    CU_ASSERT_FALSE(page.cut);
    return storage;
}

static bool has(const char *text)
{
    return strstr(storage, text) != NULL;
}

static void the_policy_allows_the_style_and_nothing_else(void)
{
    unsigned char digest[32];
    char encoded[64], allowed[128];

    pages_init();
    write_page(404, true, NULL, 0);
    const char *style = strstr(storage, "<style>") + strlen("<style>");
    const char *end = strstr(style, "</style>");
    EVP_Digest(style, (size_t)(end - style), digest, NULL, EVP_sha256(), NULL);
    EVP_EncodeBlock((unsigned char *)encoded, digest, sizeof(digest));
    snprintf(allowed, sizeof(allowed), "; style-src 'sha256-%s';", encoded);
    CU_ASSERT_PTR_NOT_NULL(strstr(pages_policy(), allowed));
    CU_ASSERT_EQUAL(strncmp(pages_policy(), "default-src 'none';", 19), 0);
    CU_ASSERT_PTR_NULL(strstr(pages_policy(), "unsafe"));
    CU_ASSERT_PTR_NULL(strstr(pages_policy(), "script"));
    CU_ASSERT_FALSE(has("<script"));
    CU_ASSERT_FALSE(has("style="));
    CU_ASSERT_FALSE(has("src="));
    CU_ASSERT_FALSE(has("url("));
}

static void both_languages(void)
{
    write_page(404, true, NULL, 0);
    CU_ASSERT_TRUE(has("<html lang=\"ru\">"));
    CU_ASSERT_TRUE(has("<h1>Страница не найдена</h1>"));
    CU_ASSERT_TRUE(has("<p>По этому адресу ничего нет.</p>"));
    CU_ASSERT_TRUE(has("Номер обращения: <code>0123abcd</code>"));
    write_page(404, false, NULL, 0);
    CU_ASSERT_TRUE(has("<html lang=\"en\">"));
    CU_ASSERT_TRUE(has("<title>Not found</title>"));
    CU_ASSERT_TRUE(has("<p>Check the address, or go back to the shop.</p>"));
    CU_ASSERT_TRUE(has("Reference: <code>0123abcd</code>"));
    CU_ASSERT_FALSE(has("<ul>"));
}

static void faults_are_escaped(void)
{
    const struct fault faults[] = {
        {"<b>\"'&", {"<i>English</i>", "<i>Русский</i>"}},
        {"", {"The body.", "Тело."}},
    };

    write_page(400, false, faults, 2);
    CU_ASSERT_TRUE(has("<ul>\n<li><code>&lt;b&gt;&quot;&#39;&amp;</code>: "
                       "&lt;i&gt;English&lt;/i&gt;</li>\n<li>The body.</li>\n</ul>"));
    write_page(400, true, faults, 2);
    CU_ASSERT_TRUE(has("&lt;i&gt;Русский&lt;/i&gt;"));
    CU_ASSERT_FALSE(has("<i>"));
}

LP_TEST_MAIN("leopayd/pages", LP_TEST(the_policy_allows_the_style_and_nothing_else),
             LP_TEST(both_languages), LP_TEST(faults_are_escaped))
