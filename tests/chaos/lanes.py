# SPDX-License-Identifier: MIT
"""Many places tried one by one: each lane is a world of its own, in which walk after walk is broken at one place.

A walk begins when the one before it is settled, so that what is counted within a walk is the same each time.
"""

import collections
import random
import threading
import time

from load import Load
from wire import request

LANES = 10
DEADLINE_S = 10                                             # a payer is answered by then, whatever the database does


class Lane:
    """A world with one daemon of one thread, and a fault that is armed for one walk at a time."""

    def __init__(self, run, index, **settings):
        self.run = run
        self.world = run.world(start=False, **{"LEOPAY_THREADS": "1", "LEOPAY_CHECK_DELAY": "2", **settings})
        self.load = Load(self.world, f"{run.seed}/{index}")
        self.rng = random.Random(f"{run.seed}/lane/{index}")
        self.findings = set()
        self.slowest_s = 0.0

    # ---- what a row's lane says ----

    def arm(self, place):
        raise NotImplementedError

    def fired(self):
        raise NotImplementedError

    def disarm(self):
        raise NotImplementedError

    # ---- a walk ----

    def timed(self, what, call):
        began = time.monotonic()
        answer = call()
        took = time.monotonic() - began
        self.slowest_s = max(self.slowest_s, took)
        self.run.must(took < DEADLINE_S, f"{what} took {took:.1f} s")
        return answer

    def order(self):
        post = self.load.new_post(self.rng)
        for _ in range(3):
            status = self.timed("an order", lambda: self.load.send(post, self.world.port))
            if status == 302:
                break
            time.sleep(0.1)
        return post

    def come_back(self, url):
        """The payer returns: a way on, or a page that asks for patience."""
        path = url[url.index("/api/"):]
        for _ in range(3):
            answer = self.timed("a return", lambda: request(self.world.port, "GET", path, seconds=20))
            self.run.must(answer.status in (302, 503), f"a payer who came back was answered {answer.status}")
            self.load.look_for_mark(answer)
            if answer.status == 302:
                return
            time.sleep(0.1)

    def walk(self):
        """Order, pay, come back, and wait until it is told or broken."""
        post = self.order()
        url = self.load.pay(post.number) if post.number else None
        if url:
            self.come_back(url)
        return post

    def told(self, post):
        return any(one["id"] == post.number for one in self.world.receipts())

    def wait_walked(self, post, seconds=5):
        """Waits until the fault has come about, or nothing is left in which it could."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.fired():
            if post.number and self.told(post) and not self.world.unsettled():
                break
            time.sleep(0.02)
        time.sleep(0.05)                                    # the daemon goes on to its next word
        return self.fired()

    def settle(self, seconds=45):
        self.load.pay_unheard(self.rng, 1.0)
        return self.world.wait_settled(seconds, 0.5)

    def trial(self, place):
        """One walk with the fault at the place; returns whether it came about."""
        self.world.wait_ready()
        self.arm(place)
        post = self.walk()
        fired = self.wait_walked(post)
        self.disarm()
        self.settle()
        verdict = self.world.judge(self.load.posts)
        new = [text for text in verdict.findings if text not in self.findings]
        self.findings.update(new)
        self.run.problems += [f"at {place}: {text}" for text in new + self.load.trouble]
        self.load.trouble.clear()
        return fired


def pick(run, places):
    """All places, or as many as the row may try: drawn by the seed when it is quick, else evenly from all."""
    if len(places) <= run.trials:
        return list(places)
    if run.quick:
        return run.rng.sample(places, run.trials)
    return [places[index * len(places) // run.trials] for index in range(run.trials)]


def try_places(run, places, make_lane, lanes=LANES):
    """Shares the places out to the lanes."""
    left, lock, missed = list(reversed(places)), threading.Lock(), []

    def work(index):
        try:
            lane = make_lane(index)
            while True:
                with lock:
                    if not left:
                        break
                    place = left.pop()
                if not lane.trial(place):
                    missed.append(place)
                run.count()
            run.verdict.add(lane.world.judge(lane.load.posts))
            slowest.append(lane.slowest_s)
            answers.update(lane.load.statuses())
        except Exception as error:                          # a lane that ends early fails the row
            run.problems.append(f"lane {index} broke off: {type(error).__name__}: {error}")
            raise

    slowest, answers = [], collections.Counter()
    threads = [threading.Thread(target=work, args=(index,)) for index in range(min(lanes, len(places)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.must(run.done == len(places), f"{run.done} of {len(places)} places were tried")
    run.note(f"tried {run.done} places; the slowest answer to a payer took {max(slowest, default=0):.1f} s")
    run.note("answers " + ", ".join(f"{what} x{count}" for what, count in sorted(answers.items(), key=str)))
    if missed:
        run.note(f"the walk was over before it came to {len(missed)} of them: {missed[:8]}")
    run.must(len(missed) <= max(1, run.done // 20), "too many faults missed their walk")
