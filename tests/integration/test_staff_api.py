#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Payments over HTTP for staff and billings' servers: tokens, scopes, filters, pages, and the document that says so."""

import hashlib
import json
import os
import unittest
from urllib.parse import quote, urlencode, urlsplit

from schema import Schemas
from stack import ROOT, Case, SharedCase, free_port
from test_cli import FIELDS
from wire import request

LIST = "/api/v1/transactions"
ITEM = "/api/v1/transactions/{id}"
DOCUMENT = os.path.join(ROOT, "leopayd", "openapi.json")
TOKEN = r"^leopay_[0-9a-f]{64}\n$"


class ApiCase(SharedCase):
    """A stack with two billings, and tokens: for all, and for one of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(DOCUMENT, encoding="utf-8") as file:
            cls.schemas = Schemas(json.load(file))
        cls.stack.add_billing("other")
        cls.all = cls.add_token("--name", "all")
        cls.own = cls.add_token("--name", "demo's server", "--billing", "demo")
        cls.foreign = cls.stack.register(billing="other")
        cls.ids = [cls.stack.register(billing_userid=one) for one in (1, "2", "три", -2**63, 2**63 - 1)]

    @classmethod
    def add_token(cls, *args):
        done = cls.stack.ctl("token", "add", *args)
        assert not done.err, done.err
        return done.out.strip()

    def call(self, path, token, method="GET", template=None, status=200, port=None, headers=()):
        """A request whose answer is as expected and as the document has it."""
        if token:
            headers = [("Authorization", f"Bearer {token}"), *headers]
        answer = request(port or self.stack.port, method, path, list(headers))
        self.assertEqual(answer.status, status, answer.text)
        if template:
            self.assertEqual(list(self.schemas.answer_faults(template, method, answer)), [])
        return answer

    def list(self, token=None, expect=200, **filters):
        query = "?" + urlencode(filters, doseq=True) if filters else ""
        return self.call(LIST + "/" + query, token or self.all, template=LIST, status=expect)

    def found(self, token=None, **filters):
        return [one["id"] for one in self.list(token, **filters).json()["results"]]

    def show(self, number, token=None, status=200, **more):
        return self.call(f"{LIST}/{number}", token or self.all, template=ITEM, status=status, **more)


class Tokens(ApiCase):
    def test_nobody_is_let_in_without_a_good_token(self):
        wrong = [[], [("Authorization", "Bearer")], [("Authorization", "Bearer ")], [("Authorization", self.all)],
                 [("Authorization", f"Basic {self.all}")], [("Authorization", f"Bearer {self.all}0")],
                 [("Authorization", f"Bearer {self.all[:-1]}")], [("Authorization", f"Bearer {self.all} x")],
                 [("Authorization", f"Bearer {self.all.upper()}")], [("Authorization", "Bearer leopay_" + "0" * 64)],
                 [("Authorization", f"Bearer {self.all}"), ("Authorization", f"Bearer {self.own}")]]
        for headers in wrong:
            for path, template in ((f"{LIST}/?nonsense=1", LIST), (f"{LIST}/{self.ids[0]}", ITEM), (f"{LIST}/0", ITEM)):
                with self.subTest(headers=headers, path=path):
                    answer = self.call(path, None, template=template, status=401, headers=headers)
                    self.assertTrue(answer.header("www-authenticate").startswith('Bearer realm="leopay"'))
        self.call(f"{LIST}/?access_token={self.all}", None, status=401)

    def test_the_scheme_is_no_matter_of_case(self):
        self.call(LIST, None, headers=[("authorization", f"bearer  {self.all}")])

    def test_add_prints_the_token_and_nothing_else(self):
        done = self.stack.ctl("token", "add", "--name", "x")
        self.assertRegex(done.out, TOKEN)
        self.assertEqual(done.err, "")
        self.stack.ctl("token", "add", "--name", "x", "--billing", "nobody", code=3)
        self.stack.ctl("token", "add", code=2)
        self.stack.ctl("token", "add", "--name", "", code=2)
        self.assertNotEqual(done.out, self.stack.ctl("token", "add", "--name", "x").out)

    def test_the_database_has_a_hash_alone(self):
        rows = self.stack.postgres.sql("SELECT t.*::text FROM leopay.tokens t", self.stack.database)
        text = str(rows)
        for token in (self.all, self.own):
            self.assertNotIn(token, text)
            self.assertNotIn(token.removeprefix("leopay_"), text)
            self.assertIn(hashlib.sha256(token.encode()).hexdigest(), text)

    def test_list_and_time_of_use(self):
        self.list()
        rows = self.stack.ctl("token", "list", "--format", "json").json()
        mine = {one["name"]: one for one in rows}
        self.assertEqual(list(mine["all"]), ["id", "name", "billing", "created_at", "last_used_at", "revoked_at"])
        self.assertIsNone(mine["all"]["billing"])
        self.assertIsNone(mine["all"]["revoked_at"])
        self.assertGreater(mine["all"]["last_used_at"], mine["all"]["created_at"])
        self.assertEqual(mine["demo's server"]["billing"], "demo")
        self.assertIn("demo's server", self.stack.ctl("token", "list").out)

    def test_roles(self):
        sql = self.stack.postgres.sql
        for role in ("accountant", "operator"):
            sql(f"CREATE ROLE {role}_of_tokens LOGIN IN ROLE leopay_{role}", self.stack.database)
        url = {role: {"LEOPAY_DATABASE_URL": self.stack.postgres.url(self.stack.database, f"{role}_of_tokens")}
               for role in ("accountant", "operator")}
        for args in (["list"], ["add", "--name", "x"], ["revoke", "1"]):
            done = self.stack.ctl("token", *args, code=1, **url["accountant"])
            self.assertIn("permission denied", done.err)
            self.assertEqual(done.out, "")
        self.stack.ctl("transaction", "list", **url["accountant"])
        token = self.stack.ctl("token", "add", "--name", "operator's", **url["operator"]).out.strip()
        self.list(token)
        listed = self.stack.ctl("token", "list", "--format", "json", **url["operator"]).json()
        self.stack.ctl("token", "revoke", listed[-1]["id"], **url["operator"])
        self.list(token, expect=401)

    def test_revocation_holds_for_the_next_request_everywhere(self):
        ports = [free_port(), free_port()]
        self.stack.postgres.sql("CREATE ROLE daemon_of_tokens LOGIN IN ROLE leopay_daemon", self.stack.database)
        self.stack.start_daemon(LEOPAY_DATABASE_URL=self.stack.postgres.url(self.stack.database, "daemon_of_tokens"),
                                LEOPAY_LISTEN=f"127.0.0.1:{ports[0]}", LEOPAY_OPS_LISTEN=f"127.0.0.1:{ports[1]}",
                                LEOPAY_BASE_URL="https://pay.example/leopay/")
        token = self.add_token("--name", "short")
        first = self.call(f"{LIST}/?limit=1", token, template=LIST, port=ports[0]).json()
        self.assertTrue(first["next"].startswith("https://pay.example/leopay/api/v1/transactions/?limit=1&after="))
        self.list(token)
        number = [one["id"] for one in self.stack.ctl("token", "list", "--format", "json").json()][-1]
        revoked = [self.stack.ctl("token", "revoke", number, "--format", "json").json() for _ in range(2)]
        self.assertEqual(revoked[0]["revoked_at"], revoked[1]["revoked_at"])
        for port in (ports[0], self.stack.port):
            self.call(LIST, token, status=401, port=port)
        self.stack.ctl("token", "revoke", "999999", code=3)
        self.stack.ctl("token", "revoke", "x", code=2)

    def test_a_token_of_one_billing(self):
        self.assertEqual(self.found(self.own), self.ids[::-1])
        self.assertEqual(self.found(self.own, billing="demo"), self.ids[::-1])
        self.list(self.own, expect=403, billing="other")
        self.list(self.own, expect=403, billing="nobody")
        order = self.show(self.foreign).json()["order_id"]
        self.assertEqual(self.found(orderId=order), [self.foreign])
        self.assertEqual(self.found(self.own, orderId=order), [])
        self.show(self.ids[0], self.own)
        missing = self.show(999999, self.own, 404).json()
        hidden = self.show(self.foreign, self.own, 404).json()
        self.assertEqual({**hidden, "instance": 0}, {**missing, "instance": 0})
        self.assertIn(self.foreign, self.found())

    def test_the_log_has_no_token(self):
        self.list(self.own, expect=403, billing="other")
        self.call(f"{LIST}/?token={self.all}", self.all, status=400)
        log = self.stack.daemons[0].log_text()
        self.assertIn("status=403", log)
        for token in (self.all, self.own):
            self.assertNotIn(token.removeprefix("leopay_"), log)


class Payments(ApiCase):
    def test_fields_are_those_of_the_tool(self):
        rows = self.list().json()["results"]
        self.assertEqual(rows, self.stack.ctl("transaction", "list", "--format", "json").json())
        for row in rows:
            self.assertEqual(list(row), FIELDS)
            self.assertEqual(self.show(row["id"]).json(), row)
        users = {row["id"]: row["billing_userid"] for row in rows}
        self.assertEqual([users[one] for one in self.ids], [1, "2", "три", -2**63, 2**63 - 1])

    def test_a_finished_payment(self):
        self.stack.add_billing("third")
        number = self.stack.pay(billing="third", service_id=7)
        self.stack.wait_status(number, "notified")
        row = self.show(number).json()
        self.assertEqual(row["service_id"], 7)
        self.assertEqual(row["currency"], "643")
        self.assertEqual(row["bank_status"], 2)
        for name in ("paid_at", "notified_at", "order_id", "card", "card_expiry"):
            self.assertIsNotNone(row[name], name)
        self.assertEqual(self.found(orderId=row["order_id"]), [number])
        self.assertEqual(self.found(search=row["order_id"][3:20].upper()), [number])
        self.assertEqual(self.found(bank_status=2, status="notified"), [number])
        self.assertEqual(self.found(paid_from=row["paid_at"], paid_to=row["paid_at"]), [number])
        self.assertEqual(self.found(paid_to="2001-01-01"), [])

    def test_ids_that_are_none(self):
        for text in ("0", "01", "999999999", str(2**63 - 1), str(2**63), "9" * 40):
            self.show(text, status=404)
        for text in ("x", "1x", "-1", "1/2", "%31"):
            self.call(f"{LIST}/{text}", self.all, status=404)

    def test_methods_and_slashes(self):
        for path in (LIST, LIST + "/", f"{LIST}/{self.ids[0]}", f"{LIST}/{self.ids[0]}/"):
            got = self.call(path, self.all)
            head = self.call(path, self.all, "HEAD")
            self.assertEqual(head.header("content-length"), str(len(got.body)))
            self.assertEqual(got.header("content-type"), "application/json")
            self.assertEqual(got.header("cache-control"), "no-store")
        allowed = {LIST: "GET, HEAD, POST", f"{LIST}/{self.ids[0]}": "GET, HEAD", "/api/v1/openapi.json": "GET, HEAD"}
        for path, allow in allowed.items():
            answer = self.call(path, self.all, "DELETE", status=405)
            self.assertEqual(answer.header("allow"), allow)

    def test_filters(self):
        newest = self.ids[::-1]
        self.assertEqual(self.found(billing="demo", status="registered"), newest)
        self.assertEqual(self.found(billing="demo", status=["paid", "registered"]), newest)
        self.assertEqual(self.found(billing="demo", status="paid,registered"), newest)
        self.assertEqual(self.found(billing="other"), [self.foreign])
        self.assertEqual(self.found(billing="nobody"), [])
        self.assertEqual(self.found(counteragent="other's"), [self.foreign])
        self.assertIn(self.ids[1], self.found(search=self.ids[1]))
        self.assertEqual(self.found(attention="true"), [])
        self.assertEqual(self.found(attention="false", billing="demo"), newest)
        self.assertEqual(self.found(after=self.ids[2], billing="demo"), newest[3:])
        self.assertEqual(self.found(created_from="2001-01-01", created_to="2100-12-31", billing="demo"), newest)
        self.assertEqual(self.found(created_from="2100-01-01"), [])
        self.assertEqual(self.found(search="' OR 1=1 --"), [])
        self.assertEqual(self.found(search="%"), [])

    def test_every_fault_is_named(self):
        wrong = {"status": ["", "none", "paid,", "paid,none"], "limit": ["", "0", "1001", "-1", "1.5", "x", "+1", " 1"],
                 "after": ["0", "-1", "x", str(2**63)], "bank_status": ["", "x", "1.0", str(2**31)],
                 "paid_from": ["", "today", "2026-02-30", "2026-11-22T10:15:30", "1969-12-31", "22.11.2026"],
                 "paid_to": ["x"], "created_from": ["x"], "created_to": ["2026-11-22T25:00:00Z"],
                 "billing": ["", "x" * 251], "counteragent": [""], "search": ["", "%00", "%ff", "%zz", "%c0%af"],
                 "orderId": ["", "я" * 251], "attention": ["yes", "2"], "order_id": ["x"], "nonsense": ["", "1"]}
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    value = value if value.startswith("%") else quote(value)
                    answer = self.call(f"{LIST}/?{name}={value}", self.all, template=LIST, status=400)
                    self.assertEqual([one["field"] for one in answer.json()["errors"]], [name])
        answer = self.call(f"{LIST}/?limit=x&nonsense&after=y&billing=a&billing=b&%zz=1", self.all, template=LIST, status=400)
        self.assertEqual([one["field"] for one in answer.json()["errors"]], ["limit", "nonsense", "after", "billing", "%zz"])
        many = "&".join(f"p{i}{'<' * 90}=1" for i in range(60))
        self.assertEqual(len(self.call(f"{LIST}/?{many}", self.all, template=LIST, status=400).json()["errors"]), 24)
        self.call(f"{LIST}/?" + "&".join(["status=paid"] * 40), self.all, template=LIST, status=400)
        page = self.call(f"{LIST}/?limit=x", self.all, template=LIST, status=400, headers=[("Accept", "text/html")])
        self.assertIn("<code>limit</code>", page.text)

    def test_an_offset_whose_plus_was_not_escaped(self):
        self.assertEqual(self.call(f"{LIST}/?created_to=2100-01-01T00:00:00+03:00&billing=demo", self.all).json()["results"],
                         self.list(billing="demo").json()["results"])

    def test_all_pages(self):
        for limit in (1, 2, 4, 5, 1000):
            found, pages = [], 0
            path = f"{LIST}/?" + urlencode({"billing": "demo", "status": "registered", "limit": limit,
                                            "created_from": "2001-01-01T00:00:00+03:00"})
            while path:
                answer = self.call(path, self.all, template=LIST).json()
                found += [one["id"] for one in answer["results"]]
                pages += 1
                self.assertLessEqual(len(answer["results"]), limit)
                if answer["next"]:
                    self.assertTrue(answer["next"].startswith(self.stack.base + LIST + "/?"))
                path = answer["next"] and answer["next"].removeprefix(self.stack.base)
            self.assertEqual(found, self.ids[::-1])
            self.assertEqual(pages, -(-len(self.ids) // limit))

    def test_next_keeps_what_was_said(self):
        self.assertIsNone(self.list(search="A&b=ç %/?#").json()["next"])
        path = f"{LIST}/?" + urlencode({"limit": 1, "counteragent": "demo's", "created_to": "2100-01-01T00:00:00+03:00"})
        query = urlsplit(self.call(path, self.all).json()["next"]).query
        self.assertEqual(query, f"limit=1&counteragent=demo%27s&created_to=2100-01-01T00:00:00%2B03:00&after={self.ids[-1]}")


class Document(ApiCase):
    def test_it_is_served_as_it_stands_in_the_tree(self):
        answer = self.call("/api/v1/openapi.json", None, template="/api/v1/openapi.json")
        with open(DOCUMENT, "rb") as file:
            self.assertEqual(answer.body, file.read())
        self.assertEqual(answer.header("content-type"), "application/json")
        self.assertEqual(answer.header("cache-control"), "no-store")

    def test_its_paths_and_methods_are_the_daemon_s(self):
        for template, methods in self.schemas.document["paths"].items():
            answer = self.call(template.replace("{id}", "1"), None, "PURGE", status=405)
            allowed = {one.lower() for one in answer.header("allow").split(", ")} - {"head"}
            self.assertEqual(allowed, set(methods), template)

    def test_answers_to_orders(self):
        cases = [({}, [], 302), ({}, [("Accept", "application/json")], 302), ({"amount": 0}, [], 400),
                 ({"billing": "nobody"}, [("Accept", "text/html")], 400)]
        for changes, headers, status in cases:
            answer = self.stack.order(headers=headers, **changes)
            self.assertEqual(answer.status, status)
            self.assertEqual(list(self.schemas.answer_faults(LIST, "POST", answer)), [])
        for more in ({"content_type": "text/plain"}, {"body": "x" * 17000}, {"body": "{"}):
            self.assertEqual(list(self.schemas.answer_faults(LIST, "POST", self.stack.order(**more))), [])
        order = {"amount": 1, "billing": "demo", "billing_userid": "a", "final_url": "http://shop.example/"}
        schema = self.schemas.document["components"]["schemas"]["Order"]
        self.assertEqual(list(self.schemas.faults(schema, order)), [])
        self.assertTrue(list(self.schemas.faults(schema, {**order, "billing_userid": "a|b"})))

    def test_answers_to_payers_and_the_bank(self):
        number = self.ids[0]
        back = self.stack.bank_order(number)["return_url"].removeprefix(self.stack.base).split("?")[1]
        for name in ("approve", "approve_transaction"):
            for query, status in ((back, 302), ("t=1-2", 404), ("", 400)):
                self.call(f"{LIST}/{name}/?{query}", None, template=f"{LIST}/{name}", status=status)
        callback = "/api/v1/sberbank/callback"
        for query, status in ((f"orderNumber={number}", 200), ("orderNumber=nobody", 200), ("x=1", 400)):
            self.call(f"{callback}?{query}", None, template=callback, status=status)


class Days(Case):
    def test_a_day_is_one_of_the_zone(self):
        """In New York the 8th of March 2026 has 23 hours; both programs must know."""
        stack = self.new_stack(LEOPAY_TIMEZONE="America/New_York")
        token = stack.ctl("token", "add", "--name", "x").out.strip()
        times = ["2026-03-08 04:59:59.999999+00", "2026-03-08 05:00:00+00", "2026-03-09 03:59:59.999999+00",
                 "2026-03-09 04:00:00+00"]
        ids = [stack.register() for _ in times]
        for number, time in zip(ids, times):
            stack.postgres.sql(f"UPDATE leopay.transactions SET created_at = '{time}' WHERE id = {number}", stack.database)
        answer = stack.get(f"{LIST}/?created_from=2026-03-08&created_to=2026-03-08", [("Authorization", f"Bearer {token}")])
        listed = stack.ctl("transaction", "list", "--created-from", "2026-03-08", "--created-to", "2026-03-08", "--format",
                           "json").json()
        self.assertEqual([one["id"] for one in answer.json()["results"]], [ids[2], ids[1]])
        self.assertEqual(listed, answer.json()["results"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
