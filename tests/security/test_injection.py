#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Text that would be markup, a header, a line of the log or an order to a terminal, if it were let through."""

import json
import os
import pty
import re
import select
import subprocess
import unittest
from html.parser import HTMLParser
from urllib.parse import quote

from stack import LEOPAYCTL, SharedCase, clean_env
from test_gate import HOST
from wire import Billing, connect, raw, read_answers

LIST = "/api/v1/transactions/"
HTML = ("Accept", "text/html")
MARKUP = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
    "</title><script>alert(1)//",
          "<!--", "]]>", "&lt;script&gt;", "&#60;b&#62;", "javascript:alert(1)", "{{7*7}}", "${7*7}", "<%=7%>",
          "<iframe src=//evil.test>",
          "</style><script>alert(1)</script>", "<meta http-equiv=refresh content=0;url=//evil.test>",
          "<base href=//evil.test>",
          "\u003cscript\u003e", "＜script＞", "<\x00script>", "\ufeff<script>", "+ADw-script+AD4-"]
ESCAPES = ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b[2J\x1b[H", "\x1b]8;;http://evil.test\x1b\\x\x1b]8;;\x1b\\",
    "\x9b31m",
           "\x9d0;t\x9c", "a\rb", "a\nb", "a\x08b", "a\x7fb", "a\u2028b", "a\u2029b", "\u202eevil", "\u2066x\u2069",
           "\x1bP1$r\x1b\\",
           "x\nlevel=error event=forged", "x\" level=error y=\"", "}\n{\"event\": \"forged\"}", "a\x0bb\x0cc",
           "a\u200eb"]
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    ELEMENTS = {"html": {"lang"}, "head": set(), "meta": {"charset", "name", "content"}, "title": set(), "style": set(),
                "body": set(),
                "main": set(), "h1": set(), "p": set(), "ul": set(), "li": set(), "code": set(), "footer": set()}

    def __init__(self, text):
        super().__init__()
        self.faults = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in self.ELEMENTS or not {name for name, _ in attrs} <= self.ELEMENTS[tag]:
            self.faults.append((tag, attrs))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.faults.append(("comment", data))


class Pages(SharedCase):
    def check(self, answer):
        self.assertTrue(answer.header("content-type").startswith("text/html; charset=utf-8"), answer.text)
        policy = answer.header("content-security-policy")
        self.assertRegex(policy, r"^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; "
                         r"form-action 'none'; frame-ancestors 'none'$")
        for name, value in (("x-content-type-options", "nosniff"), ("cache-control", "no-store"),
                            ("referrer-policy", "no-referrer"), ("server", "leopay")):
            self.assertEqual(answer.header(name), value)
        page = Page(answer.text)
        self.assertEqual(page.faults, [])
        return page

    def test_orders(self):
        for payload in MARKUP:
            for field in ("amount", "billing", "final_url", "billing_userid", "service_id", "description"):
                if field == "description":
                    self.stack.order(description=payload, amount=0, headers=[HTML])
                answer = self.stack.order(headers=[HTML], **{**{"amount": 0}, field: payload})
                self.assertEqual(answer.status, 400)
                self.assertNotIn(payload, self.check(answer).text)
            answer = self.stack.order(headers=[HTML, ("Idempotency-Key", quote(payload) + " x")])
            self.check(answer)

    def test_what_the_bank_says_stays_inside(self):
        for code in (5, 8):
            self.stack.knobs(register_fault="refuse_code", register_fault_count=1, register_refuse_code=code)
            answer = self.stack.order(headers=[HTML])
            page = self.check(answer)
            self.assertEqual(answer.status, 502)
            self.assertNotRegex(page.text, f"errorCode|register|{self.stack.bank_port}")

    def test_paths_and_parameters(self):
        token = self.stack.ctl("token", "add", "--name", "x").out.strip()
        shown = 0
        for payload in MARKUP:
            escaped = quote(payload, safe="")
            for path in (f"/{escaped}", f"{LIST}{escaped}", f"{LIST}approve/?t={escaped}",
                f"{LIST}approve/?{escaped}=1",
                         f"/api/v1/sberbank/callback?{escaped}", f"{LIST}?{escaped}=1"):
                self.check(self.stack.get(path, [HTML]))
            answer = self.stack.get(f"{LIST}?{escaped}=1", [HTML, ("Authorization", f"Bearer {token}")])
            # The name of an unknown parameter is said again: as text.
            shown += payload in self.check(answer).text
            problem = self.stack.get(f"{LIST}?{escaped}=1", [("Authorization", f"Bearer {token}")])
            self.assertEqual(problem.header("content-type"), "application/problem+json")
            self.assertEqual(len(problem.json()["errors"]), 1)
        self.assertGreater(shown, 10)

    def test_bytes_that_are_no_text(self):
        token = self.stack.ctl("token", "add", "--name", "x").out.strip()
        for payload in ("%ff%fe", "%c0%bc", "%ed%a0%80", "%00", "%zz%c3", "я" * 100, "%e2%80"):
            query = quote(payload, safe="%")
            for accept in ([HTML], []):
                answer = self.stack.get(f"{LIST}?{query}=1", [*accept, ("Authorization", f"Bearer {token}")])
                self.assertEqual(answer.status, 400)
                answer.body.decode()  # valid UTF-8, whatever came


