#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bodies that are too long, too deep or too odd, and amounts that are none: refused, and forgotten at once."""

import json
import os
import random
import re
import time
import unittest

from build import is_sanitized
from stack import SharedCase
from test_gate import CHUNKED, HOST, JSON, POST
from wire import connect, metric, read_answer

GOOD = {"amount": 10000, "billing": "demo", "billing_userid": 42, "final_url": "http://shop.example/done"}
ROOM = json.dumps(GOOD)[:-1].encode()
LIMIT = 16384
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


def member(text):
    """The good order with one more member, as bytes."""
    return ROOM + b", " + (text.encode() if isinstance(text, str) else text) + b"}"


def json_of(size):
    return member('"x": "' + "y" * (size - len(member('"x": ""'))) + '"')


def form_of(size):
    body = b"amount=1&billing=demo&billing_userid=1&final_url=http://shop.example/&x="
    return body + b"y" * (size - len(body))


def multipart_of(size):
    parts = b"".join(b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair for pair in (
        (b"amount", b"1"), (b"billing", b"demo"), (b"billing_userid", b"1"), (b"final_url", b"http://shop.example/")))
    last = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n%s\r\n--b--\r\n'
    return parts + last % (b"y" * (size - len(parts + last % b"")))


def chunks(body, size):
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"


