# SPDX-License-Identifier: MIT
"""kill -9 at points with a name, on both sides of whatever a payment's walk stores or says to somebody."""

import concurrent.futures
import os
import random
import re
import signal
import sys
import time

from load import Load
from rows import Failed, row
from stack import ROOT, wait_for
from world import World

sys.path.append(os.path.join(ROOT, "tests", "support"))
from patched import Broken, Copy  # noqa: E402  pylint: disable=wrong-import-position

PATCH = os.path.join(ROOT, "tests", "chaos", "crash_points.patch")
REPEATS = 3                                                 # at the first, the second and the third passing
PAYMENTS = 40                                               # the other daemon may take most of them
IDS = 1_000_000                                             # beyond those of the other rows that share the cluster


def read_points():
    with open(PATCH, encoding="utf-8") as file:
        return re.findall(r'(?m)^\+.*lp_crash_point\("(\w+)"\)', file.read())


def build_with_points(run):
    try:
        copy = Copy()
        run.closing.append(copy.remove)
        copy.patch(PATCH)
        copy.build("leopayd")
    except Broken as error:
        raise Failed(str(error)) from error
    return os.path.join(copy.build_folder, "leopayd", "leopayd")


def walk(load, rng, billing):
    """Order, pay, come back, always by way of the one that is to die; whatever its death leaves of it."""
    post = load.new_post(rng, billing)
    load.send(post, load.world.port, 8)
    url = load.pay(post.number) if post.number else None
    if url:
        load.come_back(url, rng)


def one_trial(run, program, index, point, passing, daemons):
    """Whether it died at its point, the verdict, and what else was wrong."""
    billing, rng = f"p{index}", random.Random(f"{run.seed}/point/{index}")
    world = World(billings={billing: "0.5"}, start=False, protocol=run.protocol, LEOPAY_THREADS="1",
                  LEOPAY_CHECK_DELAY="2")
    try:
        world.sql(f"ALTER SEQUENCE leopay.transaction_ids RESTART WITH {IDS + index * 1000}")
        victim = world.add_daemon(within=("sh", "-c", f"exec {program}"), LEOPAY_CRASH=f"{point}:{passing}")
        for _ in range(daemons - 1):
            world.add_daemon()
        load = Load(world, f"{run.seed}/{index}", tries=1)
        for _ in range(PAYMENTS):
            walk(load, rng, billing)
            if not victim.alive():
                break
            time.sleep(0.2)
        try:
            wait_for("it dies", lambda: not victim.alive(), 5)
        except AssertionError:
            return False, world.judge(load.posts), load.trouble
        died = victim.child.returncode == -signal.SIGKILL
        victim.within, victim.env = (), {}
        if daemons == 1:
            world.restart(victim)
        load.pay_unheard(rng, 1.0)
        world.wait_settled(45)
        return died, world.judge(load.posts), load.trouble
    finally:
        world.close()


@row(trials=10_000)
def kill9_points(run):
    """kill -9 at each named point of a payment's walk, thrice, alone and with a second daemon that takes over."""
    points = read_points()
    program = build_with_points(run)
    plan = [(point, passing, daemons) for point in points for daemons in (1, 2) for passing in range(1, REPEATS + 1)]
    run.rng.shuffle(plan)
    died = 0
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        trials = [pool.submit(one_trial, run, program, index, *one) for index, one in enumerate(plan[:run.trials])]
        for trial, (point, passing, daemons) in zip(trials, plan):
            dead, verdict, trouble = trial.result()
            where = f"{point}:{passing}, {daemons} daemons"
            verdict.findings = [f"{text} ({where})" for text in verdict.findings]
            run.verdict.add(verdict)
            run.problems += [f"{text} ({where})" for text in trouble]
            run.must(dead, f"nobody died at {where}")
            run.must(not verdict.counts["stuck"], f"not settled: {where}")
            died += dead
            run.count()
    run.note(f"{len(points)} points x 2 numbers of daemons x {REPEATS}: {died} of {run.done} died at their point")
