#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Raw bytes at the door: what is not exactly one well-formed request gets 400 and a closed connection."""

import json
import socket
import threading
import time
import unittest

from stack import Case, SharedCase, wait_for
from wire import connect, raw, read_answer

BODY = json.dumps({"amount": 10000, "billing": "demo", "billing_userid": 42, "final_url": "http://shop.example/"}).encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
POST = b"POST /api/v1/transactions/ HTTP/1.1\r\n"
PATH = b"/api/v1/transactions/approve?t=nobody"  # served, and answered 404
GET = b"GET " + PATH + b" HTTP/1.1\r\n"
HOST = b"Host: pay.example\r\n"
JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)

AMBIGUOUS = {
    "length and chunked": POST + HOST + JSON + LENGTH + CHUNKED + b"\r\n" + CHUNKS,
    "chunked and length": POST + HOST + JSON + CHUNKED + LENGTH + b"\r\n" + CHUNKS,
    "two lengths": POST + HOST + JSON + LENGTH + b"Content-Length: 3\r\n\r\n" + BODY,
    "the same length twice": POST + HOST + JSON + LENGTH + LENGTH + b"\r\n" + BODY,
    "a list of lengths": POST + HOST + JSON + b"Content-Length: %d, %d\r\n\r\n" % (len(BODY), len(BODY)) + BODY,
    "negative length": POST + HOST + JSON + b"Content-Length: -1\r\n\r\n" + BODY,
    "signed length": POST + HOST + JSON + b"Content-Length: +%d\r\n\r\n" % len(BODY) + BODY,
    "hexadecimal length": POST + HOST + JSON + b"Content-Length: 0x10\r\n\r\n" + BODY,
    "empty length": POST + HOST + JSON + b"Content-Length: \r\n\r\n" + BODY,
    "huge length": POST + HOST + JSON + b"Content-Length: 99999999999999999999999\r\n\r\n" + BODY,
    "unknown coding": POST + HOST + JSON + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS,
    "gzip, chunked": POST + HOST + JSON + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
    "chunked twice": POST + HOST + JSON + CHUNKED + CHUNKED + b"\r\n" + CHUNKS,
    "identity": POST + HOST + JSON + b"Transfer-Encoding: identity\r\n\r\n" + BODY,
    "blank before the colon": POST + HOST + JSON + b"Content-Length : %d\r\n\r\n" % len(BODY) + BODY,
    "folded header": GET + HOST + b"X-A: b\r\n c\r\n\r\n",
    "folded with a tab": GET + HOST + b"X-A: b\r\n\tc\r\n\r\n",
    "first header folded": GET + b" X-A: b\r\n" + HOST + b"\r\n",
    "no host": GET + b"\r\n",
    "two hosts": GET + HOST + b"Host: other.example\r\n\r\n",
    "the same host twice": GET + HOST + HOST + b"\r\n",
    "bare line feeds": GET.replace(b"\r\n", b"\n") + b"Host: a\n\n",
    "one bare line feed": GET + HOST + b"X-A: b\n\r\n",
    "bare carriage return": GET + HOST + b"X-A: b\rX-B: c\r\n\r\n",
    "NUL in a value": GET + HOST + b"X-A: a\x00b\r\n\r\n",
    "control byte in a value": GET + HOST + b"X-A: a\x01b\r\n\r\n",
    "DEL in a value": GET + HOST + b"X-A: a\x7fb\r\n\r\n",
    "control byte in the path": b"GET /\x01 HTTP/1.1\r\n" + HOST + b"\r\n",
    "no colon": GET + HOST + b"nothing\r\n\r\n",
    "empty name": GET + HOST + b": a\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "HTTP/2.0": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\n" + HOST + b"\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/1.0 without a host": b"GET " + PATH + b" HTTP/1.0\r\n\r\n",
    "two blanks": b"GET  " + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "absolute form": b"GET http://pay.example" + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "not http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n",
    "many headers": GET + HOST + b"X-A: b\r\n" * 300 + b"\r\n",
    "a bad chunk size": POST + HOST + JSON + CHUNKED + b"\r\nzz\r\n" + BODY + b"\r\n0\r\n\r\n",
}


