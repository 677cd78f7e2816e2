# SPDX-License-Identifier: MIT
"""The bank fails in every way it can, and the bank lies."""

import time

from rows import row

REGISTER = ("reset_before", "reset_after", "hang", "hang_after", "http_500", "http_502_html", "http_429", "html_200",
            "garbage", "empty", "redirect", "truncated", "cut", "slow_body")
STATUS = REGISTER + ("refuse_code",)


def random_faults(rng):
    """A mix for the next requests: what goes wrong, for how many, and whether the bank acted all the same."""
    return {
        "register_fault": rng.choice(REGISTER), "register_fault_count": rng.randrange(0, 4),
        "register_fault_processed": rng.random() < 0.5, "register_delay_ms": rng.choice((0, 0, 0, 20, 200)),
        "register_late": rng.random() < 0.3,
        "status_fault": rng.choice(STATUS), "status_fault_count": rng.randrange(0, 6),
        "status_fault_processed": rng.random() < 0.5, "status_delay_ms": rng.choice((0, 0, 0, 20, 100)),
        "not_found_code": rng.choice((5, 6)), "close_keepalive_after": rng.choice((0, 0, 1, 3)),
        "callback": rng.choice(("off", "off", "get", "form", "json")), "callback_copies": rng.randrange(1, 4),
    }


@row(trials=60, quick=15)
def bank_faults(run):
    """A random mix of faults at register.do and at the status question, while payments go on."""
    world = run.world()
    load = run.load(world)
    load.start(8, 0.01)
    for _ in range(run.trials):
        world.knobs(**random_faults(run.rng))
        time.sleep(run.rng.uniform(0.1, 0.4))
        run.count()
    world.knobs(register_fault="none", status_fault="none", register_delay_ms=0, status_delay_ms=0,
                close_keepalive_after=0, register_late=False)
    load.stop()
    load.pay_unheard(run.rng)
    run.judge(world, load, seconds=60)


LIES = (
    ("another amount", {"amount_delta": 1}, {"amount_delta": 0}),
    ("another deposit", {"deposited_delta": -1}, {"deposited_delta": 0}),
    ("more than was due", {"deposited_delta": 100}, {"deposited_delta": 0}),
    ("another currency", {"currency": "840"}, {"currency": ""}),
    ("another order's number", {"other_order_number": "999999"}, {"other_order_number": ""}),
    ("another order's id", {"other_order_id": "11111111-2222-3333-4444-555555555555"}, {"other_order_id": ""}),
)


@row(trials=6, quick=6)
def bank_lies(run):
    """Amount, deposit, currency, number and id that do not fit: nothing is told, the payment is flagged."""
    world = run.world(LEOPAY_CHECK_DELAY="1")
    load = run.load(world)
    before = {}
    for index in range(run.trials):
        what, lie, truth = LIES[index % len(LIES)]
        world.knobs(**{**before, **lie})
        before = truth
        numbers = [post.number for post in load.many(5, 2, lambda rng: ordered_and_paid(load, rng))]
        world.lies |= {str(number) for number in numbers}
        flagged = wait_flagged(world, numbers)
        run.must(flagged == len(numbers), f"{what}: {flagged} of {len(numbers)} are flagged")
        run.count()
    verdict = world.judge(load.posts)
    run.must(not verdict.fatal and not verdict.receipts, f"while it lied: {verdict.findings[:5]}")
    run.note(f"{len(world.lies)} payments in {run.trials} lies: all flagged, {verdict.receipts} confirmations")
    # The bank comes to its senses: it is asked again, and now what it says fits.
    world.knobs(**before)
    world.lies.clear()
    run.judge(world, load, seconds=40)


def ordered_and_paid(load, rng):
    post = load.new_post(rng)
    load.post_until_known(post, rng)
    load.come_back(load.pay(post.number), rng)
    return post


def wait_flagged(world, numbers, seconds=15):
    listed = ",".join(str(number) for number in numbers)
    deadline = time.monotonic() + seconds
    while True:
        flagged = int(world.sql(f"SELECT count(*) FROM leopay.transactions WHERE id IN ({listed}) "
                                "AND attention IS NOT NULL AND status = 'registered'")[0][0])
        if flagged == len(numbers) or time.monotonic() > deadline:
            return flagged
        time.sleep(0.1)