class Headers(SharedCase):
    def test_no_answer_has_a_header_too_many(self):
        """Line breaks, as they are and escaped, wherever a request's text might come back in a head."""
        breaks = ["%0d%0aX-Evil:%201", "%0aX-Evil:%201", "%0dX-Evil:%201", "%e5%98%8a%e5%98%8dX-Evil:1",
            "%c4%8d%c4%8aX-Evil:1",
                  "%00", "%e2%80%a8X-Evil:1", "%c2%85X-Evil:1"]
        for one in breaks:
            for path in (f"/{one}", f"{LIST}approve/?t={one}", f"{LIST}approve/?orderId={one}", f"{LIST}?next={one}",
                         f"/api/v1/sberbank/callback?mdOrder=x{one}"):
                answer = self.stack.get(path)
                self.assertNotIn("x-evil", [name.lower() for name, _ in answer.headers], path)
                self.assertNotIn("X-Evil", answer.text)
            answer = self.stack.order(final_url="http://shop.example/" + one)
            number = answer.header("leopay-transaction-id")
            self.assertEqual(self.stack.come_back(number).header("location"), "http://shop.example/" + one)
        for one in ("\r\nX-Evil: 1", "\nX-Evil: 1", "\rX-Evil: 1"):
            for field in ("final_url", "billing_userid", "billing"):
                answer = self.stack.order(json.dumps({"amount": 1, "billing": "demo", "billing_userid": 1,
                                                      "final_url": "http://shop.example/", field: "http://a/" + one}))
                self.assertEqual(answer.status, 400)
                self.assertNotIn(b"X-Evil", answer.head)

    def test_request_headers_with_odd_bytes(self):
        for name in (b"Accept", b"Accept-Language", b"Authorization", b"Idempotency-Key", b"Content-Type", b"Cookie",
            b"X-A"):
            for value in (b"a\rb", b"a\nb", b"a\x00b", b"a\x1bb", b"a\x7fb"):
                answer, closed = raw(self.stack.port, b"GET / HTTP/1.1\r\n" + HOST + name + b": " + value + b"\r\n\r\n")
                self.assertEqual((answer.status, closed), (400, True), (name, value))
            for value in (b"\xff\xfe", "\u2028".encode(), b"x" * 8000, b",;=q" * 1000, b"\t" * 1000):
                with connect(self.stack.port, 20) as sock:
                    sock.sendall(b"GET / HTTP/1.1\r\n" + HOST + name + b": " + value + b"\r\nConnection: close\r\n\r\n")
                    self.assertEqual([one.status for one in read_answers(sock)], [404])

    def test_what_reaches_the_bank(self):
        """The bank's form and JSON have the fields we gave them, whatever is in the values."""
        for text in ("a&amount=1&orderNumber=9", 'a","amount":1,"x":"', "a\r\nX-Evil: 1", "a\x00b", "a\u2028b",
            "%26amount%3D1",
                     "\\", "\\u0022", "a;b=c", "\x1b[31m", "<b>&amp;"):
            answer = self.stack.order(description=text)
            if "\x00" in text:
                self.assertEqual(answer.status, 400)
                continue
            order = self.stack.bank_order(answer.header("leopay-transaction-id"))
            self.assertEqual(order["amount"], 10000)
            self.assertEqual(order["registrations"], 1)
            self.assertEqual(CONTROLS.findall(order["description"].replace("\u2028", "")), [])

    def test_what_reaches_the_billing(self):
        billing = Billing()
        self.addCleanup(billing.close)
        self.stack.add_billing("own", billing.url)
        for user in ("a\u2028b", "\\r\\n", '"}', "%0d%0aX-Evil: 1", "é\u202e"):
            number = self.stack.pay(billing="own", billing_userid=user)
            self.stack.wait_status(number, "notified")
            confirmation = billing.of(number)[0]
            self.assertEqual(confirmation.json()["account_id"], user)
            self.assertTrue(confirmation.body.isascii())
            self.assertEqual(confirmation.body.count(b"\n"), 0)
            self.assertNotIn("x-evil", confirmation.headers)


class Older(Headers):
    """The same at the gateway that speaks forms."""

    settings = {"protocol": "rbs"}