class Bodies(SharedCase):
    def post_chunked(self, body):
        with connect(self.stack.port, 20) as sock:
            sock.sendall(POST + HOST + JSON + CHUNKED + b"\r\n" + body)
            return read_answer(sock).status

    def test_sizes(self):
        for make, kind in ((json_of, "application/json"), (form_of, FORM), (multipart_of, MULTIPART)):
            for size, status in ((LIMIT - 1, 302), (LIMIT, 302), (LIMIT + 1, 413), (65535, 413), (65536, 413),
                                 (65537, 413), (10**6, 413)):
                body = make(size)
                self.assertEqual(len(body), size)
                answer = self.stack.order(body, content_type=kind)
                self.assertEqual(answer.status, status, (kind, size, answer.text))

    def test_sizes_in_chunks(self):
        for size, status in ((LIMIT, 302), (LIMIT + 1, 413), (65536, 413), (65537, 413), (10**6, 413)):
            for piece in (1, 1000, 10**6):
                if size / piece <= 65537:
                    self.assertEqual(self.post_chunked(chunks(json_of(size), piece)), status, (size, piece))

    def test_no_end(self):
        """A client that goes on sending is told, and cut."""
        for head, piece in ((CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"), (CHUNKED, b"1;" + b"x" * 1000),
                            (CHUNKED, b"0\r\n" + b"X-A: " + b"b" * 1000 + b"\r\n"),
                            (b"Content-Length: 99999999999\r\n", b"x" * 1024)):
            with connect(self.stack.port, 60) as sock:
                sock.sendall(POST + HOST + JSON + head + b"\r\n")
                sent = self.send_until_cut(sock, piece)
                self.assertLess(sent, 10**9)
        self.assertEqual(self.stack.order().status, 302)

    @staticmethod
    def send_until_cut(sock, piece):
        sent = 0
        while sent < 10**9:
            try:
                sock.sendall(piece * 64)
                sent += 64 * len(piece)
            except ConnectionError:
                break
        return sent

    def test_the_answer_is_not_lost_in_a_reset(self):
        """Whoever sends all of a long body before he reads is told why it was refused, and not merely cut off."""
        heads = {413: POST + HOST + JSON + b"Content-Length: 3000000\r\n\r\n",
                 400: POST + HOST + HOST + JSON + b"Content-Length: 3000000\r\n\r\n"}
        for _ in range(10):
            for status, head in heads.items():
                with connect(self.stack.port, 20) as sock:
                    sock.sendall(head)
                    sock.sendall(b"x" * 3000000)
                    self.assertEqual(read_answer(sock).status, status)
                    self.assertEqual(sock.recv(1), b"")

    def test_lingering_ends(self):
        with connect(self.stack.port, 20) as sock:
            sock.sendall(POST + HOST + JSON + b"Content-Length: 3000000\r\n\r\n")
            self.assertEqual(read_answer(sock).status, 413)
            began = time.monotonic()
            with self.assertRaises(ConnectionError):
                while time.monotonic() - began < 60:
                    sock.sendall(b"x")
                    time.sleep(0.05)

    def test_depth(self):
        for depth, status in ((1, 302), (100, 302), (2000, 302), (2100, 400), (8000, 400), (10**5, 413)):
            for opening, closing in (("[", "]"), ('{"a":', "}")):
                if len(opening) * depth < LIMIT - 500 or status == 413:
                    closed = '"x": ' + opening * depth + "0" + closing * depth
                    status_here = 413 if len(member(closed)) > LIMIT else status
                    self.assertEqual(self.stack.order(member(closed)).status, status_here, (depth, opening))
        for half in ("[" * 15000, '{"a":' * 3000, '[{"a":' * 2000):
            self.assertEqual(self.stack.order(half).status, 400)

    def test_many_keys(self):
        many = ", ".join(f'"{i:x}":0' for i in range(1600))
        self.assertLessEqual(len(member(many)), LIMIT)
        self.assertEqual(self.stack.order(member(many)).status, 302)
        self.assertEqual(self.stack.order(member(", ".join(f'"{i}":0' for i in range(10**6)))).status, 413)
        self.assertEqual(self.stack.order(member('"x": 1, "x": 1')).status, 400)
        self.assertEqual(self.stack.order(member('"x": 1, "\\u0078": 1')).status, 400)
        answer = self.stack.order(member('"\\u0061mount": 10000'))
        self.assertEqual([one["field"] for one in answer.json()["errors"]], ["amount"])
        for body in ("&".join(f"k{i}=0" for i in range(2000)), "&" * 16000, "=&" * 8000, "%" * 16000,
                     "a=" + "%41" * 5000):
            self.assertEqual(self.stack.order(body, content_type=FORM).status, 400)
        for body in ("--b\r\n" * 3000, "--b\r\nContent-Disposition: form-data; name=" + "x" * 15000,
                     '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 250):
            self.assertEqual(self.stack.order(body, content_type=MULTIPART).status, 400)

    def test_odd_values(self):
        odd = ["1e400", "-1e400", "1" + "0" * 400, "NaN", "Infinity", "-Infinity", "nan", "01", "+1", ".5", "1.", "0x1",
               "'a'", "undefined", "tRue", "[1,]", '{"a":1,}', "/* */ 1", '"\t"', '"\x00"', '"\\x41"', '"\\u12"',
               '"\\ud800"', '"\\udc00"', '"\\udc00\\ud800"', '"\\ud800x"', "\ufeff1"]
        for text in odd:
            self.assertEqual(self.stack.order(member('"x": ' + text)).status, 400, text[:20])
        broken = [b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
                  b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80", b"\xe2\x82", b"\xff", b"\xfe"]
        for raw in broken:
            self.assertEqual(self.stack.order(member(b'"x": "' + raw + b'"')).status, 400, raw)
            self.assertEqual(self.stack.order(member(b'"' + raw + b'": 1')).status, 400, raw)
            for kind, body in ((FORM, b"amount=1&description=" + raw), (FORM, b"description=" + b"".join(
                    b"%%%02x" % byte for byte in raw)), (MULTIPART, multipart_of(500).replace(b"yy", raw, 1))):
                self.assertEqual(self.stack.order(body, content_type=kind).status, 400, (kind, raw))
        for field in ("billing", "billing_userid", "final_url", "description"):
            answer = self.stack.order(json.dumps({**GOOD, field: "http://a\u0000b"}))
            self.assertEqual([one["field"] for one in answer.json()["errors"]], [field])
        answer = self.stack.order(b"amount=1&description=a%00b", content_type=FORM)
        self.assertEqual(answer.status, 400)

    @unittest.skipIf(is_sanitized(), "a sanitizer keeps what was freed for a while")
    def test_memory_stays(self):
        bombs = [(json_of(LIMIT), None), (b"[" * 16000, None), (b'{"a":' * 3000, None), (json_of(65536), None),
                 (b"&".join(b"k%d=0" % i for i in range(2000)), FORM), (b"--b\r\n" * 3000, MULTIPART),
                 (multipart_of(LIMIT), MULTIPART), (os.urandom(16000), None),
                 (member(", ".join(f'"{i:x}":0' for i in range(1600))).replace(b'"demo"', b'"nobody"'), None)]

        def throw(times):
            for _ in range(times):
                for body, kind in bombs:
                    self.stack.order(body.replace(b'"demo"', b'"nobody"').replace(b"=demo", b"=nobody"),
                                     content_type=kind or "application/json")

        def memory():
            return metric(self.stack.ops_port, "leopay_process_resident_memory_bytes")

        throw(30)
        before = memory()
        throw(60)
        self.assertLess(memory() - before, 10 * 2**20)


NO_AMOUNTS = [
    "0", "-0", "-1", "1000000000000", "9007199254740991", "9007199254740992", "9007199254740993", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551617", "4294967296000000001", "1" + "0" * 300, "1.0", "1.005", "0.1", "1e2", "1E2", "1e-2", "1e0",
    "0.0",
    "true", "false", "null", "[]", "{}", "[100]", '{"amount": 100}', '""', '" 1"', '"1 "', '"+1"', '"-1"', '"1.0"',
    '"1e2"', '"0x1"', '"1_000"', '"1 000"', '"1,000"', '"0"', '"00"', '"1000000000000"', '"18446744073709551617"',
    '"\\u0661\\u0662"',
    '"\\uff11\\uff12"', '"\\u00b2"', '"\\u2460"', '"1\\u0000"', '"\\u00001"', '"1\\n"', '"\\t1"', '"NaN"',
    '"Infinity"', '"\\u00bd"', '"' + "9" * 10000 + '"', '"' + "0" * 10000 + '"',
]


class Amounts(SharedCase):
    def test_what_is_no_amount(self):
        before = self.stack.bank_orders()
        rest = json.dumps({key: value for key, value in GOOD.items() if key != "amount"})[1:]
        for text in NO_AMOUNTS:
            with self.subTest(amount=text[:40]):
                answer = self.stack.order('{"amount": ' + text + ", " + rest)
                self.assertEqual(answer.status, 400, answer.text)
                self.assertEqual([one["field"] for one in answer.json()["errors"]], ["amount"])
                if text.startswith('"') and "\\" not in text:
                    form = f"amount={text[1:-1].replace('+', '%2b').replace(' ', '+')}&billing=demo&billing_userid=1" \
                           "&final_url=http://shop.example/"
                    answer = self.stack.order(form, content_type=FORM)
                    self.assertEqual([one["field"] for one in answer.json()["errors"]], ["amount"])
        self.assertEqual(self.stack.bank_orders(), before)

    def test_amounts_arrive_exactly(self):
        draws = [random.Random(7).randint(1, 999999999999) for _ in range(10)]
        expected = {}
        for amount in (1, 99, 100, 101, 2**31 - 1, 2**31, 2**32, 2**32 + 1, 999999999998, 999999999999, *draws):
            for given in (amount, str(amount), "000" + str(amount)):
                number = self.stack.register(amount=given)
                expected[number] = amount
                self.assertEqual(self.stack.bank_order(number)["amount"], amount)
        stored = self.stack.ctl("transaction", "list", "--format", "json", "--limit", "0").json()
        self.assertEqual({one["id"]: one["amount"] for one in stored if one["id"] in expected}, expected)

    def test_sums_beyond_64_bits(self):
        """Totals are exact where a machine word would have turned over."""
        self.stack.add_billing("large")
        count, most = 12, 10**18 - 1
        numbers = [self.stack.register(billing="large") for _ in range(count)]
        sql = self.stack.postgres.sql
        # Nine million of the largest payments would do as well.
        sql("ALTER TABLE leopay.transactions DROP CONSTRAINT transactions_amount_check", self.stack.database)
        sql(f"UPDATE leopay.transactions SET amount = {most}, commission = {most} - 1 WHERE id IN "
            f"({', '.join(map(str, numbers))})", self.stack.database)
        args = ["transaction", "list", "--billing", "large", "--status", "registered"]
        # The sums of the rows that were read, and those of the server, which go with a part of them.
        for limit in ("0", "5"):
            for how in ("json", "csv"):
                done = self.stack.ctl(*args, "--limit", limit, "--format", how)
                self.assertIn(f"count={count} amount={count * most} commission={count * most - count} "
                              f"net_amount={count}", done.err)
            table = self.stack.ctl(*args, "--limit", limit).out
            self.assertIn(str(count * most), re.sub(r"(?<=\d)[ .,\u00a0\u202f](?=\d)", "", table))


if __name__ == "__main__":
    unittest.main(verbosity=2)
