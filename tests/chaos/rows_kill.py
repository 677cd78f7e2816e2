# SPDX-License-Identifier: MIT
"""kill -9: at random moments, and at every system call of a payment's walk."""

import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import time

import oracle
from load import Load
from rows import Failed, row
from stack import wait_for
from world import World


@row(trials=25, quick=6)
def kill9_random(run):
    """One of two daemons is killed at random moments under load and started again."""
    world = run.world(daemons=2)
    load = run.load(world)
    load.start(6, 0.01)
    for _ in range(run.trials):
        time.sleep(run.rng.uniform(0.02, 0.6))
        victim = run.rng.choice(world.daemons)
        world.kill(victim)
        if run.rng.random() < 0.3:
            world.kill(run.rng.choice(world.daemons))      # now and then both, or the same one twice
        for daemon in [one for one in world.daemons if not one.alive()]:
            world.restart(daemon, ready=False)
        run.count()
    for daemon in world.daemons:
        world.wait_ready(daemon)
    load.stop()
    load.pay_unheard(run.rng)
    run.judge(world, load)


@row(trials=2)
def kill9_telling(run):
    """A daemon dies with all of a billing's places taken: the billing's next payments do not wait for its leases."""
    world = run.world()
    load = run.load(world)
    for _ in range(run.trials):
        world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "hang"})
        before = len(world.receipts())
        load.many(24, 8, lambda rng: paid_and_back(load, rng))
        wait_for("all places are taken", lambda: len(world.receipts()) >= before + 16)
        world.kill(world.daemon)
        killed_at = time.monotonic()
        world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok"})
        world.restart(world.daemon)
        post = paid_and_back(load, run.rng)
        wait_for("the next one is told", lambda: any(one["id"] == post.number for one in world.receipts()), 30)
        took = time.monotonic() - killed_at
        run.note(f"the next payment was told {took:.1f} s after the kill")
        run.must(took < 12, f"the next payment waited {took:.1f} s for a dead process")
        world.wait_settled(45)
        run.count()
    run.judge(world, load)


def paid_and_back(load, rng):
    post = load.new_post(rng)
    load.post_until_known(post, rng)
    load.come_back(load.pay(post.number), rng)
    return post


# ---- at every call ----

CALLS = ("sendto", "recvfrom", "read", "write", "readv", "writev", "sendmsg", "recvmsg", "epoll_wait", "epoll_ctl",
         "poll", "ppoll", "connect", "socket", "accept4", "close", "futex", "timerfd_settime", "setsockopt",
         "getsockopt", "shutdown", "eventfd2", "fcntl")


class OneWalk:
    """One payment in a database of its own, with a daemon that somebody traces."""

    def __init__(self, run, world, index):
        self.run, self.world, self.index = run, world, index
        self.load = Load(world, f"{run.seed}/{index}", tries=1)
        self.rng = random.Random(f"{run.seed}/walk/{index}")
        self.log = os.path.join(world.folder, f"strace-{index}")

    def trace(self, pid, *expressions):
        argv = ["strace", "-f", "-qq", "-o", self.log, *expressions, "-p", str(pid)]
        tracer = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        threads = {int(name) for name in os.listdir(f"/proc/{pid}/task")}

        def attached():
            if tracer.poll() is not None:
                return True
            return all(traced(pid, thread) for thread in threads)

        wait_for("strace is attached", attached, 10)
        return tracer

    def walk(self):
        """Order, pay, come back; whatever the daemon's death leaves of it."""
        post = self.load.new_post(self.rng, billing=self.billing)
        self.load.send(post, self.world.port, 8)
        if post.number:
            url = self.load.pay(post.number)
            if url:
                self.load.come_back(url, self.rng)

    @property
    def billing(self):
        return f"b{self.index}"


def traced(pid, thread):
    try:
        with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as file:
            return "TracerPid:\t0\n" not in file.read()
    except OSError:
        return True


def walk_world(run, index):
    """A world for one walk: ids that no other walk has, one thread, no noise."""
    world = World(billings={f"b{index}": "0.5"}, start=False, LEOPAY_THREADS="1", LEOPAY_CHECK_DELAY="2")
    world.sql(f"ALTER SEQUENCE leopay.transaction_ids RESTART WITH {index * 1000 + 1}")
    world.add_daemon()
    return world


def count_calls(run):
    """How often each thread at most makes each call in one walk."""
    world = walk_world(run, 0)
    try:
        one = OneWalk(run, world, 0)
        tracer = one.trace(world.daemon.child.pid, "-e", "trace=" + ",".join(CALLS))
        one.walk()
        wait_for("it is told", lambda: world.receipts(), 20)
        time.sleep(0.1)
        tracer.terminate()
        tracer.wait()
        counts = {}
        with open(one.log, encoding="utf-8", errors="replace") as log:
            for line in log:
                found = re.match(r"(\d+) +(\w+)\(", line)
                if found:
                    thread, call = found.groups()
                    counts.setdefault(call, {}).setdefault(thread, 0)
                    counts[call][thread] += 1
        return {call: max(threads.values()) for call, threads in counts.items()}
    finally:
        world.close()


def one_trial(run, index, call, place):
    """Kills at the `place`-th `call`, starts again plainly, settles and judges."""
    world = walk_world(run, index)
    try:
        one = OneWalk(run, world, index)
        daemon = world.daemon
        tracer = one.trace(daemon.child.pid, "-e", f"trace={call}",
                           "-e", f"inject={call}:signal=SIGKILL:when={place}")
        one.walk()
        deadline = time.monotonic() + 1.5
        while daemon.alive() and time.monotonic() < deadline and not world.receipts():
            time.sleep(0.02)
        time.sleep(0.05)
        killed = not daemon.alive()
        if not killed:
            world.kill(daemon)                              # the call came less often this time: killed at the end
        tracer.terminate()
        tracer.wait()
        world.restart(daemon)
        one.load.pay_unheard(one.rng, 1.0)
        world.wait_settled(40)
        return killed, world.judge(one.load.posts), [f"{call} {place}: {text}" for text in one.load.trouble]
    finally:
        world.close()


@row(trials=200)
def kill9_every_call(run):
    """kill -9 at the K-th of each system call that a payment's walk makes."""
    if not shutil.which("strace"):
        raise Failed("strace is missing: apt-get install strace")
    counts = count_calls(run)
    places = [(call, place) for call in sorted(counts) for place in range(1, counts[call] + 1)]
    total = len(places)
    if total > run.trials:
        places = [places[index * total // run.trials] for index in range(run.trials)]
    run.note("a walk makes " + ", ".join(f"{call} x{counts[call]}" for call in sorted(counts)))
    inside = 0
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        trials = [pool.submit(one_trial, run, index + 1, *place) for index, place in enumerate(places)]
        for trial, place in zip(trials, places):
            killed, verdict, trouble = trial.result()
            verdict.findings = [f"{text} (killed at {place[0]} {place[1]})" for text in verdict.findings]
            run.verdict.add(verdict)
            run.problems += trouble
            if verdict.counts["stuck"]:
                run.problems.append(f"killed at {place[0]} {place[1]}: not settled")
            inside += killed
            run.count()
    run.note(f"tried {len(places)} of {total} places; {inside} died at the call, the rest right after the walk")
    run.must(inside >= len(places) // 2, "most kills missed their call")
