#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an order may be, what every other request is answered, and in which words."""

import json
import unittest
from urllib.parse import urlencode

from stack import SharedCase
from wire import request

ORDERS = "/api/v1/transactions/"
GOOD = {"amount": 10000, "billing": "demo", "billing_userid": 42, "final_url": "http://shop.example/done"}

BAD = [
    ("amount", ["missing", None, 0, -1, 1000000000000, 2**63, 10**30, True, False, 1.5, 10.0, "", " 100", "100 ", "+1",
                "-1", "1e2", "1.0", "0x1", "1_000", "٣", "1000000000000", [1], {"a": 1}, "NaN"]),
    ("billing", ["missing", None, "", "nobody", 1, True, ["demo"], {}, "demo\u0000", "DEMO", "x" * 300]),
    ("billing_userid", ["missing", None, "", True, 1.5, 2**63, -2**63 - 1, [1], {}, "a|b", "a\nb", "a\u0000b", "a\x7fb",
                        "x" * 251, "я" * 251]),
    ("final_url", ["missing", None, "", 1, "notaurl", "/relative", "//shop.example/", "ftp://shop.example/",
                   "javascript:alert(1)", "data:text/html,x", "http://", "http:///path", "https:shop.example",
                   "http://user@shop.example/", "http://user:pw@shop.example/", "http://shop.example/a b",
                   "http://shop.example/\\evil", "http:\\\\shop.example", "http://shop.example/\r\nX: y",
                   "http://shop.example/\t", " http://shop.example/", "http://shop.example/ ",
                   "http://shop.example/<a>", "http://shop.example/\"", "http://shop.example/^`{|}",
                   "http://shop.example/%zz", "http://[::1/", "http://shop.example:99999/", "http://shop.example:x/",
                   "http://sh op.example/", "http://shop.example/" + "a" * 2029]),
    ("service_id", [-1, 2147483648, 2**63, True, 1.5, "", "-1", "x", [1], {}]),
    ("description", [1, True, [1], "x" * 513]),
]

GOOD_CHANGES = [
    {"amount": 1}, {"amount": 999999999999}, {"amount": "10000"}, {"billing_userid": "0"},
    {"billing_userid": -2**63}, {"billing_userid": 2**63 - 1}, {"billing_userid": "я" * 250}, {"service_id": None},
    {"service_id": 0}, {"service_id": 2147483647}, {"description": "x" * 512},
    {"description": "Заказ № 7 «Я»"}, {"final_url": "http://shop.example/" + "a" * 2028},
    {"final_url": "http://127.0.0.1:8080/?a=b#c"}, {"final_url": "https://[::1]:8443/"}, {"unknown": {"a": [1]}},
]


def change(field, value):
    order = dict(GOOD)
    if value == "missing":
        del order[field]
    else:
        order[field] = value
    return json.dumps(order, ensure_ascii=False)


