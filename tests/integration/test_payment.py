#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A payment from the order to the billing's acknowledgement, and every byte that others see of it."""

import json
import re
import unittest
from datetime import datetime, timedelta, timezone

import signature
from stack import Case, SharedCase, wait_for
from wire import Billing


class WholePayment:
    """The tests of both gateways' protocols; subclasses say which."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = Billing()
        cls.addClassCleanup(cls.billing.close)
        cls.stack.add_billing("listening", cls.billing.url, "2.5")
        cls.stack.add_billing("older", cls.billing.url, "7", "--wire", "older")

    def confirmation(self, number):
        return wait_for(f"the confirmation of {number}", lambda: self.billing.of(number))[0]

    def check_signature(self, body):
        self.assertRegex(body, signature.BODY)
        self.assertTrue(signature.BODY.fullmatch(body))
        self.assertTrue(signature.verify_by_integers(self.stack.public_key, body))
        self.assertTrue(signature.verify_by_openssl(self.stack.public_key, body))
        self.assertFalse(signature.verify_by_integers(self.stack.public_key, body.replace(b'"id": ', b'"id": 9')))

    def test_redirect_to_the_bank(self):
        answer = self.stack.order()
        self.assertEqual(answer.status, 302)
        number = answer.header("leopay-transaction-id")
        self.assertRegex(number, r"^[1-9][0-9]*$")
        order = self.stack.bank_order(number)
        self.assertIn(order["orderId"], answer.header("location"))
        self.assertEqual(order["amount"], 10000)
        self.assertEqual(self.stack.status(number), "registered")
        self.assertEqual(answer.header("cache-control"), "no-store")
        self.assertNotRegex(answer.header("server") or "", r"\d")

    def test_json_answer(self):
        answer = self.stack.order(headers=[("Accept", "application/json")])
        self.assertEqual(answer.status, 302)
        number = int(answer.header("leopay-transaction-id"))
        self.assertEqual(answer.json(), {"id": number, "payment_url": answer.header("location")})
        self.assertRegex(answer.header("content-type"), "^application/json")

    def test_form_order(self):
        body = ("amount=777&billing=demo&billing_userid=42&final_url=http%3A%2F%2Fshop.example%2F%3Fa%3D1%26b%3D2"
                "&service_id=5&description=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+7&unknown=x")
        number = self.stack.register(body=body, content_type="application/x-www-form-urlencoded; charset=UTF-8")
        shown = self.stack.payment(number)
        self.assertEqual((shown["amount"], shown["billing_userid"], shown["service_id"]), (777, 42, 5))
        self.assertEqual(shown["final_url"], "http://shop.example/?a=1&b=2")

    def test_multipart_order(self):
        fields = {"amount": "778", "billing": "demo", "billing_userid": "007", "final_url": "https://shop.example/d"}
        parts = "".join(f'--sep\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                        for name, value in fields.items())
        number = self.stack.register(body=parts + "--sep--\r\n", content_type="multipart/form-data; boundary=sep")
        shown = self.stack.payment(number)
        self.assertEqual((shown["amount"], shown["billing_userid"]), (778, "007"))

    def test_return_gives_final_url_as_it_was(self):
        for url in ("http://shop.example", "https://shop.example:8443/a/../b?x=%2f&y=1+2#frag",
                    "http://shop.example/путь?где=тут", "HTTP://Shop.Example/%7Euser?a='b'"):
            with self.subTest(url=url):
                number = self.stack.register(final_url=url)
                order = self.stack.bank_order(number)
                token = re.search(r"[?&]t=([^&]+)", order["return_url"]).group(1)
                self.assertGreaterEqual(len(token), 16)
                for path in (f"approve/?t={token}", f"approve?t={token}&lang=ru", f"approve_transaction/?t={token}",
                             f"approve/?orderId={order['orderId']}", f"approve/?mdOrder={order['orderId']}&x=1"):
                    answer = self.stack.get("/api/v1/transactions/" + path)
                    self.assertEqual(answer.status, 302, path)
                    location = answer.header("location").encode("latin-1").decode()
                    self.assertEqual(location, url)
                    self.assertEqual(answer.header("cache-control"), "no-store")

    def test_any_of_the_three_finds_the_order(self):
        number = self.stack.register()
        order = self.stack.bank_order(number)
        good = {"t": re.search(r"[?&]t=([^&]+)", order["return_url"]).group(1), "orderId": order["orderId"],
                "mdOrder": order["orderId"]}
        bad = {"t": f"{number}-{32 * '0'}", "orderId": "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10", "mdOrder": "nobody"}
        for one in good:
            query = "&".join(f"{name}={good[name] if name == one else bad[name]}" for name in good)
            self.assertEqual(self.stack.get("/api/v1/transactions/approve?" + query).status, 302, query)
        query = "&".join(f"{name}={value}" for name, value in bad.items())
        self.assertEqual(self.stack.get("/api/v1/transactions/approve?" + query).status, 404)

    def test_return_of_nobody(self):
        for path, status in (("approve/", 400), ("approve/?lang=ru", 400), ("approve/?t=none", 404),
                             ("approve?orderId=0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10", 404)):
            self.assertEqual(self.stack.get("/api/v1/transactions/" + path).status, status, path)

    def test_confirmation(self):
        before = datetime.now(timezone.utc)
        number = self.stack.pay(billing="listening", amount=12345, billing_userid=42)
        got = self.confirmation(number)
        body = got.json()
        self.assertEqual(list(body), ["id", "account_id", "amount", "payment_date", "signature"])
        self.assertEqual((body["id"], body["account_id"], body["amount"]), (number, 42, 12345 - 309))
        self.check_signature(got.body)
        paid = datetime.fromisoformat(body["payment_date"])
        self.assertLess(abs(paid - before), timedelta(seconds=30))
        self.assertEqual(got.line, "POST /confirm HTTP/1.1")
        self.assertEqual(got.headers["content-type"], "application/json")
        self.assertRegex(got.headers["user-agent"], r"^leopay/\d+\.\d+\.\d+")
        self.assertEqual(got.headers["idempotency-key"], f"leopay-{number}")
        self.assertEqual(got.headers["leopay-key-id"], signature.key_id(self.stack.public_key))
        self.assertEqual(got.headers["leopay-attempt"], "1")
        self.assertNotIn("expect", got.headers)
        shown = self.stack.wait_status(number, "notified")
        self.assertEqual((shown["amount"], shown["commission"], shown["net_amount"]), (12345, 309, 12036))
        self.assertEqual(shown["attempts"], 1)
        self.assertIsNotNone(shown["paid_at"])
        self.assertIsNotNone(shown["notified_at"])
        self.assertEqual(len(self.billing.of(number)), 1)

    def test_payment_date_is_the_banks(self):
        self.stack.knobs(deposited_date_offset_ms=-86_400_123)
        try:
            number = self.stack.pay(billing="listening")
            date = self.confirmation(number).json()["payment_date"]
        finally:
            self.stack.knobs(deposited_date_offset_ms=0)
        age = datetime.now(timezone.utc) - datetime.fromisoformat(date)
        self.assertLess(abs(age - timedelta(days=1)), timedelta(seconds=60))

    def test_account_ids_keep_their_type(self):
        for userid in (0, -5, 9223372036854775807, "42", "007", "a b\"\\/😀", "пользователь-7", "x" * 250):
            with self.subTest(userid=userid):
                number = self.stack.pay(billing="listening", billing_userid=userid)
                got = self.confirmation(number)
                self.assertEqual(got.json()["account_id"], userid)
                self.assertIs(type(got.json()["account_id"]), type(userid))
                self.assertTrue(got.body.isascii())
                self.check_signature(got.body)
                self.assertEqual(self.stack.payment(number)["billing_userid"], userid)

    def test_older_wire(self):
        number = self.stack.pay(billing="older", amount=100, billing_userid=43)
        got = self.confirmation(number)
        self.assertTrue(got.body.startswith(f'{{"id": {number}, "account_id": "43", "amount": 93.0, '.encode()))
        self.check_signature(got.body)

    def test_whole_commission(self):
        self.stack.add_billing("free", self.billing.url, "100")
        number = self.stack.pay(billing="free")
        self.assertEqual(self.confirmation(number).json()["amount"], 0)
        self.stack.wait_status(number, "notified")

    def test_leopayctl_verifies(self):
        number = self.stack.pay(billing="listening")
        body = self.confirmation(number).body
        self.stack.ctl("verify", "--key", self.stack.public_key, stdin=body)
        self.stack.ctl("verify", "--key", self.stack.public_key, stdin=body.replace(b'"amount": ', b'"amount": 1'),
                       code=4)

    def test_a_return_proves_nothing(self):
        number = self.stack.register(billing="listening")
        asked = self.stack.bank_order(number)["status_questions"]
        self.stack.come_back(number)
        wait_for("the bank was asked", lambda: self.stack.bank_order(number)["status_questions"] > asked)
        self.assertEqual(self.stack.status(number), "registered")
        self.assertEqual(self.billing.of(number), [])

    def test_repeated_returns_confirm_once(self):
        number = self.stack.pay(billing="listening")
        for _ in range(5):
            self.stack.come_back(number)
        self.stack.wait_status(number, "notified")
        for _ in range(5):
            self.stack.come_back(number)
        self.assertEqual(len(self.billing.of(number)), 1)

    def test_sandbox_billing_agrees(self):
        number = self.stack.pay()
        self.stack.wait_status(number, "notified")
        receipts = self.stack.bank("GET", "/sandbox/billing/receipts?name=demo")["receipts"]
        mine = [one for one in receipts if json.loads(one["body"])["id"] == number]
        self.assertEqual(len(mine), 1)


class NewerGateway(WholePayment, SharedCase):
    settings = {"protocol": "ecom"}


class OlderGateway(WholePayment, SharedCase):
    settings = {"protocol": "rbs"}


class Settings(Case):
    def test_order_prefix(self):
        stack = self.new_stack(LEOPAY_ORDER_PREFIX="shop-")
        number = stack.register()
        self.assertIsNotNone(stack.bank_order(f"shop-{number}"))

    def test_commission_is_kept_with_the_payment(self):
        stack = self.new_stack()
        agent = stack.add_billing("kept", None, "10")
        number = stack.register(billing="kept")
        stack.ctl("counteragent", "edit", agent, "--commission", "50")
        self.assertEqual(stack.payment(number)["net_amount"], 9000)
        self.assertEqual(stack.payment(stack.register(billing="kept"))["net_amount"], 5000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
