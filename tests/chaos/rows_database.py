# SPDX-License-Identifier: MIT
"""PostgreSQL dies, is cut off, fails over, or lets a COMMIT hang."""

import os
import signal
import threading
import time

from pair import Pair
from rows import row
from rows_kill import paid_and_back
from stack import wait_for
from wire import request


@row(trials=6)
def postgres_kill(run):
    """PostgreSQL is killed -9 and started again under load."""
    postgres = run.postgres()
    world = run.world(postgres=postgres, daemons=2)
    load = run.load(world)
    load.start(6, 0.01)
    ready_s = []
    for _ in range(run.trials):
        time.sleep(run.rng.uniform(0.3, 1.2))
        postgres.run("kill")
        time.sleep(run.rng.uniform(0, 0.5))
        postgres.run("restart")
        began = time.monotonic()
        for daemon in world.daemons:
            world.wait_ready(daemon)
        ready_s.append(time.monotonic() - began)
        run.count()
    load.stop()
    load.pay_unheard(run.rng)
    run.note(f"ready again at most {max(ready_s):.1f} s after the database")
    run.must(max(ready_s) < 6, f"ready only {max(ready_s):.1f} s after the database")
    run.judge(world, load, seconds=60)


@row(trials=60)
def postgres_cut(run):
    """All of Leopay's connections are terminated, again and again, under load."""
    world = run.world(daemons=2)
    load = run.load(world)
    load.start(6, 0.005)
    cut = 0
    for _ in range(run.trials):
        time.sleep(run.rng.uniform(0.02, 0.25))
        cut += len(world.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                                      f"'{world.database}' AND pid <> pg_backend_pid()", "postgres"))
        run.count()
    load.stop()
    load.pay_unheard(run.rng)
    run.note(f"{cut} connections cut")
    run.judge(world, load, seconds=60)


def fail_over(run, synchronous, freeze=False):
    """Load on a pair, the primary killed and the standby promoted; returns world and load."""
    pair = Pair(synchronous)
    run.closing.append(pair.remove)
    world = run.world(postgres=pair)
    load = run.load(world)
    if freeze:
        # With nothing left to do, the first commits that hang are those of orders.
        load.many(10, 4, lambda rng: paid_and_back(load, rng))
        world.wait_settled(20)
        receiver = pair.process_named("b", "walreceiver")
        os.kill(receiver, signal.SIGSTOP)
        load.start(6, 0.002)
        time.sleep(0.5)
    else:
        load.start(6, 0.002)
        time.sleep(run.rng.uniform(0.8, 1.6))
    pair.kill("a")
    began = time.monotonic()
    if freeze:
        # What lies in the socket is lost with the link: the receiver ends before it reads on.
        os.kill(receiver, signal.SIGTERM)
        os.kill(receiver, signal.SIGCONT)
    pair.promote()
    world.wait_ready()
    gap = time.monotonic() - began
    time.sleep(0.5)
    load.stop()
    return world, load, gap


@row(trials=3)
def failover(run):
    """The primary is killed under load and its synchronous standby promoted: nothing acknowledged is lost."""
    for index in range(run.trials):
        # Every other time commits hang before the kill: what waits for its commit, the bank must not have heard of.
        world, load, gap = fail_over(run, True, freeze=index % 2 == 1)
        load.pay_unheard(run.rng)
        verdict = run.judge(world, load, seconds=60)
        run.note(f"{verdict.acknowledged} acknowledged, {verdict.unknown} unknown, ready again {gap:.1f} s after the kill")
        run.must(verdict.acknowledged, "nothing was acknowledged")
        run.count()
        world.close()


@row(trials=3)
def control_failover(run):
    """The same with an asynchronous standby that lags: the oracle must see the loss."""
    seen = 0
    for _ in range(run.trials):
        world, load, _ = fail_over(run, False, freeze=True)
        world.wait_settled(1)
        verdict = world.judge(load.posts)
        seen += bool(verdict.counts["lost"] or verdict.counts["orphan"])
        run.note(f"asynchronous: lost {verdict.counts['lost']}, orphan {verdict.counts['orphan']} "
                 f"of {verdict.acknowledged} acknowledged")
        run.count()
        world.close()
    run.must(seen, "the oracle saw no loss in any of the failovers")


@row(trials=16)
def hanging_commit(run):
    """The synchronous standby is gone and COMMIT hangs: 503 within 10 s, settled when it is back."""
    pair = Pair()
    run.closing.append(pair.remove)
    world = run.world(postgres=pair)
    load = run.load(world, tries=1)
    load.many(10, 2)
    paid = [load.new_post(run.rng) for _ in range(4)]
    for post in paid:
        load.post_until_known(post, run.rng)
    took = []

    def send(post, pause):
        time.sleep(pause)
        began = time.monotonic()
        took.append((load.send(post, world.port, 30), time.monotonic() - began))

    posts = [load.new_post(run.rng) for _ in range(run.trials)]
    # Not all at once: what comes later waits in the queue for those that hang.
    threads = [threading.Thread(target=send, args=(post, index * 3 / run.trials)) for index, post in enumerate(posts)]
    with pair.stopped("b"):
        for thread in threads:
            thread.start()
        for post in paid:
            url = load.pay(post.number)
            answer = request(world.port, "GET", url[url.index("/api/"):], seconds=20)
            run.must(answer.status in (302, 503), f"a payer who came back was answered {answer.status}")
        for thread in threads:
            thread.join()
    run.must({status for status, _ in took} == {503}, f"posts were answered {took}")
    run.must(max(seconds for _, seconds in took) < 10, f"the slowest answer took {max(seconds for _, seconds in took):.1f} s")
    run.note(f"{len(took)} posts answered 503, the slowest after {max(seconds for _, seconds in took):.1f} s")
    wait_for("it is ready again", lambda: world.answers(world.ops_port, "/readyz"), 20)
    for post in posts:
        load.post_until_known(post, run.rng)
    run.count(len(took))
    run.judge(world, load, seconds=60)


CUT_HANGING = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@row(trials=16)
def cut_commit(run):
    """Connections are cut while COMMIT hangs: what is committed all the same must not be stored anew."""
    pair = Pair()
    run.closing.append(pair.remove)
    world = run.world(postgres=pair)
    load = run.load(world, tries=1)
    posts = [load.new_post(run.rng, key=None) for _ in range(run.trials)]
    threads = [threading.Thread(target=load.send, args=(post, world.port, 30)) for post in posts]
    with pair.stopped("b"):
        for thread in threads:
            thread.start()
        wait_for("commits hang and are cut off", lambda: pair.ask("a", CUT_HANGING))
    for thread in threads:
        thread.join()
    run.must(set(load.statuses()) == {302, 503}, f"posts were answered {load.statuses()}")
    run.count(len(posts))
    load.pay_unheard(run.rng)
    run.judge(world, load, seconds=60)