class Fields(SharedCase):
    def check_problem(self, answer, status, fields=None):
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.header("content-type").split(";")[0], "application/problem+json")
        problem = answer.json()
        for key in ("type", "title", "status", "detail", "instance"):
            self.assertIn(key, problem)
        self.assertEqual(problem["status"], status)
        if fields is not None:
            self.assertEqual([one["field"] for one in problem["errors"]], fields)
            self.assertTrue(all(one["message"] for one in problem["errors"]))
        return problem

    def test_each_bad_field(self):
        before = self.stored()
        for field, values in BAD:
            for value in values:
                with self.subTest(field=field, value=str(value)[:40]):
                    self.check_problem(self.stack.order(change(field, value)), 400, [field])
        self.assertEqual(self.stored(), before)

    def test_good_fields(self):
        for changes in GOOD_CHANGES:
            with self.subTest(changes=str(changes)[:60]):
                answer = self.stack.order(json.dumps({**GOOD, **changes}, ensure_ascii=False))
                self.assertEqual(answer.status, 302, answer.text)

    def stored(self):
        return len(self.stack.ctl("transaction", "list", "--format", "json", "--limit", "0").json())

    def test_all_at_once(self):
        body = json.dumps({"amount": 0, "billing": "", "final_url": "x", "billing_userid": "", "service_id": -1,
                           "description": "x" * 513})
        problem = self.check_problem(self.stack.order(body), 400)
        self.assertEqual(sorted(one["field"] for one in problem["errors"]),
                         sorted(["amount", "billing", "final_url", "billing_userid", "service_id", "description"]))
        problem = self.check_problem(self.stack.order("{}"), 400)
        self.assertEqual(sorted(one["field"] for one in problem["errors"]),
                         sorted(["amount", "billing", "final_url", "billing_userid"]))

    def test_disabled_billing(self):
        self.stack.add_billing("closed")
        self.assertEqual(self.stack.order(billing="closed").status, 302)
        self.stack.ctl("billing", "disable", "closed")
        self.check_problem(self.stack.order(billing="closed"), 400, ["billing"])
        self.stack.ctl("billing", "enable", "closed")
        self.assertEqual(self.stack.order(billing="closed").status, 302)

    def test_the_billing_is_named_beside_other_fields(self):
        self.stack.add_billing("strict", None, "0", "--allow-origin", "https://shop.example")
        self.check_problem(self.stack.order(billing="nobody", amount=-1), 400, ["amount", "billing"])
        self.check_problem(self.stack.order(billing="strict", amount=-1, final_url="https://evil.example/"), 400,
                           ["amount", "final_url"])
        self.check_problem(self.stack.order(billing="strict", amount=-1, final_url="https://shop.example/"), 400,
                           ["amount"])

    def test_the_key_is_named_beside_other_fields(self):
        bad = [("Idempotency-Key", "two words")]
        before = self.stored()
        for changes, fields in (({}, []), ({"billing": "nobody"}, ["billing"]), ({"amount": 0}, ["amount"]),
                                ({"billing": "nobody", "amount": 0}, ["amount", "billing"])):
            self.check_problem(self.stack.order(headers=bad, **changes), 400, ["Idempotency-Key", *fields])
        self.check_problem(self.stack.order("{", bad), 400, ["Idempotency-Key", ""])
        self.assertEqual(self.stored(), before)

    def test_origins(self):
        self.stack.add_billing("pinned", None, "0", "--allow-origin", "https://shop.example",
                               "--allow-origin", "http://other.example:8080")
        for url in ("https://shop.example", "https://shop.example/a", "https://shop.example:443/a?b",
                    "HTTPS://SHOP.example/", "http://other.example:8080/x"):
            self.assertEqual(self.stack.order(billing="pinned", final_url=url).status, 302, url)
        for url in ("http://shop.example/", "https://shop.example:8443/", "https://shop.example.evil.test/",
                    "https://evil.test/https://shop.example", "https://sub.shop.example/", "http://other.example/"):
            self.check_problem(self.stack.order(billing="pinned", final_url=url), 400, ["final_url"])

    def test_bad_bodies(self):
        bodies = [b"", b"{", b"[1]", b"null", b"1", b'"x"', b"{}x", b"\xff", b'{"amount": 1, "amount": 1}',
                  json.dumps(GOOD).encode()[:-1] + b', "amount": 1}', b'{"a": ' * 2500, b"\xef\xbb\xbf{}",
                  json.dumps(GOOD).encode("utf-16"), b'{"amount":"\xc3\x28"}', b'{"a":"\\ud800"}']
        for body in bodies:
            with self.subTest(body=body[:30]):
                self.check_problem(self.stack.order(body), 400)

    def test_repeated_form_field(self):
        body = urlencode(list(GOOD.items()) + [("amount", "1")])
        problem = self.check_problem(self.stack.order(body, content_type="application/x-www-form-urlencoded"), 400)
        self.assertEqual([one["field"] for one in problem["errors"]], ["amount"])

    def test_form_values(self):
        for changes, field in (({"amount": "1.5"}, "amount"), ({"amount": ""}, "amount"),
                               ({"final_url": "http://shop.example/%00"}, None),
                               ({"billing_userid": "a|b"}, "billing_userid"), ({"service_id": "x"}, "service_id")):
            answer = self.stack.order(urlencode({**GOOD, **changes}), content_type="application/x-www-form-urlencoded")
            if field:
                self.check_problem(answer, 400, [field])
        for text, kept in (("42", 42), ("-5", -5), ("007", "007"), ("+5", "+5"), ("9223372036854775808",) * 2,
                           ("-0", "-0"), ("abc", "abc")):
            number = self.stack.register(body=urlencode({**GOOD, "billing_userid": text}),
                                         content_type="application/x-www-form-urlencoded")
            self.assertEqual(self.stack.payment(number)["billing_userid"], kept)

    def test_media_types(self):
        body = json.dumps(GOOD)
        for kind in ("text/plain", "application/xml", "", "application/jsonx", "json"):
            answer = self.stack.order(body, content_type=kind)
            self.check_problem(answer, 415)
        for kind in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
            self.assertEqual(self.stack.order(body, content_type=kind).status, 302, kind)

    def test_multipart_files_are_refused(self):
        body = ('--s\r\nContent-Disposition: form-data; name="amount"; filename="a.txt"\r\n'
                'Content-Type: text/plain\r\n\r\n1\r\n--s--\r\n')
        self.assertEqual(self.stack.order(body, content_type="multipart/form-data; boundary=s").status, 400)
        for broken in ("--s\r\n", "no parts", "--s\r\nContent-Disposition: form-data\r\n\r\n1\r\n--s--\r\n"):
            self.assertEqual(self.stack.order(broken, content_type="multipart/form-data; boundary=s").status, 400)

    def test_size_of_the_body(self):
        filler = len(json.dumps({**GOOD, "x": ""}))
        self.assertEqual(self.stack.order(json.dumps({**GOOD, "x": "y" * (16384 - filler)})).status, 302)
        for size in (16385, 65536):
            self.check_problem(self.stack.order(json.dumps({**GOOD, "x": "y" * (size - filler)})), 413)


