# SPDX-License-Identifier: MIT
"""Several daemons on one database: one key, the same work wanted by all, and one that slept through its lease."""

import collections
import signal
import threading
import time

from rows import row
from rows_kill import paid_and_back
from stack import wait_for


@row(trials=10, quick=3)
def same_key(run):
    """100 parallel posts with one Idempotency-Key across two daemons make one order."""
    world = run.world(daemons=2)
    world.knobs(register_delay_ms=30)
    load = run.load(world, tries=1)
    for _ in range(run.trials):
        post = load.new_post(run.rng)
        gate = threading.Barrier(100)

        def send(index, post=post, gate=gate):
            gate.wait()
            load.send(post, world.ports[index % 2], 30)

        threads = [threading.Thread(target=send, args=(index,)) for index in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        load.send(post, world.port)
        run.must(post.number, f"nobody got a page: {dict(post.answers)}")
        run.must(set(post.answers) <= {302, 409}, f"answers: {dict(post.answers)}")
        load.come_back(load.pay(post.number), run.rng)
        run.count()
    verdict = run.judge(world, load)
    run.must(verdict.rows == run.trials, f"{verdict.rows} orders for {run.trials} keys")
    run.must(len(world.bank_ledger()) == run.trials, "the bank saw another number of orders")


def all_due_at_once(run, daemons, count):
    """Payments that all become due while nobody is there, and then so many daemons at once."""
    world = run.world(start=False, LEOPAY_CHECK_DELAY="1")
    maker = world.add_daemon(LEOPAY_CHECK_DELAY="3600")
    load = run.load(world)

    def order(rng):
        post = load.new_post(rng)
        load.post_until_known(post, rng)
        load.pay(post.number)

    load.many(count, 12, order)
    maker.end(signal.SIGTERM)
    world.ports.clear()
    world.sql("UPDATE leopay.jobs SET due_at = now()")
    began = time.monotonic()
    for _ in range(daemons):
        world.add_daemon(ready=False)
    run.judge(world, load, seconds=90)
    run.note(f"{daemons} daemons, {count} due at once: done in {time.monotonic() - began:.1f} s")
    run.count(count)
    asked = collections.Counter(order["status_questions"] for order in world.bank_orders())
    told = collections.Counter(collections.Counter(one["id"] for one in world.receipts()).values())
    run.must(asked == {1: count}, f"questions a payment: {dict(asked)}")
    run.must(told == {1: count}, f"confirmations a payment: {dict(told)}")


@row(trials=4000, quick=400)
def two_daemons(run):
    """Two, then four daemons want the same due payments: each is asked about once and told once."""
    for daemons in (2, 4):
        all_due_at_once(run, daemons, run.trials // 2)


@row(trials=1)
def zombie(run):
    """A daemon stopped beyond its lease comes back: its late writes are refused, nothing is doubled."""
    for _ in range(run.trials):
        one_zombie(run)


def one_zombie(run):
    world = run.world(LEOPAY_SBERBANK_TIMEOUT="40")
    sleeper = world.daemon
    load, each = run.load(world, tries=1), 8
    rng = run.rng
    posts = [load.new_post(rng) for _ in range(3 * each)]
    for post in posts[:2 * each]:
        load.post_until_known(post, rng)
    # A third is asked about, a third is being told, a third is being registered when it falls asleep.
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok", "delay_ms": 1500})
    for post in posts[:each]:
        load.come_back(load.pay(post.number), rng)
    wait_for("the first are being told", lambda: len(world.receipts()) >= each)
    world.knobs(status_delay_ms=1500, register_delay_ms=1500)
    for post in posts[each:2 * each]:
        load.come_back(load.pay(post.number), rng)
    threads = [threading.Thread(target=load.send, args=(post, world.port, 60)) for post in posts[2 * each:]]
    for thread in threads:
        thread.start()
    wait_for("the last are being registered", lambda: len(world.bank_ledger()) == 3 * each)
    sleeper.child.send_signal(signal.SIGSTOP)
    world.knobs(status_delay_ms=0, register_delay_ms=0)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok", "delay_ms": 0})
    other = world.add_daemon()
    began = time.monotonic()
    wait_for("the other took over", lambda: not world.unsettled(), 60)
    run.note(f"taken over {time.monotonic() - began:.1f} s after the other started")
    sleeper.child.send_signal(signal.SIGCONT)
    for thread in threads:
        thread.join()
    wait_for("the sleeper notices", lambda: world.metric(sleeper, "leopay_leases_lost_total") > 0, 30)
    for order in world.bank_orders():
        if order["state"] == "registered":
            load.pay(order["orderNumber"])
    world.ports.remove(other.listen_port)
    run.judge(world, load)
    refused = int(world.metric(sleeper, "leopay_leases_lost_total"))
    run.note(f"late writes refused: {refused}")
    run.must(refused >= each, f"only {refused} late writes were refused")
    run.count()


def paid_posts(run, load, count):
    """Posts that are paid and whose payers are back."""
    return [paid_and_back(load, run.rng) for _ in range(count)]


def times_told(world, posts):
    """How often each of them was told, sorted."""
    told = collections.Counter(one["id"] for one in world.receipts())
    return sorted(told[post.number] for post in posts)


@row(trials=8)
def late_failure(run):
    """A daemon wakes up with failed deliveries in hand, while another makes them: it must not set them free."""
    world = run.world()
    sleeper = world.daemon
    load = run.load(world)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "http_500", "delay_ms": 1500})
    posts = paid_posts(run, load, run.trials)
    wait_for("all are being told", lambda: len(world.receipts()) == run.trials)
    sleeper.child.send_signal(signal.SIGSTOP)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok", "delay_ms": 8000})
    world.add_daemon()
    wait_for("the other is telling them", lambda: len(world.receipts()) == 2 * run.trials, 60)
    sleeper.child.send_signal(signal.SIGCONT)
    wait_for("the sleeper notices", lambda: world.metric(sleeper, "leopay_deliveries_failed_total") >= run.trials, 30)
    run.judge(world, load)
    run.must(times_told(world, posts) == [2] * run.trials, f"times told: {times_told(world, posts)}")
    run.count(run.trials)


