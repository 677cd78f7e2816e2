#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bank and billing answer with floods, bombs and drops: memory stays flat, and a deadline is a deadline."""

import collections
import gzip
import json
import re
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor

from build import is_sanitized
from stack import Case, wait_for
from wire import Listener

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MIB = 1 << 20
# What 22 such answers at once may cost, whatever their size; a sanitizer keeps what was freed for a while.
ROOM_KIB = (512 if is_sanitized() else 32) * 1024
TIMEOUT_S = 2


def flood(head, piece, count=100):
    """`count` MiB after a head."""
    piece = piece * (MIB // len(piece))
    yield head
    for _ in range(count):
        yield piece


def slowly(data, seconds=60):
    for at in range(len(data)):
        yield data[at:at + 1]
        time.sleep(1)
        if at == seconds:
            return


def bomb():
    data = gzip.compress(b'{"errorCode": "0", "pad": "' + b"x" * (200 * MIB) + b'"}', 9)
    yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


BOMB = tuple(bomb())
NESTED = b"[" * 100000
ANSWERS = {
    "100 MB": lambda: flood(HEAD + b"Content-Length: %d\r\n\r\n" % (100 * MIB), b" "),
    "100 MB without a length": lambda: flood(HEAD + b"Connection: close\r\n\r\n", b'{"a":1},'),
    "100 MB in one chunk": lambda: flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n6400000\r\n", b"x"),
    "chunks without an end": lambda: flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a head without an end": lambda: flood(HEAD, b"X-More: and more\r\n"),
    "one line of a head": lambda: flood(HEAD + b"X-Long: ", b"x"),
    "interim answers without an end": lambda: flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a gzip bomb": lambda: iter(BOMB),
    "nested lists": lambda: iter((HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(NESTED), NESTED),)),
    "a byte a second": lambda: slowly(HEAD + b"Content-Length: 100000\r\n\r\n{}"),
    "a body a byte a second": lambda: (part for parts in ((HEAD + b"Content-Length: 100000\r\n\r\n",), slowly(b"{" * 60))
                                       for part in parts),
}


class Flooder(Listener):
    """Bank and billing in one.  `mode(name, amount)`: which answer to give, by the last part of the path and the
    payment's amount; None: the right one."""

    def __init__(self):
        self.mode = lambda name, amount: None
        self.orders = {}
        self.ended = collections.Counter()
        super().__init__()

    def serve(self, sock):
        name = data = b""
        with sock:
            sock.settimeout(30)
            try:
                while not (head := re.search(rb"(?is)content-length: *(\d+).*?\r\n\r\n", data)) or \
                        len(data) < head.end() + int(head[1]):
                    piece = sock.recv(65536)
                    if not piece:
                        return
                    data += piece
                name = data.split(b" ")[1].rsplit(b"/", 1)[1].decode()
                fields = json.loads(data[head.end():])
                order = self.orders.get(fields.get("orderId"), fields)
                mode = self.mode(name, int(order.get("amount", 0)))
                for part in ANSWERS[mode]() if mode else self.right(name, fields, order):
                    sock.sendall(part)
            except OSError:
                pass  # it has heard enough
            self.ended[name] += 1

    def right(self, name, fields, order):
        body = {}
        if name == "register.do":
            body = {"errorCode": "0", "orderId": str(uuid.uuid4()), "formUrl": "https://bank.example/pay"}
            self.orders[body["orderId"]] = fields
        elif name != "confirm":
            body = {"errorCode": "6"} if order is fields else {
                "errorCode": "0", "orderStatus": 2, "orderNumber": order["orderNumber"], "amount": order["amount"],
                "currency": "643", "paymentAmountInfo": {"depositedAmount": order["amount"]}}
        data = json.dumps(body).encode()
        yield HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


class Answers(Case):
    def setUp(self):
        self.peer = Flooder()
        self.addCleanup(self.peer.close)
        base = f"http://127.0.0.1:{self.peer.port}"
        self.stack = self.new_stack(start=False, billing=False, LEOPAY_SBERBANK_TIMEOUT=str(TIMEOUT_S),
                                    LEOPAY_SBERBANK_URL=base + "/ecomm/gw/partner/api/v1/")
        self.stack.start_daemon()
        self.stack.add_billing("demo", base + "/confirm")

    def peak_kib(self):
        with open(f"/proc/{self.stack.daemon.child.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])

    def come_back(self, number):
        (row,) = self.stack.postgres.sql(f"SELECT order_id FROM leopay.transactions WHERE id = {number}",
                                         self.stack.database)
        self.stack.get(f"/api/v1/transactions/approve/?orderId={row[0]}")

    def whole_payments(self, count):
        numbers = [self.stack.register() for _ in range(count)]
        for number in numbers:
            self.come_back(number)
        for number in numbers:
            self.stack.wait_status(number, "notified")

    def test_registrations(self):
        self.whole_payments(8)
        before = self.peak_kib()
        for what in ANSWERS:
            with self.subTest(what):
                self.peer.mode = lambda name, _: what if name == "register.do" else None
                began = time.monotonic()
                with ThreadPoolExecutor(8) as pool:
                    answers = list(pool.map(lambda _: self.stack.order().status, range(8)))
                self.assertLess(time.monotonic() - began, TIMEOUT_S + 10)
                self.assertLessEqual(set(answers), {502, 504}, answers)
                self.assertLess(self.peak_kib() - before, ROOM_KIB)
        self.peer.mode = lambda *_: None
        self.whole_payments(1)

    def test_questions_and_confirmations(self):
        self.whole_payments(8)
        # A billing has one place while it fails, and whoever answers slowly holds it for 30 s.
        for at in range(len(ANSWERS)):
            self.stack.add_billing(f"b{at}", f"http://127.0.0.1:{self.peer.port}/confirm")
        before = self.peak_kib()
        amounts = {1000 + at: what for at, what in enumerate(ANSWERS)}
        bad = {"getOrderStatusExtended.do", "confirm"}
        self.peer.mode = lambda name, amount: amounts[amount] if name in bad else None
        numbers = {self.stack.register(amount=amount, billing=f"b{amount - 1000}"): what
                   for amount, what in amounts.items() for _ in range(2)}
        asked = self.peer.ended["getOrderStatusExtended.do"]
        for number in numbers:
            self.come_back(number)
        wait_for("the bank was asked", lambda: self.peer.ended["getOrderStatusExtended.do"] >= asked + len(numbers))
        for number, what in numbers.items():
            self.assertEqual(self.stack.status(number), "registered", what)
        bad.remove("getOrderStatusExtended.do")
        for number, what in numbers.items():
            self.come_back(number)
            if "a byte a second" not in what:                   # of these nothing is recorded before their 30 s
                wait_for(f"the billing was told: {what}", lambda: self.stack.payment(number)["deliveries"])
        self.assertLess(self.peak_kib() - before, ROOM_KIB)


if __name__ == "__main__":
    unittest.main(verbosity=2)
