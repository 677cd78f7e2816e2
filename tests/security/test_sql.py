#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Text that would be SQL if it were ever pasted into a statement, in every place where a stranger's text arrives."""

import json
import unittest
from urllib.parse import quote, urlencode

from stack import SharedCase

LIST = "/api/v1/transactions/"
SLEEP = "pg_sleep(30)"  # longer than any test waits for an answer

PAYLOADS = [
    "'", "''", "\"", "`", "\\", "\\'", "';", "'--", "' --", "'/*", "*/", "')", "'))", "%", "_", "%'", "%%", "$1", "$$",
    "$a$", "?",
    ":1", "@", "1'", "1\"", "0x27", "' OR '1'='1", "' OR 1=1 --", "\" OR \"\"=\"", "' OR 'x' LIKE '%", "1 OR 1=1",
    "-1 OR 1=1",
    "1) OR (1=1", "' AND '1'='2", "' UNION SELECT NULL --", "' UNION ALL SELECT 1,2,3,4,5,6 --", "1; SELECT 1",
    "'; DROP TABLE leopay.transactions; --", "'; DELETE FROM leopay.transactions WHERE 'a'='a",
    "'; UPDATE leopay.transactions SET status = 'paid'; --", "'; INSERT INTO leopay.tokens DEFAULT VALUES; --",
    "1; TRUNCATE leopay.jobs", f"'; SELECT {SLEEP}; --", f"' || {SLEEP} || '", f"1 AND 1=(SELECT 1 FROM {SLEEP})",
    f"'||(SELECT {SLEEP})||'", f"$$;SELECT {SLEEP};--", "'; COPY leopay.tokens TO PROGRAM 'id'; --", "E'\\x27'",
        "U&'\\0027'",
    "' || chr(39) || '", "'||current_user||'", "' AND 1=CAST((SELECT version()) AS int) --", "{1,2}", "{\"a\"}",
    "ARRAY[1]", "null",
    "NULL", "DEFAULT", "current_user", "(SELECT 1)", "\u02bc OR 1=1", "\u2019 OR 1=1", "\uff07 OR 1=1",
    "%27%20OR%201=1",
    "\xbf' OR 1=1", "' OR 1=1\u2028--", "a' AND (SELECT count(*) FROM generate_series(1,10000000)) > 0 AND 'a'='a",
]

FILTERS = ["paid_from", "paid_to", "created_from", "created_to", "status", "bank_status", "billing", "counteragent",
           "search", "orderId", "attention", "limit", "after"]
TEXTS = {"billing", "counteragent", "search", "orderId"}