class Gate(SharedCase):
    def test_ambiguous(self):
        before = self.stack.bank_orders()
        for name, data in AMBIGUOUS.items():
            with self.subTest(name=name):
                answer, closed = raw(self.stack.port, data)
                self.assertIsNotNone(answer, f"no answer; closed: {closed}")
                self.assertEqual(answer.status, 400)
                self.assertTrue(closed)
        self.assertEqual(self.stack.bank_orders(), before)
        self.assertTrue(self.stack.daemon.alive())

    def test_smuggled_second_request_is_not_served(self):
        before = self.stack.bank_orders()
        order = POST + HOST + JSON + LENGTH + b"\r\n" + BODY
        data = POST + HOST + JSON + CHUNKED + b"Content-Length: %d\r\n\r\n0\r\n\r\n" % (len(order) + 5) + order
        answer, closed = raw(self.stack.port, data)
        self.assertEqual((answer.status, closed), (400, True))
        self.assertEqual(self.stack.bank_orders(), before)

    def test_good_ones(self):
        for name, data, status in (
                ("HTTP/1.0", b"GET " + PATH + b" HTTP/1.0\r\n" + HOST + b"\r\n", 404),
                ("empty host", b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404),
                ("chunked", POST + HOST + JSON.replace(b"json", b"jsonx") + CHUNKED + b"\r\n" + CHUNKS, 415),
                ("trace", b"TRACE /api/v1/transactions/ HTTP/1.1\r\n" + HOST + b"\r\n", 405)):
            with self.subTest(name=name):
                answer, closed = raw(self.stack.port, data)
                self.assertEqual(answer.status, status)
                self.assertTrue(closed or name != "HTTP/1.0")

    def test_no_upgrade(self):
        answer, _ = raw(self.stack.port, GET + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n")
        self.assertEqual(answer.status, 404)

    def test_expect_continue(self):
        with connect(self.stack.port, 10) as sock:
            sock.sendall(POST + HOST + b"Content-Type: text/plain\r\nExpect: 100-continue\r\n" + LENGTH + b"\r\n")
            first = read_answer(sock)
            if first.status == 100:
                sock.sendall(BODY)
                first = read_answer(sock)
            self.assertEqual(first.status, 415)

    def test_keep_alive_and_pipelining(self):
        with connect(self.stack.port, 10) as sock:
            sock.sendall((GET + HOST + b"\r\n") * 3)
            stream = sock.makefile("rb")
            for _ in range(3):
                self.assertIn(b" 404 ", stream.readline())
                length = 0
                for line in iter(stream.readline, b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                stream.read(length)

    def test_bytes_one_by_one(self):
        data = GET + HOST + b"\r\n"
        with connect(self.stack.port, 10) as sock:
            for byte in data:
                sock.sendall(bytes([byte]))
            self.assertEqual(read_answer(sock).status, 404)

    def test_large_bodies(self):
        for framing, body in ((b"Content-Length: 65536\r\n", b"x" * 65536), (b"Content-Length: 16385\r\n", b"x" * 16385),
                              (CHUNKED, b"8000\r\n" + b"x" * 32768 + b"\r\n0\r\n\r\n")):
            answer, _ = raw(self.stack.port, POST + HOST + JSON + framing + b"\r\n" + body)
            self.assertIsNotNone(answer, framing)
            self.assertEqual(answer.status, 413)
        for framing in (b"Content-Length: 70000\r\n", b"Content-Length: 10000000000\r\n"):
            answer, closed = raw(self.stack.port, POST + HOST + JSON + framing + b"\r\n" + b"x" * 1000)
            self.assertTrue(closed or answer.status == 413)
            if answer:
                self.assertEqual(answer.status, 413)

    def test_large_head(self):
        with connect(self.stack.port, 10) as sock:
            try:
                sock.sendall(GET + HOST + b"X-A: " + b"a" * 600_000 + b"\r\n\r\n")
                answer = read_answer(sock)
                self.assertIn(answer.status, (400, 413, 431))
            except (EOFError, ConnectionError):
                pass
        self.assertEqual(self.stack.order().status, 302)


class Slow(Case):
    def cut_after(self, port, first, drip):
        began = time.monotonic()
        with connect(port, 20) as sock:
            sock.sendall(first)
            sock.settimeout(0.5)
            while time.monotonic() - began < 18:
                try:
                    if sock.recv(65536) == b"":
                        return time.monotonic() - began
                except TimeoutError:
                    pass
                except ConnectionError:
                    return time.monotonic() - began
                try:
                    sock.sendall(drip)
                except ConnectionError:
                    return time.monotonic() - began
        return None

    def test_slow_clients_are_cut(self):
        stack = self.new_stack()
        probes = {"silent": (b"", b""), "head": (GET, b"X"), "body": (POST + HOST + JSON + LENGTH + b"\r\n", b"{"),
                  "header lines": (GET + HOST, b"X-A: b\r\n")}
        seconds = {}

        def probe(name):
            seconds[name] = self.cut_after(stack.port, *probes[name])

        threads = [threading.Thread(target=probe, args=(name,)) for name in probes]
        for thread in threads:
            thread.start()
        healthy = [stack.order().status for _ in range(20)]
        for thread in threads:
            thread.join()
        self.assertEqual(set(healthy), {302})
        for name, value in seconds.items():
            self.assertIsNotNone(value, f"{name} was not cut")
            self.assertLess(value, 14, name)
            self.assertGreater(value, 5 if name != "silent" else 0, name)

    def test_many_idle_connections(self):
        stack = self.new_stack()
        idle = []
        try:
            for _ in range(500):
                idle.append(socket.create_connection(("127.0.0.1", stack.port), timeout=5))
            self.assertEqual(stack.order().status, 302)
            self.assertTrue(stack.daemon.alive())
        finally:
            for sock in idle:
                sock.close()
        wait_for("orders are taken", lambda: stack.order().status == 302)


if __name__ == "__main__":
    unittest.main(verbosity=2)