class Log(SharedCase):
    settings = {"LEOPAY_LOG_LEVEL": "debug"}

    def throw(self):
        billing = Billing([(500, [("X-A", "b")])])
        self.addCleanup(billing.close)
        self.stack.add_billing("failing", billing.url)
        for text in [*ESCAPES, "x" * 8000, "\x1b" * 3000]:
            escaped = quote(text, safe="")
            self.stack.order(description=text, billing=text, billing_userid=text, headers=[("Idempotency-Key",
                escaped[:200])])
            for path in (f"/{escaped}", f"{LIST}{escaped}", f"{LIST}approve/?t={escaped}",
                f"{LIST}?{escaped}={escaped}",
                         f"/api/v1/sberbank/callback?mdOrder={escaped}&orderNumber={escaped}&operation={escaped}"):
                if len(path) < 15000:
                    self.stack.get(path, [("User-Agent", escaped[:200]), ("Authorization", "Bearer " + escaped[:200])])
            get = b"GET /" + text.encode() + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
            for data in (get, text.encode() + b"\r\n\r\n"):
                raw(self.stack.port, data)
            self.stack.knobs(form_url="x" + text[:200])
            self.stack.order()
        self.stack.knobs(form_url="")
        self.stack.pay(billing="failing")

    def lines(self):
        self.throw()
        with open(self.stack.daemon.log, "rb") as log:
            text = log.read()
        self.assertTrue(text.endswith(b"\n"))
        lines = text.decode().split("\n")[:-1]
        self.assertGreater(len(lines), 100)
        for line in lines:
            self.assertLessEqual(len(line.encode()), 4096)
            self.assertEqual(CONTROLS.findall(line), [], line)
        return lines

    def test_one_line_an_event(self):
        for line in self.lines():
            self.assertRegex(line, r"^time=\S+ level=\w+ event=[\w.]+( \w+=(\"([^\"\\]|\\.)*\"|[^\s\"=]*))*$")
            self.assertNotIn("event=forged", line.split('"')[0])


class JsonLog(Log):
    settings = {"LEOPAY_LOG_LEVEL": "debug", "LEOPAY_LOG_FORMAT": "json"}

    def test_one_line_an_event(self):
        for line in self.lines():
            event = json.loads(line)
            self.assertEqual(list(event)[:3], ["time", "level", "event"])
            self.assertNotEqual(event["event"], "forged")


class Terminal(SharedCase):
    def run_on_a_terminal(self, *args):
        """What leopayctl writes to a terminal, words included."""
        master, slave = pty.openpty()
        env = clean_env({**self.stack.env, "TERM": "xterm", "PAGER": "cat", "NO_COLOR": "1"})
        child = subprocess.Popen([LEOPAYCTL, *args], env=env, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        out = b""
        while select.select([master], [], [], 30)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        os.close(master)
        child.wait(30)
        return out.decode().replace("\r\n", "\n")

    def test_what_others_have_written(self):
        """Texts of payers, shops, the bank and billings, as they may stand in the database."""
        sql = self.stack.postgres.sql
        numbers = [self.stack.register(billing_userid=i) for i, _ in enumerate(ESCAPES)]
        for number, text in zip(numbers, ESCAPES):
            literal = "U&'" + "".join(f"\\{ord(c):04x}" for c in text) + "'"
            sql(f"UPDATE leopay.transactions SET cardholder = {literal}, card = {literal}, payer_ip = {literal},"
                f" last_error = {literal}, billing_userid = {literal}, billing_userid_is_number = false,"
                f" attention = {literal}, final_url = 'http://a/' || {literal} WHERE id = {number}",
                    self.stack.database)
            sql(f"UPDATE leopay.counteragents SET name = {literal}; UPDATE leopay.billings SET name = {literal}",
                self.stack.database)
        for args in (("transaction", "list", "--status", "registered"), ("transaction", "list", "--attention"),
                     ("billing", "list"), ("billing", "show", "demo"), ("counteragent", "list"), ("token", "list"),
                     *(("transaction", "show", str(number)) for number in numbers)):
            self.assertEqual(CONTROLS.findall(self.stack.ctl(*args).out), [], args)
        for args in (("transaction", "list", "--status", "registered"), ("transaction", "show", str(numbers[0]))):
            shown = self.run_on_a_terminal(*args)
            self.assertEqual(CONTROLS.findall(re.sub("\x1b\\[[0-9;]*[mK]|\r", "", shown)), [], shown)
            self.assertIn("red", shown)
        rows = self.stack.ctl("transaction", "list", "--format", "json", "--limit", "0")
        self.assertEqual([row["cardholder"] for row in rows.json()][::-1], ESCAPES)

    def test_what_was_typed(self):
        """Words about what the caller gave: he may have copied it from somewhere."""
        for text in ESCAPES:
            for args in ((text,), ("billing", "show", text), ("transaction", "list", "--status", text),
                         ("transaction", "list", f"--{text}"), ("verify", "--key", text)):
                done = self.stack.ctl(*args, code=None)
                self.assertEqual(CONTROLS.findall(done.out + done.err), [], (args, done.err))


if __name__ == "__main__":
    unittest.main(verbosity=2)
