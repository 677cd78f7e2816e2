#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where a payer may be sent: nowhere but to the origins of the billing, and by the very bytes that the shop gave."""

import re
import unittest
from urllib.parse import urlsplit

from stack import SharedCase

# Of a billing that allows the origins https://shop.example and http://local.example:8080 alone.
REFUSED = [
    # not absolute, or another scheme
    "//evil.test/", "///evil.test/", "////evil.test/", "/\\evil.test/", "\\\\evil.test/", "/", "", "evil.test",
    "shop.example",
    "https:evil.test", "https:/evil.test", "https:///evil.test", "https:\\\\evil.test", "https:/\\evil.test",
    "https://",
    "https:shop.example/", "https:/shop.example/", "https:///shop.example/", "://shop.example/", "//shop.example/",
    "javascript:alert(1)", "javascript://shop.example/%0aalert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "ftp://shop.example/",
    "ws://shop.example/",
    "blob:https://shop.example/x", "view-source:https://shop.example/", "https;//shop.example/",
    "httpss://shop.example/",
    "http://shop.example/", "https+x://shop.example/",
    # blanks and controls, which some readers skip
    " https://shop.example/", "https://shop.example/ ", "\thttps://shop.example/", "https://shop.example/\t",
    "ht\ntps://shop.example/", "https://shop.example/\r\nLocation: https://evil.test/", "https://shop.example/\n",
    "https://shop.example/\x00", "https://shop.example/\x7f", "https://shop.example/\x85",
    "https://shop.example\t.evil.test/",
    "https://shop.example\n@evil.test/", "https://shop.example\x0b/", "\x01https://shop.example/",
    "\ufeffhttps://shop.example/",
    "https://shop.example \u3000/", "\u00a0https://shop.example/",
    # user info
    "https://shop.example@evil.test/", "https://shop.example:443@evil.test/", "https://user@shop.example/",
    "https://@shop.example/",
    "https://:@shop.example/", "https://shop.example%40evil.test/", "https://evil.test@shop.example/",
    "https://shop.example@@evil.test/", "https://a:b@c:d@shop.example/",
    # backslashes and other separators in the authority
    "https://shop.example\\@evil.test/", "https://shop.example\\.evil.test/", "https://evil.test\\.shop.example/",
    "https://evil.test\\shop.example/", "https://shop.example;evil.test/", "https://shop.example,evil.test/",
    "https://shop.example&evil.test/", "https://shop.example$evil.test", "https://shop.example!evil.test/",
    "https://shop.example%2fevil.test/", "https://evil.test%2f.shop.example/", "https://evil.test%23.shop.example/",
    "https://evil.test%5c.shop.example/", "https://shop.example%00.evil.test/", "https://shop.example%0d%0a.evil.test/",
    "https://shop.example|evil.test/", "https://shop.example^evil.test/", "https://shop.example<evil.test/",
    "https://{shop.example}/", "https://shop.example`/", "https://shop.example\"/",
    # hosts that look alike
    "https://evil.test/", "https://shop.example.evil.test/", "https://evilshop.example/", "https://sub.shop.example/",
    "https://shop.exampl/", "https://shop.example./", "https://shop..example/", "https://.shop.example/",
    "https://shop.examplee/",
    "https://shop-example/", "https://shop%2eexample/", "https://sho%70.example/", "https://xn--shop-.example/",
    "https://ѕhop.example/", "https://shop。example/", "https://ｓhop.example/", "https://shop.exa\u00admple/",
    "https://shop.example\u2044evil.test/", "https://shop\u200b.example/", "https://shop.example\uff0fevil.test/",
    "https://evil.test/https://shop.example/", "https://evil.test/?https://shop.example",
    "https://evil.test/#shop.example",
    "https://evil.test#shop.example", "https://evil.test?shop.example", "https://evil.test:443#@shop.example/",
    "https://evil.test#@shop.example/", "https://evil.test?@shop.example/",
    # ports
    "https://shop.example:80/", "https://shop.example:8443/", "https://shop.example:65979/",
    "https://shop.example:-443/",
    "https://shop.example:443443/", "https://shop.example:4294967739/", "https://shop.example:443.evil.test/",
    "https://shop.example:0x1bb/", "https://shop.example:443a/", "https://shop.example:443:443/",
    "https://shop.example:+443/",
    "http://local.example/", "http://local.example:80/", "https://local.example:8080/", "http://local.example:8081/",
    # addresses
    "https://127.0.0.1/", "https://[::1]/", "https://[shop.example]/", "https://[::ffff:127.0.0.1]/", "https://0/",
    "https://2130706433/",
    "https://[::1%25shop.example]/", "https://[::1].shop.example/", "https://[", "https://]/",
    # escapes that are none, lengths
    "https://shop.example/%", "https://shop.example/%0", "https://shop.example/%zz", "https://shop.example/##",
    "https://shop.example/" + "a" * 8192, "https://" + "a" * 8192 + ".shop.example/",
    "https://" + "shop.example@" * 500 + "evil.test/",
]