@row(trials=4)
def long_attempts(run):
    """Calls that take longer than a lease are made once all the same, by one of two daemons: leases are renewed."""
    delay = 19000                                           # a lease lasts 15 s
    world = run.world(daemons=2, LEOPAY_CHECK_DELAY="600", LEOPAY_SBERBANK_TIMEOUT="40")
    load = run.load(world, tries=1)
    asked = [load.new_post(run.rng) for _ in range(run.trials)]
    for post in asked:
        load.post_until_known(post, run.rng)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok", "delay_ms": delay})
    told = paid_posts(run, load, run.trials)
    wait_for("the first are being told", lambda: len(world.receipts()) >= run.trials)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok", "delay_ms": 0})
    world.knobs(status_delay_ms=delay, register_delay_ms=delay)
    for post in asked:
        load.come_back(load.pay(post.number), run.rng)
    ordered = [load.new_post(run.rng) for _ in range(run.trials)]
    threads = [threading.Thread(target=load.send, args=(post, world.port, 60)) for post in ordered]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.knobs(status_delay_ms=0, register_delay_ms=0)
    run.judge(world, load)
    questions = {int(order["orderNumber"]): order["status_questions"] for order in world.bank_orders()}
    run.must(all(post.pages for post in ordered), f"orders were answered {[dict(post.answers) for post in ordered]}")
    run.must({questions[post.number] for post in asked} == {1}, f"questions an order: {questions}")
    run.must(times_told(world, told + asked) == [1] * 2 * run.trials, f"times told: {times_told(world, told + asked)}")
    run.count(3 * run.trials)


@row(trials=1, quick=1)
def idle(run):
    """Two daemons with nothing to do ask the database for work once a second a thread, and no more."""
    world = run.world(daemons=2)
    load = run.load(world)
    load.many(20, 4)
    run.judge(world, load)
    time.sleep(1)                                           # what was under way reports itself
    before = finished(world)
    time.sleep(4)
    each_s = (finished(world) - before) / 4
    run.note(f"{each_s:.0f} transactions a second")
    # 2 daemons x 2 threads x 2 kinds of work make 8, whatever else looks in makes some.
    run.must(each_s < 24, f"idle daemons make {each_s:.0f} transactions a second")
    run.count()


def finished(world):
    return int(world.postgres.sql("SELECT xact_commit FROM pg_stat_database "
                                  f"WHERE datname = '{world.database}'", "postgres")[0][0])
