# SPDX-License-Identifier: MIT
"""The database is put back to an earlier point, and the bank and the billings have gone on since."""

import json
import os
import subprocess
import time

import oracle
from rows import row


def dump(world, path):
    subprocess.run(["pg_dump", "-Fc", "-f", path, world.postgres.url(world.database)], check=True, timeout=120)


def restore(world, path):
    """Every daemon dies, and the database becomes what it was."""
    for daemon in world.daemons:
        world.kill(daemon)
    world.postgres.sql(f"DROP DATABASE {world.database} WITH (FORCE)", "postgres")
    world.postgres.sql(f"CREATE DATABASE {world.database}", "postgres")
    subprocess.run(["pg_restore", "-d", world.postgres.url(world.database), path], check=True, timeout=120)


def reconcile(world):
    """What differs from the bank, as {order number: findings}."""
    done = world.ctl("reconcile", "--from", "2026-01-01", "--to", "2037-12-31", "--rate", "1000", "--format", "json",
                     code=None)
    found = {}
    for finding in json.loads(done.out):
        found.setdefault(finding["order_number"], []).append(finding)
    return found


@row(trials=3)
def restored(run):
    """A dump is restored while the bank has gone on: reconciling names exactly what is gone, and the rest goes on."""
    for _ in range(run.trials):
        restore_once(run)
        run.count()


def restore_once(run):
    world = run.world(protocol="rbs", daemons=2)
    load = run.load(world)
    path = os.path.join(world.folder, "dump")
    load.start(4, 0.01)
    time.sleep(run.rng.uniform(0.8, 1.5))
    dump(world, path)
    time.sleep(run.rng.uniform(0.8, 1.5))
    load.stop()
    load.pay_unheard(run.rng)
    world.wait_settled(30)
    restore(world, path)
    bank = world.bank_ledger()
    world.ctl("migrate", "--first-id", str(max(int(number) for number in bank) + 1))
    for daemon in list(world.daemons):
        world.restart(daemon)
    world.wait_settled(60)

    rows = oracle.read_rows(world.sql)
    gone = {number for number, order in bank.items() if order.last} - {one["number"] for one in rows}
    found = reconcile(world)
    paid = sum(order.last["deposited"] for number, order in bank.items() if number in gone)
    named = sum(one["deposited"] or 0 for number in gone for one in found.get(number, []))
    run.must(gone, "nothing was lost by the restore: this tried nothing")
    run.must(set(found) == gone, f"gone: {sorted(gone)}, found: {sorted(found)}")
    run.must(paid == named, f"the bank has {paid} for what is gone, reconciling says {named}")
    run.note(f"{len(gone)} of {len(bank)} orders were gone, with {paid / 100:.2f} of money: all named by reconcile")

    again = run.load(world)
    again.many(20, 4, lambda rng: again.walk(rng))
    world.wait_settled(45)
    judge_rest(run, world, gone, load.posts + again.posts)


def judge_rest(run, world, gone, posts):
    """Zeros for all that is left, what was told before and is told again included."""
    rows = oracle.read_rows(world.sql)
    bank = {number: order for number, order in world.bank_ledger().items() if number not in gone}
    receipts = [one for one in world.receipts() if str(one["id"]) not in gone]
    posts = [post for post in posts if str(post.number) not in gone]
    # An order dumped before the bank's answer was stored is found again by its number, without the page's address.
    no_page = {row["id"] for row in rows if not row["payment_url"]}
    for post in posts:
        post.pages = [page for page in post.pages if page[0] not in no_page]
    verdict = oracle.Oracle(world.public_key).judge(rows, bank, receipts, posts)
    run.verdict.add(verdict)