class Injection(SharedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stack.add_billing("other")
        cls.numbers = [cls.stack.register(billing_userid=n) for n in range(3)]
        cls.token = cls.stack.ctl("token", "add", "--name", "x").out.strip()
        cls.own = cls.stack.ctl("token", "add", "--name", "y", "--billing", "other").out.strip()

    def setUp(self):
        self.before = self.dump()

    def tearDown(self):
        """Nothing was changed, and no statement was broken."""
        self.assertEqual(self.dump(), self.before)
        log = self.stack.daemon.log_text()
        for word in ("sqlstate=4", "syntax error", "level=error"):
            self.assertNotIn(word, log)

    def dump(self):
        tables = ("transactions", "billings", "counteragents", "jobs", "schema_versions")
        return [self.stack.postgres.sql(f"SELECT count(*), sum(hashtext(t::text)) FROM leopay.{table} t",
                                        self.stack.database) for table in tables]

    def find(self, query, token):
        return self.stack.get(f"{LIST}?{query}", [("Authorization", f"Bearer {token}")])

    def test_filters_over_http(self):
        for name in FILTERS:
            for payload in PAYLOADS:
                with self.subTest(name=name, payload=payload):
                    answer = self.find(urlencode({name: payload}), self.token)
                    if name in TEXTS:
                        self.assertEqual(answer.status, 200, answer.text)
                        self.assertEqual(answer.json()["results"], [])
                    else:
                        self.assertEqual(answer.status, 400, answer.text)
                        self.assertEqual([one["field"] for one in answer.json()["errors"]], [name])

    def test_names_over_http(self):
        for payload in PAYLOADS:
            answer = self.find(quote(payload, safe="") + "=1", self.token)
            self.assertEqual(answer.status, 400)
            self.assertEqual(self.find("status=paid&" + quote(payload, safe=""), self.token).status, 400)

    def test_a_bound_token_stays_bound(self):
        for payload in PAYLOADS:
            for name in ("search", "orderId", "counteragent"):
                self.assertEqual(self.find(urlencode({name: payload}), self.own).json()["results"], [])
            self.assertEqual(self.find(urlencode({"billing": payload}), self.own).status, 403)

    def test_tokens_and_ways_back(self):
        for payload in PAYLOADS:
            escaped = quote(payload, safe="")
            raw = payload.encode().decode("latin-1")
            if raw.isprintable():
                answer = self.stack.get(LIST, [("Authorization", "Bearer " + escaped)])
                self.assertEqual(answer.status, 401)
            for query in (f"t={escaped}", f"t=1-{escaped}", f"orderId={escaped}", f"mdOrder={escaped}"):
                self.assertEqual(self.stack.get(f"{LIST}approve/?{query}").status, 404, query)
            for query in (f"mdOrder={escaped}", f"orderNumber={escaped}"):
                self.assertIn(self.stack.get(f"/api/v1/sberbank/callback?{query}").status, (200, 400))
            self.assertIn(self.stack.get(f"{LIST}{escaped}", [("Authorization",
                f"Bearer {self.token}")]).status, (400, 404))

    def test_the_tool_s_filters(self):
        for payload in PAYLOADS[::3]:
            with self.subTest(payload=payload):
                for option in ("--billing", "--counteragent", "--search"):
                    done = self.stack.ctl("transaction", "list", f"{option}={payload}", "--format", "json", code=None)
                    self.assertEqual((done.code, done.json()), (0, []), done.err)
                for option in ("--status", "--after", "--paid-from"):
                    done = self.stack.ctl("transaction", "list", f"{option}={payload}", code=None)
                    self.assertEqual((done.code, done.out), (2, ""), done.err)
        for noun in ("billing", "counteragent", "transaction"):
            for payload in PAYLOADS[::8]:
                done = self.stack.ctl(noun, "show", "--", payload, code=None)
                self.assertIn(done.code, (2, 3), done.err)


class Stored(SharedCase):
    def test_texts_come_back_as_they_went_in(self):
        """What is stored is the text itself, in every field that keeps one."""
        for number, payload in enumerate(PAYLOADS):
            user = payload.replace("|", "!")
            headers = [("Idempotency-Key", f"k{number}{quote(payload, safe='')}"), ("User-Agent", quote(payload))]
            body = json.dumps({"amount": 100, "billing": "demo", "billing_userid": user, "description": payload,
                               "final_url": "http://shop.example/?q=" + quote(payload, safe="'$:;@")})
            first = self.stack.order(body, headers)
            self.assertEqual(first.status, 302, first.text)
            again = self.stack.order(body, headers)
            self.assertEqual(again.header("leopay-transaction-id"), first.header("leopay-transaction-id"))
        rows = self.stack.ctl("transaction", "list", "--format", "json", "--limit", "0").json()
        self.assertEqual([row["billing_userid"] for row in rows][::-1], [one.replace("|", "!") for one in PAYLOADS])

    def test_names_of_the_directory(self):
        for payload in PAYLOADS[::6]:
            name = "n" + payload.replace("\u2028", "")
            agent = self.stack.ctl("counteragent", "add", "--name", name).out.strip()
            shown = self.stack.ctl("counteragent", "show", agent, "--format", "json").json()
            self.assertEqual((shown[0] if isinstance(shown, list) else shown)["name"], name)
            done = self.stack.ctl("role", "grant", "accountant", name, code=3)
            self.assertIn("does not exist", done.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
