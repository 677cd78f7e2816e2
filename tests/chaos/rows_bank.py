# SPDX-License-Identifier: MIT
"""The bank fails in every way it can, and the bank lies."""

import json
import time

from rows import row
from stack import wait_for
from wire import request

REGISTER = ("reset_before", "reset_after", "hang", "hang_after", "http_500", "http_502_html", "http_429", "html_200",
            "garbage", "empty", "redirect", "truncated", "cut", "slow_body", "refuse_code")
STATUS = REGISTER


def random_faults(rng):
    """A mix for the next requests: what goes wrong, for how many, and whether the bank acted all the same."""
    return {
        "register_fault": rng.choice(REGISTER), "register_fault_count": rng.randrange(0, 4),
        "register_fault_processed": rng.random() < 0.5, "register_refuse_code": rng.choice((1, 7)),
        "register_delay_ms": rng.choice((0, 0, 0, 20, 200)),
        "register_late": rng.random() < 0.3,
        "status_fault": rng.choice(STATUS), "status_fault_count": rng.randrange(0, 6),
        "status_fault_processed": rng.random() < 0.5, "status_delay_ms": rng.choice((0, 0, 0, 20, 100)),
        "not_found_code": rng.choice((5, 6)), "close_keepalive_after": rng.choice((0, 0, 1, 3)),
        "callback": rng.choice(("off", "off", "get", "form", "json")), "callback_copies": rng.randrange(1, 4),
    }


@row(trials=80, quick=12)
def bank_faults(run):
    """A random mix of faults at register.do and at the status question, on both gateways, while payments go on."""
    for protocol in ("ecom", "rbs"):
        world = run.world(protocol=protocol)
        load = run.load(world)
        load.start(8, 0.01)
        for _ in range(run.trials // 2):
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


@row(trials=12, quick=6)
def bank_lies(run):
    """Amount, deposit, currency, number and id that do not fit: nothing is told, the payment is flagged."""
    lie_to(run, run.world(LEOPAY_CHECK_DELAY="1"), min(run.trials, len(LIES)))
    if run.trials > len(LIES):
        lie_to(run, run.world(LEOPAY_CHECK_DELAY="1", protocol="rbs"), run.trials - len(LIES))


def lie_to(run, world, trials):
    load = run.load(world)
    before = {}
    for index in range(trials):
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
    run.note(f"{len(world.lies)} payments in {trials} lies: all flagged, {verdict.receipts} confirmations")
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


@row(trials=12)
def late_money(run):
    """Orders that the bank takes late, and payers who pay after a failure: the last question finds the money."""
    world = run.world(LEOPAY_SESSION_TIMEOUT="20", LEOPAY_CHECK_DELAY="1")
    load = run.load(world, tries=1)
    # Twice as long as an answer may be under way: by then the number was asked about, and not found.
    world.knobs(register_delay_ms=10000, register_late=True, session_s=3600)
    late = load.many(run.trials, run.trials, lambda rng: sent(load, rng))
    world.knobs(register_delay_ms=0, register_late=False)
    run.must(all(not post.pages for post in late), "an order was answered in time")
    declined = load.many(run.trials, 4, lambda rng: sent(load, rng))
    for post in declined:
        for _ in range(3):
            load.pay(post.number, "decline")
    failed = {row[0] for row in wait_for("they stand as failed", lambda: failed_rows(world, 2 * run.trials), 25)}
    for number in failed:
        load.pay(number)
    run.count(len(failed))
    run.judge(world, load, seconds=60)


def sent(load, rng):
    post = load.new_post(rng)
    load.send(post, load.world.port, 30)
    return post


def failed_rows(world, count):
    rows = world.sql("SELECT order_number FROM leopay.transactions WHERE status = 'failed'")
    at_bank = {number for number, order in world.bank_ledger().items() if order.last}
    return rows if len(rows) == count and {row[0] for row in rows} <= at_bank else None


@row(trials=20)
def callbacks(run):
    """Callbacks in floods, forged, early, of unknown orders: the bank is asked a bounded number of times."""
    for key in ("chaos", None):
        flood(run, key)


def flood(run, key):
    """`key`: what callbacks are proven by; without one each is a hint that anybody can give."""
    world = run.world(LEOPAY_SBERBANK_CALLBACK_KEY=key, LEOPAY_CHECK_DELAY="600")
    # With the answer held back, the first callbacks come before the order has its page.
    world.knobs(callback="json", callback_key=key or "", callback_copies=20,
                callback_approved="before", register_delay_ms=100)
    load = run.load(world)
    began = time.monotonic()
    posts = load.many(run.trials, 4, lambda rng: sent(load, rng))
    ids = {order["orderNumber"]: order["orderId"] for order in world.bank_orders()}
    statuses = {forge(run, world, index, str(run.rng.choice(posts).number), ids) for index in range(300)}
    run.must(statuses == {403 if key else 200}, f"forged callbacks were answered {statuses}")
    for _ in range(3):
        for post in posts:
            load.pay(post.number, "callback")
    wait_for("they were delivered", lambda: all(order["callbacks"] >= 60 for order in world.bank_orders()), 30)
    run.must(not world.receipts(), "somebody was told before there was money")
    for post in posts[::2]:                                 # whatever was said of the others, they have no money
        load.pay(post.number)
    run.judge(world, load)
    seconds = time.monotonic() - began
    orders = world.bank_orders()
    asked = max(order["status_questions"] for order in orders)
    run.must(all(order["status_questions"] for order in orders), "a callback led to no question")
    # One a second of hints, one that follows, and what the payment itself asks.
    run.must(asked <= seconds + 3, f"an order was asked about {asked} times in {seconds:.0f} s")
    run.note(f"{'with' if key else 'without'} a key: {sum(order['callbacks'] for order in orders)} callbacks and 300 "
             f"forged ones for {len(posts)} orders in {seconds:.1f} s, at most {asked} questions an order")
    run.count(len(posts))


def forge(run, world, index, number, ids):
    fields = {"mdOrder": ids[number], "orderNumber": number, "operation": "deposited", "status": "1",
              "checksum": f"{run.rng.randrange(1 << 256):064X}"}
    if index % 3 == 0:
        fields["mdOrder"] = "00000000-0000-0000-0000-000000000000"
    if index % 5 == 0:
        del fields["checksum"]
    return request(world.port, "POST", "/api/v1/sberbank/callback", [("Content-Type", "application/json")],
                   json.dumps(fields).encode()).status
