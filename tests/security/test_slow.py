#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A thousand clients that say little, read little or nothing: they are cut, and all others are served meanwhile."""

import asyncio
import os
import resource
import socket
import threading
import time
import unittest

from session import Session, waiting
from stack import ROOT, Case, wait_for
from test_gate import CHUNKED, GET, HOST, JSON, POST
from wire import metric

LIST = "/api/v1/transactions/?limit=1000"
CUT_WITHIN_S = 60  # 10 s is the limit; the machine may be busy

# What a client of a kind sends at first, and then again and again; how many there are.
KINDS = {
    "silent": (b"", None, 300),
    "slow head": (GET + b"X-A: ", b"b", 150),
    "slow header lines": (GET + HOST, b"X-A: b\r\n", 100),
    "slow body": (POST + HOST + JSON + b"Content-Length: 5000\r\n\r\n", b" ", 150),
    "slow chunks": (POST + HOST + JSON + CHUNKED + b"\r\n", b"1\r\nx\r\n", 100),
    "answered and idle": (GET + HOST + b"\r\n", None, 100),
    "half of a second request": (GET + HOST + b"\r\n" + GET, b"X", 80),
}
READERS = 20  # of a long answer, who never read it


class Flood:
    """Clients in one loop; `left` counts, for each kind, those that were not cut."""

    def __init__(self, port):
        self.port = port
        self.left = {}

    async def client(self, first, drip):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(first)
            while True:
                try:
                    if not await asyncio.wait_for(reader.read(65536), 0.5):
                        return
                except TimeoutError:
                    if drip:
                        writer.write(drip)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def attack(self):
        tasks = {name: [asyncio.create_task(self.client(first, drip)) for _ in range(count)]
                 for name, (first, drip, count) in KINDS.items()}
        await asyncio.wait(sum(tasks.values(), []), timeout=CUT_WITHIN_S)
        self.left = {name: sum(not task.done() for task in one) for name, one in tasks.items()}
        self.errors = [task.exception() for one in tasks.values() for task in one if task.done() and task.exception()]
        for task in sum(tasks.values(), []):
            task.cancel()

    def run(self):
        asyncio.run(self.attack())


class Slow(Case):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < 4096:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))

    def connections(self, stack):
        return int(metric(stack.ops_port, "leopay_http_connections"))

    def readers(self, stack):
        """Clients that ask for a long answer and do not read it."""
        with open(os.path.join(ROOT, "tests", "support", "payments.sql"), encoding="utf-8") as file:
            rows = file.read().replace(":rows", "20000")
        rows = "\n".join(line for line in rows.split("\n") if not line.startswith(("\\", "VACUUM", "SELECT setval")))
        stack.postgres.sql(rows + "; SELECT setval('leopay.transaction_ids', 20000)", stack.database)
        token = stack.ctl("token", "add", "--name", "x").out.strip()
        head = f"GET {LIST} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        length = len(stack.get(LIST, [("Authorization", f"Bearer {token}")]).body)
        self.assertGreater(length, 500_000)
        for _ in range(READERS):
            sock = socket.socket()
            self.addCleanup(sock.close)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(("127.0.0.1", stack.port))
            sock.sendall(head * 20)

    def test_others_are_served(self):
        stack = self.new_stack(billing=False, LEOPAY_LOG_LEVEL="error")
        stack.add_billing(commission="0.01")  # payments.sql joins by the commission
        descriptors = f"/proc/{stack.daemon.child.pid}/fd"
        before = len(os.listdir(descriptors)) if os.access(descriptors, os.R_OK) else None
        self.readers(stack)
        flood = Flood(stack.port)
        thread = threading.Thread(target=flood.run)
        thread.start()
        most = served = 0
        while thread.is_alive():
            self.assertEqual(stack.order().status, 302)
            self.assertEqual(stack.get("/api/v1/openapi.json").status, 200)
            served += 2
            most = max(most, self.connections(stack))
            time.sleep(0.05)  # there are other tests beside this one
        thread.join()
        self.assertEqual(flood.errors, [])
        self.assertEqual(flood.left, {name: 0 for name in KINDS}, "not cut")
        self.assertGreater(most, sum(count for _, _, count in KINDS.values()) // 2, "there never was a flood")
        self.assertGreater(served, 40)
        # The readers never close: it is for the daemon to let go of them.
        wait_for("all connections are gone", lambda: self.connections(stack) == 0, 60)
        if before is not None:
            wait_for("descriptors come back", lambda: len(os.listdir(descriptors)) <= before + 10)
        print(f"{served} requests served beside up to {most} connections")

    def test_readers_do_not_stand_in_the_way_of_payers(self):
        """Every lookup of a token hangs, for longer than a connection is waited for."""
        stack = self.new_stack()
        token = stack.ctl("token", "add", "--name", "x").out.strip()
        somebody = Session(stack.postgres.url(stack.database))
        self.addCleanup(somebody.close)
        somebody.run("BEGIN; LOCK TABLE leopay.tokens")
        for _ in range(40):
            sock = socket.create_connection(("127.0.0.1", stack.port))
            self.addCleanup(sock.close)
            sock.sendall(f"GET {LIST} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        wait_for("both threads hang", lambda: waiting(stack) == 2)
        for _ in range(60):
            self.assertEqual(stack.order().status, 302)
            time.sleep(0.1)

    def test_refusals_do_not_stand_in_the_way_of_payers(self):
        """Orders that cannot be taken, each sent as soon as the one before is refused, over more connections than the
        daemon has to its database."""
        stack = self.new_stack(LEOPAY_LOG_LEVEL="error")
        body = b'{"billing":"demo","amount":"nothing"}'
        head = POST + HOST + JSON + b"Content-Length: %d\r\n\r\n" % len(body)
        stop, refused = threading.Event(), []

        def insist():
            with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as sock:
                while not stop.is_set():
                    sock.sendall(head + body)
                    refused.append(sock.recv(65536).split(b" ", 2)[1])

        crowd = [threading.Thread(target=insist) for _ in range(32)]
        for thread in crowd:
            thread.start()
        try:
            self.assertEqual([stack.order().status for _ in range(40)], [302] * 40)
        finally:
            stop.set()
            for thread in crowd:
                thread.join()
        self.assertEqual(set(refused), {b"400"})
        self.assertGreater(len(refused), 400, "there never was a crowd")
        print(f"40 orders beside {len(refused)} refusals")


if __name__ == "__main__":
    unittest.main(verbosity=2)