class Routes(SharedCase):
    def test_unknown_paths(self):
        for path in ("/", "/x", "/api", "/api/v1", "/api/v1/transaction/", "/api/v1/transactions/x/y", "/healthz",
                     "/metrics", "/api/v1/../v1/transactions/", "//api/v1/transactions/", "/API/v1/transactions/",
                     "/api/v1/transactions//", "/%61pi/v1/transactions/"):
            self.assertEqual(self.stack.get(path).status, 404, path)

    def test_trailing_slashes(self):
        body = json.dumps(GOOD).encode()
        head = [("Content-Type", "application/json")]
        for path in ("/api/v1/transactions", "/api/v1/transactions/", "/api/v1/transactions?x=1"):
            self.assertEqual(request(self.stack.port, "POST", path, head, body).status, 302, path)
        for path in ("/api/v1/transactions/approve", "/api/v1/sberbank/callback/", "/api/v1/sberbank/callback"):
            self.assertEqual(self.stack.get(path).status, 400, path)

    def test_methods(self):
        allowed = {"/api/v1/transactions/approve/": {"GET", "HEAD"}, "/api/v1/transactions/approve": {"GET", "HEAD"},
                   "/api/v1/transactions/approve_transaction/": {"GET", "HEAD"},
                   "/api/v1/sberbank/callback": {"GET", "POST", "HEAD"}}
        for path, methods in allowed.items():
            for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "POST", "FOO"):
                if method in methods:
                    continue
                answer = self.stack.get(path, method=method)
                self.assertEqual(answer.status, 405, (method, path))
                self.assertEqual({one.strip() for one in answer.header("allow").split(",")} | {"HEAD"},
                                 methods | {"HEAD"})

    def test_head(self):
        get = self.stack.get("/api/v1/transactions/approve/?t=x")
        head = self.stack.get("/api/v1/transactions/approve/?t=x", method="HEAD")
        self.assertEqual((head.status, head.body), (404, b""))
        self.assertEqual(head.header("content-type"), get.header("content-type"))
        number = self.stack.register()
        path = self.stack.bank_order(number)["return_url"].removeprefix(self.stack.base)
        self.assertEqual(self.stack.get(path, method="HEAD").header("location"), GOOD["final_url"])

    def test_negotiation(self):
        html = ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
        for path, status in (("/api/v1/transactions/approve/?t=x", 404), ("/nowhere", 404),
                             ("/api/v1/transactions/approve/", 400)):
            page = self.stack.get(path, [html])
            self.assertEqual(page.status, status)
            self.assertTrue(page.header("content-type").startswith("text/html; charset=utf-8"), page.headers)
            self.assertIn('lang="ru"', page.text)
            self.assertRegex(page.text, "[а-яё]{3}")
            self.check_page(page)
            english = self.stack.get(path, [html, ("Accept-Language", "en-US,en;q=0.9")])
            self.assertIn('lang="en"', english.text)
            self.assertNotRegex(english.text, "[а-яё]{3}")
            russian = self.stack.get(path, [html, ("Accept-Language", "ru,en;q=0.5")])
            self.assertIn('lang="ru"', russian.text)
            last = self.stack.get(path, [("Accept", "application/json, text/html;q=0.1")])
            self.assertTrue(last.header("content-type").startswith("text/html"), "it is among what is accepted")
            for accept in ([], [("Accept", "*/*")], [("Accept", "application/json")], [("Accept", "application/xml")],
                           [("Accept", "application/json, text/html;q=0")]):
                plain = self.stack.get(path, accept)
                self.assertEqual(plain.header("content-type").split(";")[0], "application/problem+json")
                self.assertEqual(plain.json()["status"], status)

    def check_page(self, page):
        policy = page.header("content-security-policy")
        self.assertTrue(policy.startswith("default-src 'none'"), policy)
        self.assertEqual(page.header("x-content-type-options"), "nosniff")
        self.assertEqual(page.header("cache-control"), "no-store")
        self.assertNotIn("<script", page.text.lower())
        self.assertNotIn("http://", page.text.replace("http://www.w3.org", ""))

    def test_errors_of_an_order_are_negotiated(self):
        for body, status, kind in ((b"{}", 400, "application/json"), (b"x", 415, "text/plain"),
                                   (b"x" * 20000, 413, "application/json")):
            answer = self.stack.order(body, [("Accept", "text/html")], kind)
            self.assertEqual(answer.status, status)
            self.assertTrue(answer.header("content-type").startswith("text/html"))

    def test_nothing_of_the_request_becomes_html(self):
        payload = "<script>alert(1)</script>"
        answer = self.stack.order(amount=payload, billing=payload, headers=[("Accept", "text/html")])
        self.assertEqual(answer.status, 400)
        self.assertNotIn("<script", answer.text)

    def test_host_is_never_believed(self):
        answer = self.stack.order(headers=[("Host", "evil.test"), ("X-Forwarded-Host", "evil.test")])
        order = self.stack.bank_order(answer.header("leopay-transaction-id"))
        self.assertTrue(order["return_url"].startswith(self.stack.base + "/"))

    def test_ops_listener(self):
        self.assertEqual(request(self.stack.ops_port, "GET", "/healthz").status, 200)
        self.assertEqual(request(self.stack.ops_port, "GET", "/readyz").status, 200)
        metrics = request(self.stack.ops_port, "GET", "/metrics")
        self.assertTrue(metrics.header("content-type").startswith("text/plain"))
        names = {line.split("{")[0].split(" ")[0] for line in metrics.text.splitlines()
                 if line and not line.startswith("#")}
        self.assertTrue(names)
        self.assertEqual({name for name in names if not name.startswith("leopay_")}, set())
        self.assertEqual(request(self.stack.ops_port, "GET", ORDERS).status, 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
