#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may read what: every path with every kind of token, other billings' payments, guessing, and the ops listener."""

import re
import secrets
import unittest

from stack import LEOPAYD, Case, Process, SharedCase, clean_env, wait_for
from wire import request

LIST = "/api/v1/transactions/"
APPROVE = LIST + "approve/"
CALLBACK = "/api/v1/sberbank/callback"
REFERENCE = re.compile(r"urn:leopay:reference:[0-9a-f]{16}")


def same(answer):
    """An answer without what differs from one to the next by design."""
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() != "date")
    return answer.status, headers, REFERENCE.sub("", answer.text)


class AccessCase(SharedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stack.add_billing("other")
        cls.tokens = {"all": cls.add("all"), "demo": cls.add("d", "demo"), "other": cls.add("o", "other")}
        cls.tokens["revoked"] = cls.add("r")
        cls.tokens["disabled"] = cls.add("x", "other")
        last = cls.stack.ctl("token", "list", "--format", "json").json()
        revoked = [one["id"] for one in last if one["name"] == "r"][0]
        cls.stack.ctl("token", "revoke", revoked)
        cls.ids = {name: [cls.stack.register(billing=name) for _ in range(3)] for name in ("demo", "other")}

    @classmethod
    def add(cls, name, billing=None):
        return cls.stack.ctl("token", "add", "--name", name, *(["--billing", billing] if billing else [])).out.strip()

    def get(self, path, token=None, method="GET", body=None):
        head = [("Authorization", f"Bearer {token}")] if token else []
        return request(self.stack.port, method, path, head, body)


class Scopes(AccessCase):
    def test_matrix(self):
        """Every reading path with every kind of token."""
        mine, foreign = self.ids["demo"][0], self.ids["other"][0]
        nobody = {kind: 401 for kind in ("none", "revoked", "unknown", "half", "empty")}
        matrix = {
            LIST: {"all": 200, "demo": 200, "other": 200},
            LIST + "?billing=demo": {"all": 200, "demo": 200, "other": 403},
            LIST + "?billing=other": {"all": 200, "demo": 403, "other": 200},
            LIST + "?billing=nobody": {"all": 200, "demo": 403, "other": 403},
            f"{LIST}{mine}": {"all": 200, "demo": 200, "other": 404},
            f"{LIST}{foreign}": {"all": 200, "demo": 404, "other": 200},
            f"{LIST}{10**9}": {"all": 404, "demo": 404, "other": 404},
            LIST + "?limit=x": {"all": 400, "demo": 400, "other": 400},
        }
        tokens = {**self.tokens, "none": None, "unknown": "leopay_" + secrets.token_hex(32),
                  "half": self.tokens["all"][:40], "empty": "leopay_"}
        for path, expected in matrix.items():
            for kind, status in {**expected, **nobody}.items():
                for method in ("GET", "HEAD"):
                    with self.subTest(path=path, kind=kind, method=method):
                        self.assertEqual(self.get(path, tokens[kind], method).status, status)

    def test_paths_for_all_need_no_token_and_give_nothing_for_one(self):
        for path in (APPROVE + "?t=1-0", APPROVE, CALLBACK, "/api/v1/openapi.json", "/nowhere"):
            plain = same(self.get(path))
            for token in self.tokens.values():
                self.assertEqual(same(self.get(path, token)), plain, path)

    def test_no_token_writes(self):
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "LOCK", "get", "Post"):
            for path in (f"{LIST}{self.ids['demo'][0]}", "/api/v1/openapi.json", APPROVE):
                with self.subTest(method=method, path=path):
                    answer = self.get(path, self.tokens["all"], method)
                    self.assertEqual(answer.status, 405)
                    self.assertEqual(answer.header("allow"), "GET, HEAD")
        for path in (f"{LIST}{self.ids['demo'][0]}", APPROVE, "/api/v1/openapi.json"):
            self.assertEqual(self.get(path, self.tokens["all"], "POST", b"").status, 405)
        self.assertEqual(self.get(LIST, self.tokens["all"], "DELETE").header("allow"), "GET, HEAD, POST")

    def test_a_method_in_a_header_is_no_method(self):
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            answer = request(self.stack.port, "GET", f"{LIST}{self.ids['demo'][0]}",
                             [("Authorization", f"Bearer {self.tokens['all']}"), (name, "DELETE")])
            self.assertEqual(answer.status, 200)
        for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"):
            answer = request(self.stack.port, "GET", "/nowhere", [(name, "/api/v1/openapi.json")])
            self.assertEqual(answer.status, 404)

    def test_every_billing_sees_its_own_alone(self):
        for name in ("demo", "other"):
            rows = self.get(LIST, self.tokens[name]).json()["results"]
            self.assertEqual({row["billing"] for row in rows}, {name})
            self.assertEqual(sorted(row["id"] for row in rows), self.ids[name])
        foreign = self.stack.payment(self.ids["other"][0])
        for query in (f"orderId={foreign['order_id']}", f"search={foreign['id']}", f"search={foreign['order_id']}",
                      "counteragent=other%27s", f"after={self.ids['other'][1]}&limit=1000"):
            rows = self.get(f"{LIST}?{query}", self.tokens["demo"]).json()["results"]
            self.assertNotIn("other", [row["billing"] for row in rows], query)


