# SPDX-License-Identifier: MIT
"""Controls: each breaks a rule behind Leopay's back, and the oracle must see it.  A control that reports nothing fails."""

import json

from rows import row
from stack import wait_for
from wire import request


def settled_world(run, count=4):
    """A world with some payments that went well: the oracle must find nothing in it."""
    world = run.world()
    load = run.load(world)
    load.many(count, 2, lambda rng: pay(load, rng))
    world.wait_settled(30)
    clean = world.judge(load.posts)
    run.must(not clean.fatal and not clean.counts["stuck"], f"a false alarm: {clean.findings}")
    run.must(clean.paid == count, f"{clean.paid} of {count} were paid")
    return world, load


def pay(load, rng):
    post = load.new_post(rng)
    load.post_until_known(post, rng)
    load.come_back(load.pay(post.number), rng)
    return post


def must_see(run, world, load, kind, what):
    """The control's whole point.  What it found is reported, and does not count against the row."""
    verdict = world.judge(load.posts)
    seen = verdict.counts[kind]
    run.must(seen, f"{what}: the oracle saw no {kind}, but {dict(verdict.counts)}")
    run.note(f"{what}: {kind} {seen}")
    run.count()


@row(trials=1, quick=1)
def control_lost_job(run):
    """A paid payment whose job was deleted is reported as lost."""
    world, load = settled_world(run)
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "http_500"})
    post = pay(load, run.rng)
    wait_for("it is paid", lambda: world.sql(f"SELECT 1 FROM leopay.transactions WHERE id = {post.number} "
                                             "AND status = 'paid'"))
    world.kill(world.daemon)
    world.sql(f"DELETE FROM leopay.jobs WHERE transaction_id = {post.number}")
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok"})
    world.restart(world.daemon)
    world.wait_settled(4)
    must_see(run, world, load, "lost", "the job of a paid payment deleted")


@row(trials=1, quick=1)
def control_rows(run):
    """Rows that are altered, forged or removed are reported, each by its own word."""
    world, load = settled_world(run)
    number = load.posts[0].number
    world.kill(world.daemon)
    for kind, what, change, back in (
            ("mismatch", "an amount altered",
             f"UPDATE leopay.transactions SET amount = amount + 1 WHERE id = {number}",
             f"UPDATE leopay.transactions SET amount = amount - 1 WHERE id = {number}"),
            ("mismatch", "a bank id altered",
             f"UPDATE leopay.transactions SET order_id = 'x' || order_id WHERE id = {number}",
             f"UPDATE leopay.transactions SET order_id = substr(order_id, 2) WHERE id = {number}"),
            ("mismatch", "a payment time moved by an hour",
             f"UPDATE leopay.transactions SET paid_at = paid_at + interval '1 h' WHERE id = {number}",
             f"UPDATE leopay.transactions SET paid_at = paid_at - interval '1 h' WHERE id = {number}"),
            ("mismatch", "an account altered",
             f"UPDATE leopay.transactions SET billing_userid = billing_userid || '0' WHERE id = {number}",
             f"UPDATE leopay.transactions SET billing_userid = left(billing_userid, -1) WHERE id = {number}"),
            ("orphan", "an order number altered",
             f"UPDATE leopay.transactions SET order_number = 'x' || order_number WHERE id = {number}",
             f"UPDATE leopay.transactions SET order_number = substr(order_number, 2) WHERE id = {number}"),
            ("lost", "an acknowledged row gone",
             "SET session_replication_role = replica; "
             f"UPDATE leopay.transactions SET id = id + 1000000 WHERE id = {number}", None)):
        world.sql(change)
        must_see(run, world, load, kind, what)
        if back:
            world.sql(back)


@row(trials=1, quick=1)
def control_wrong_amount(run):
    """A confirmation of an amount that the bank does not have is reported."""
    world, load = settled_world(run)
    post = load.new_post(run.rng)
    load.post_until_known(post, run.rng)
    world.kill(world.daemon)
    load.pay(post.number)
    world.sql(f"UPDATE leopay.transactions SET status = 'paid', paid_at = now(), amount = amount + 100 "
              f"WHERE id = {post.number}")
    world.sql(f"UPDATE leopay.jobs SET kind = 'notify', due_at = now() WHERE transaction_id = {post.number}")
    world.restart(world.daemon)
    world.wait_settled(20)
    must_see(run, world, load, "mismatch", "an amount altered before it was told")


@row(trials=1, quick=1)
def control_registrations(run):
    """A second registration of one number, an order nobody here knows, and a second order for one post."""
    world, load = settled_world(run)
    post = load.posts[0]
    body = {"userName": "sandbox", "password": "sandbox", "orderNumber": str(post.number), "amount": post.amount,
            "currency": "643", "returnUrl": "http://127.0.0.1/"}
    register(world, body)
    must_see(run, world, load, "orphan", "one number registered twice")
    world, load = settled_world(run)
    register(world, {**body, "orderNumber": "77777"})
    must_see(run, world, load, "orphan", "an order at the bank without a row")
    post = load.posts[0]
    post.key = None
    load.send(post, world.port)
    must_see(run, world, load, "double", "one post, two orders")


def register(world, body):
    request(world.bank_port, "POST", "/ecomm/gw/partner/api/v1/register.do",
            [("Content-Type", "application/json")], json.dumps(body).encode())


@row(trials=1, quick=1)
def control_confirmations(run):
    """A forged confirmation, one in other words, and one that was never taken are reported."""
    world, load = settled_world(run)
    told = [one["body"] for one in world.receipts()]
    confirm(world, told[0].replace('"amount": ', '"amount": 1', 1))
    must_see(run, world, load, "mismatch", "a confirmation with another amount")
    world, load = settled_world(run)
    number = load.posts[0].number
    world.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "http_500"})
    post = pay(load, run.rng)
    wait_for("it was told", lambda: any(one["id"] == post.number for one in world.receipts()))
    world.kill(world.daemon)
    world.sql("UPDATE leopay.transactions SET status = 'notified', paid_at = coalesce(paid_at, now()), "
              f"notified_at = now() WHERE id = {post.number}")
    world.sql(f"DELETE FROM leopay.jobs WHERE transaction_id = {post.number}")
    must_see(run, world, load, "lost", f"notified without an acknowledgement ({post.number}, beside {number})")


def confirm(world, body):
    request(world.bank_port, "POST", "/billing/demo/confirm", [("Content-Type", "application/json")], body.encode())
