# SPDX-License-Identifier: MIT
"""Billings fail in every way they can, and one that is dead must not be felt by another."""

import time

from rows import row
from stack import wait_for

MODES = ("http_500", "http_404", "429", "redirect", "reset", "reset_after", "201", "204")
LONG = ("slow", "hang", "hang_after")                       # a byte a second, and the delivery's whole 30 s


@row(trials=40, quick=12)
def billing_faults(run):
    """500s, hangs, resets before and after counting, slow answers, 429 with Retry-After, under load."""
    names = ("first", "second", "third")
    world = run.world(billings={name: "0" if name == "first" else "2.5" for name in names})
    load = run.load(world, billings=names)
    load.start(6, 0.01)
    modes = MODES if run.quick else MODES + LONG
    for index in range(run.trials):
        mode = modes[index % len(modes)] if index < 2 * len(modes) else run.rng.choice(modes)
        world.bank("POST", "/sandbox/billing",
                   {"name": run.rng.choice(names), "mode": mode, "count": run.rng.randrange(1, 12),
                    "delay_ms": run.rng.choice((0, 0, 50, 300)), "retry_after": run.rng.choice((-1, -1, 0, 1, 3600))})
        time.sleep(run.rng.uniform(0.1, 0.35))
        run.count()
    load.stop()
    for name in names:
        world.bank("POST", "/sandbox/billing", {"name": name, "mode": "ok", "count": -1, "delay_ms": 0})
    run.judge(world, load, seconds=20 if run.quick else 75)


@row(trials=15)
def billing_outage(run):
    """A billing is down for attempt after attempt: it is told all the same, when it is back."""
    world = run.world(LEOPAY_RETRY_MAX_DELAY="1")
    load = run.load(world)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "http_500"})
    post = load.new_post(run.rng)
    load.post_until_known(post, run.rng)
    load.come_back(load.pay(post.number), run.rng)
    try:
        wait_for("it was tried so often", lambda: len(world.receipts()) >= run.trials, 3 * run.trials + 20)
    finally:
        run.count(len(world.receipts()))
        world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok"})
        run.judge(world, load, seconds=10)


WAITING = """
WITH made AS (
    INSERT INTO leopay.transactions (id, registered_at, paid_at, billing_id, counteragent_id, amount, commission,
                                     commission_hundredths, currency, status, billing_userid_is_number, billing_userid,
                                     order_number, order_id, return_secret, final_url, bank_status)
    SELECT 1000000 + n, now(), now(), b.id, b.counteragent_id, 100, 0, 0, 643, 'paid', true, n::text,
           'dead-' || n, 'dead-' || n, md5(n::text), 'http://shop.example/', 2
      FROM generate_series(1, {count}) AS n, leopay.billings b WHERE b.system_name = 'dead'
    RETURNING id, billing_id)
INSERT INTO leopay.jobs (transaction_id, billing_id, due_at, kind) SELECT id, billing_id, now(), 'notify' FROM made
"""


def walk_times(run, world, load, count):
    """From the post to the confirmation at the billing, sorted, in ms."""
    began = {}

    def walk(rng):
        post = load.new_post(rng, "alive")
        began[post.userid] = time.time()
        load.post_until_known(post, rng)
        load.come_back(load.pay(post.number), rng)
        return post

    posts = load.many(count, 4, walk)
    world.wait_settled(30)
    users = {post.number: post.userid for post in posts}
    return sorted(one["at"] - began[users[one["id"]]] * 1000 for one in world.receipts() if one["id"] in users)


@row(trials=100000, quick=10000)
def billing_dead(run):
    """A billing that hangs with 100,000 confirmations waiting does not slow another one down beyond 2x."""
    world = run.world(billings={"alive": "1", "dead": "0"}, LEOPAY_CHECK_DELAY="60")
    world.skip.add("dead")
    load = run.load(world)
    walks = 200 if run.quick else 1000
    walk_times(run, world, load, 40)                        # warm
    quiet = walk_times(run, world, load, walks)
    for mode in ("hang", "http_500"):
        world.bank("POST", "/sandbox/billing", {"name": "dead", "mode": mode})
        if mode == "hang":
            world.sql(WAITING.format(count=run.trials))
            time.sleep(2)
        busy = walk_times(run, world, load, walks)
        p99, before = busy[int(len(busy) * .99)], quiet[int(len(quiet) * .99)]
        run.note(f"{run.trials} waiting for one that answers {mode}: the other's p50 {busy[len(busy) // 2]:.0f} ms "
                 f"(quiet {quiet[len(quiet) // 2]:.0f}), p99 {p99:.0f} ms (quiet {before:.0f})")
        run.must(len(busy) == walks, f"{len(busy)} of {walks} arrived")
        # One that waited for the dead one would wait for seconds; two noisy cores make tenths.
        run.must(p99 <= max(2 * before, before + 200), f"p99 went from {before:.0f} to {p99:.0f} ms")
    run.count(run.trials)
    run.judge(world, load)