class Guesses(AccessCase):
    def test_unknown_wrong_and_revoked_are_told_the_same(self):
        tokens = [self.tokens["revoked"], "leopay_" + secrets.token_hex(32), "leopay_" + "0" * 64, "leopay_x",
            "x" * 300,
                  self.tokens["all"][:-1] + ("0" if self.tokens["all"][-1] != "0" else "1"), "' OR 1=1 --", "%00", "ü"]
        for path in (LIST, f"{LIST}{self.ids['demo'][0]}", f"{LIST}{10**9}", LIST + "?billing=demo"):
            answers = {str(same(self.get(path, token))) for token in tokens}
            self.assertEqual(len(answers), 1, answers)
            self.assertIn("401", answers.pop())

    def test_a_foreign_payment_looks_like_none(self):
        for foreign in self.ids["other"]:
            self.assertEqual(same(self.get(f"{LIST}{foreign}", self.tokens["demo"])),
                             same(self.get(f"{LIST}{10**12}", self.tokens["demo"])))

    def test_counting_through_ids_finds_nothing(self):
        found = [number for number in range(1, 60) if self.get(f"{LIST}{number}", self.tokens["demo"]).status == 200]
        self.assertEqual(found, self.ids["demo"])

    def test_the_way_back_cannot_be_guessed(self):
        """The payer's token is an id and 128 random bits: an id alone, or a wrong half, leads nowhere."""
        number = self.ids["demo"][0]
        secret = self.stack.bank_order(number)["return_url"].split("?t=")[1]
        self.assertRegex(secret, rf"^{number}-[0-9a-f]{{32}}$")
        unknown = same(self.get(f"{APPROVE}?t=999999-{'0' * 32}"))
        self.assertEqual(unknown[0], 404)
        wrong = [str(number), f"{number}-", f"{number}-{'0' * 32}", secret[:-1], secret + "0",
            secret.upper(), f"0{secret}",
                 f"+{secret}", f"%20{secret}", secret.replace("-", "--"), f"{number + 1}-{secret.split('-')[1]}", "%",
                     "_" * 34]
        for guess in wrong:
            self.assertEqual(same(self.get(f"{APPROVE}?t={guess}")), unknown, guess)
        self.assertEqual(self.get(f"{APPROVE}?t={secret}").status, 302)
        secrets_seen = {self.stack.bank_order(one)["return_url"].split("-")[-1] for one in sum(self.ids.values(), [])}
        self.assertEqual(len(secrets_seen), 6)

    def test_callbacks_do_not_tell_what_exists(self):
        known = same(self.get(f"{CALLBACK}?mdOrder={self.stack.payment(self.ids['demo'][0])['order_id']}"))
        self.assertEqual(known[0], 200)
        for query in ("mdOrder=nobody", "orderNumber=99999999", f"orderNumber={self.ids['other'][0]}"):
            self.assertEqual(same(self.get(f"{CALLBACK}?{query}")), known)


class Ops(SharedCase):
    def test_it_is_apart(self):
        for path in ("/metrics", "/healthz", "/readyz", "/debug", "/status", "/server-status", "/.env", "/admin"):
            self.assertEqual(self.stack.get(path).status, 404, path)
        for path in (LIST, APPROVE + "?t=x", CALLBACK + "?mdOrder=x", "/api/v1/openapi.json", "/", "/debug/pprof"):
            self.assertEqual(request(self.stack.ops_port, "GET", path).status, 404, path)
        for path in ("/metrics", "/healthz", "/readyz"):
            for method in ("POST", "PUT", "DELETE", "TRACE", "OPTIONS"):
                answer = request(self.stack.ops_port, method, path)
                self.assertEqual((answer.status, answer.header("allow")), (405, "GET, HEAD"))

    def test_it_gives_no_secrets(self):
        text = "".join(request(self.stack.ops_port, "GET", path).text for path in ("/metrics", "/healthz", "/readyz"))
        for secret in ("sandbox", self.stack.keys, self.stack.postgres.cluster, "BEGIN", "password"):
            self.assertNotIn(secret, text)


class Default(Case):
    def test_both_listen_on_loopback(self):
        """Without any setting nobody outside the machine reaches it."""
        stack = self.new_stack(start=False, billing=False)
        for name, address in (("LEOPAY_LISTEN", "127.0.0.1:8010"), ("LEOPAY_OPS_LISTEN", "127.0.0.1:8011")):
            env = {**stack.env, "LEOPAY_OPS_LISTEN": "127.0.0.1:0", name: None}
            daemon = Process(name, [LEOPAYD], clean_env(env), stack.folder)
            stack.processes.append(daemon)
            # Where somebody else has the port, the refusal names it as well.
            wait_for(f"it says {address}", lambda: address in daemon.log_text())
            daemon.end()


if __name__ == "__main__":
    unittest.main(verbosity=2)
