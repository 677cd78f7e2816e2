# SPDX-License-Identifier: MIT
"""Clients, payers and their records: whole walks of payments, with what each post got written down.

A post has three outcomes: a page (acknowledged: it must never be lost), a definite no, or unknown.  After an
unknown the client does what the contract tells it to: the same post with the same key.
"""

import collections
import itertools
import json
import random
import threading
import time

import oracle  # noqa: F401  pylint: disable=unused-import  (puts tests/integration on the path)
from wire import request

ALLOWED = {302, 409, 502, 503, 504}


class Post:
    """One order as the client sees it: what it wanted, and what it got, try by try."""

    def __init__(self, userid, amount, billing, key):
        self.userid = userid
        self.amount = amount
        self.billing = billing
        self.key = key
        self.pages = []
        self.answers = collections.Counter()

    @property
    def unknown(self):
        return any(self.answers[what] for what in (502, 503, 504, "cut"))

    @property
    def number(self):
        return self.pages[0][0] if self.pages else None


class Load:
    """Posts to whichever daemon is up.  `world` tells where; every draw comes from the seed."""

    users = itertools.count(1)

    def __init__(self, world, seed, billings=("demo",), tries=3):
        self.world = world
        self.seed = seed
        self.billings = billings
        self.tries = tries
        self.posts = []
        self.slowest_s = 0.0
        self.paid = set()
        self.threads = []
        self.stop_event = threading.Event()
        self.trouble = []
        self.mark = None                                    # a text that no answer may hold

    # ---- one client ----

    def new_post(self, rng, billing=None, key=True):
        user = next(self.users)
        userid = user if rng.random() < 0.7 else f"абонент {user}"
        # Half of them pay whole roubles, as people do: of those a commission often ends in half a kopeck.
        amount = rng.choice((rng.randrange(1, 10_000_000), 100 * rng.randrange(1, 100_000)))
        post = Post(userid, amount, billing or rng.choice(self.billings),
                    f"key-{user}-{rng.randrange(1 << 30)}" if key else None)
        self.posts.append(post)
        return post

    def send(self, post, port, seconds=20):
        """One try; writes down what came of it and returns it."""
        body = json.dumps({"amount": post.amount, "billing": post.billing, "billing_userid": post.userid,
                           "final_url": "http://shop.example/done"}).encode()
        head = [("Content-Type", "application/json")]
        if post.key:
            head.append(("Idempotency-Key", post.key))
        began = time.monotonic()
        try:
            answer = request(port, "POST", "/api/v1/transactions/", head, body, seconds)
        except ConnectionRefusedError:
            post.answers["refused"] += 1
            return "refused"
        except (EOFError, OSError, ValueError):
            post.answers["cut"] += 1
            return "cut"
        finally:
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        post.answers[answer.status] += 1
        if answer.status == 302:
            post.pages.append((int(answer.header("leopay-transaction-id")), answer.header("location")))
        elif answer.status not in ALLOWED:
            self.trouble.append(f"a post was answered {answer.status}: {answer.text[:200]}")
        self.look_for_mark(answer)
        return answer.status

    def look_for_mark(self, answer):
        if self.mark and self.mark in answer.text:
            self.trouble.append(f"a payer was shown the database's own words: {answer.text[:200]}")

    def post_until_known(self, post, rng):
        for attempt in range(self.tries):
            if self.send(post, self.world.a_port(rng)) == 302:
                return True
            if self.stop_event.wait(0.05 * (attempt + 1)):
                break
        return False

    def pay(self, number, action="pay"):
        """What the payer does at the bank's page; the address to come back to, or None."""
        body = json.dumps({"orderNumber": str(number), "action": action}).encode()
        answer = request(self.world.bank_port, "POST", "/sandbox/act", [("Content-Type", "application/json")], body)
        if answer.status != 200:
            return None
        if action.startswith("pay"):
            self.paid.add(int(number))
        return answer.json()["return_url"]

    def come_back(self, url, rng):
        path = url[url.index("/api/"):]
        for _ in range(2):
            try:
                request(self.world.a_port(rng), "GET", path, seconds=10)
                return
            except (EOFError, OSError, ValueError):
                self.stop_event.wait(0.1)

    def walk(self, rng, billing=None):
        """A whole payment: ordered, paid in one of the ways payers have, come back from or not."""
        post = self.new_post(rng, billing)
        if not self.post_until_known(post, rng):
            return post
        way = rng.random()
        if way < 0.08:
            return post                                     # walks away
        if way < 0.14:
            self.pay(post.number, "decline")
        url = self.pay(post.number, "pay_bonus" if way > 0.95 else "pay")
        if url and way < 0.85:                              # else the tab is closed
            self.come_back(url, rng)
            if way < 0.2:
                self.come_back(url, rng)                    # and reloaded
        return post

    # ---- many ----

    def work(self, index, pause):
        rng = random.Random(f"{self.seed}/{index}")
        while not self.stop_event.is_set():
            try:
                self.walk(rng)
            except OSError as error:
                self.trouble.append(f"the sandbox failed: {error}")
                return
            if pause:
                self.stop_event.wait(pause)

    def start(self, workers, pause=0.0):
        self.stop_event.clear()
        self.threads = [threading.Thread(target=self.work, args=(index, pause), daemon=True)
                        for index in range(workers)]
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stop_event.set()
        for thread in self.threads:
            thread.join(30)
            if thread.is_alive():
                self.trouble.append("a client did not come back")
        self.threads = []
        self.stop_event.clear()

    def many(self, count, workers=8, work=None):
        """`count` walks (or `work(rng)`), shared by so many clients; returns what they returned."""
        numbers = iter(range(count))
        lock, done = threading.Lock(), []

        def run(index):
            rng = random.Random(f"{self.seed}/many/{index}")
            while True:
                with lock:
                    if next(numbers, None) is None:
                        return
                done.append((work or self.walk)(rng))

        threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done

    def pay_unheard(self, rng, share=0.5):
        """Payers whose browser got the page although the client's record does not say so."""
        heard = {post.number for post in self.posts}
        for order in self.world.bank_orders():
            number = int(order["orderNumber"])
            if order["state"] == "registered" and number not in heard and rng.random() < share:
                self.pay(number)

    def statuses(self):
        total = collections.Counter()
        for post in self.posts:
            total.update(post.answers)
        return dict(sorted(total.items(), key=str))