ALLOWED = [
    "https://shop.example", "https://shop.example/", "https://shop.example:443/", "https://shop.example:0443/",
    "https://shop.example:/", "HTTPS://SHOP.EXAMPLE/", "hTTps://Shop.Example/A", "https://shop.example?a=b",
    "https://shop.example#a", "https://shop.example/?next=https://evil.test/", "https://shop.example//evil.test/",
    "https://shop.example/@evil.test/", "https://shop.example/%0d%0aLocation:%20https://evil.test/",
    "https://shop.example/%00",
    "https://shop.example/%5c%5cevil.test/", "https://shop.example/..//../evil.test",
    "https://shop.example/;@evil.test",
    "https://shop.example/спасибо?заказ=№7#да", "https://shop.example/\u2028\u202e", "https://shop.example/😀",
    "https://shop.example/a:b@c/d?e/f?g=h&i#j/k?l", "http://local.example:8080/x", "http://local.example:08080",
    "https://shop.example/" + "a" * 2027,
]

# Of a billing that allows all: still only http and https, and nothing that two readers take for two places.
NO_URLS = [url for url in REFUSED if not re.match(r"https?://[\w.-]+(:\d{1,5})?([/?#]|$)", url, re.I | re.A)
           and not re.match(r"https://[\w.!$&,;%-]+/?$", url, re.A) and not re.match(r"https://\[[0-9a-f:.]+\]/$", url)]


class Redirect(SharedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stack.add_billing("pinned", None, "0", "--allow-origin", "https://shop.example",
                              "--allow-origin", "http://local.example:8080")

    def refuse(self, url, billing):
        answer = self.stack.order(final_url=url, billing=billing)
        self.assertEqual(answer.status, 400, answer.text)
        self.assertEqual([one["field"] for one in answer.json()["errors"]], ["final_url"])

    def lead(self, url, billing):
        """The payer is sent to the bytes of the shop, in one header and by no other."""
        number = self.stack.register(final_url=url, billing=billing)
        answer = self.stack.come_back(number)
        self.assertEqual(answer.status, 302)
        self.assertEqual(answer.header("location").encode("latin-1"), url.encode())
        self.assertNotRegex(answer.head.replace(b"\r\n", b""), rb"[\x00-\x1f\x7f]")
        self.assertEqual(answer.body, b"")

    def test_origins_are_exact(self):
        self.assertGreater(len(REFUSED), 100)
        for url in REFUSED:
            with self.subTest(url=url[:80]):
                self.refuse(url, "pinned")

    def test_what_is_allowed_is_given_back_as_it_was(self):
        for url in ALLOWED:
            with self.subTest(url=url[:80]):
                self.lead(url, "pinned")
                parts = urlsplit(url)
                self.assertIn((parts.scheme, parts.hostname, parts.port or 443),
                              (("https", "shop.example", 443), ("http", "local.example", 8080)))

    def test_without_origins_it_must_be_a_url_all_the_same(self):
        self.assertGreater(len(NO_URLS), 60)
        for url in NO_URLS:
            with self.subTest(url=url[:80]):
                self.refuse(url, "demo")

    def test_the_bank_s_page_is_looked_at_as_well(self):
        """An answer of the bank becomes a Location too."""
        for url in ("javascript:alert(1)", "//evil.test/", "/pay", "https:evil.test", "http://", "ftp://bank.test/",
                    "https://bank.test/\r\nX: y", "https://bank.test/\t", "https://bank.test/\x7f",
                    "https://bank.test/\x85",
                    "https://bank test/", "https:///pay"):
            with self.subTest(url=url):
                self.stack.knobs(form_url=url)
                answer = self.stack.order()
                self.assertEqual(answer.status, 502, answer.header("location"))
                self.assertIsNone(answer.header("location"))
        self.stack.knobs(form_url="")
        self.assertEqual(self.stack.order().status, 302)


if __name__ == "__main__":
    unittest.main(verbosity=2)
