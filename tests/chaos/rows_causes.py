# SPDX-License-Identifier: MIT
"""What makes PostgreSQL itself refuse: locks, limits, rights, read-only, a crash.  Nothing is forged here: each
SQLSTATE must stand in the server's log, or the row fails."""

import os
import re
import signal
import time

from lanes import Lane
from rows import row
from session import Session
from stack import wait_for

ROLE = "chaos"


class CauseLane(Lane):
    """A cluster of its own, and a daemon that is nobody special in it."""

    def __init__(self, run):
        postgres = run.postgres()
        super().__init__(run, 0, postgres=postgres)
        self.sql("ALTER SYSTEM SET log_line_prefix = '%m [%p] %e '")
        self.sql("SELECT pg_reload_conf()")
        self.sql(f"CREATE ROLE {ROLE} LOGIN")
        self.world.ctl("role", "grant", "daemon", ROLE, "--reason", "a test")
        self.world.add_daemon(LEOPAY_DATABASE_URL=postgres.url(self.world.database, ROLE))
        self.held = None

    def sql(self, text):
        return self.world.sql(text)

    # ---- what is done to the daemon's connections ----

    def set_role(self, text):
        """A setting of the role, which holds for its next connections."""
        self.sql(f"ALTER ROLE {ROLE} {text}")
        self.cut()

    def cut(self):
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'")

    def hold(self, text):
        """Begins another's transaction and lets it have its locks."""
        self.held = Session(self.world.postgres.url(self.world.database))
        self.run.closing.append(self.held.close)
        self.held.run("SET deadlock_timeout = '1h'")        # whoever waits for this one gives way
        self.held.run("BEGIN")
        self.held.run(text)

    def let_go(self, how="COMMIT"):
        self.held.run(how)
        self.held.close()

    def blocked(self):
        return self.sql(f"SELECT pid FROM pg_stat_activity WHERE usename = '{ROLE}' AND wait_event_type = 'Lock'")

    def wait_blocked(self):
        return int(wait_for("the daemon waits for a lock", self.blocked)[0][0])

    # ---- what came of it ----

    def seen(self, state):
        """How often the server's log has it; a crash is told to the others only, and its cause stands in the log."""
        pattern = "was terminated by signal 9" if state == "57P02" else rf"\] {state} (?:ERROR|FATAL)"
        with open(os.path.join(self.world.postgres.cluster, "log"), encoding="utf-8", errors="replace") as log:
            return len(re.findall(pattern, log.read()))

    def paid(self):
        """An order that is paid at the bank, and whose payer has not come back yet."""
        post = self.order()
        return post, self.load.pay(post.number)

    def refused(self):
        """An order while the database refuses: 503, and later the same with the same key."""
        post = self.load.new_post(self.rng)
        status = self.timed("an order", lambda: self.load.send(post, self.world.port))
        self.run.must(status == 503, f"an order was answered {status}")
        return post

    def finish(self, post):
        """The shop tries again when all is well."""
        self.world.wait_ready()
        wait_for("the order has its page", lambda: self.load.send(post, self.world.port) == 302, 30)
        self.come_back(self.load.pay(post.number))
        wait_for("it is told", lambda: self.told(post), 40)


# ---- the causes ----

def deadlock(lane):
    post, url = lane.paid()
    lane.hold(f"SELECT 1 FROM leopay.transactions WHERE id = {post.number} FOR UPDATE")
    lane.come_back(url)
    lane.wait_blocked()
    lane.held.run(f"SELECT 1 FROM leopay.jobs WHERE transaction_id = {post.number} FOR UPDATE")
    lane.let_go()
    wait_for("it is told", lambda: lane.told(post), 40)


def update_under_repeatable_read(lane):
    lane.set_role("SET default_transaction_isolation = 'repeatable read'")
    lane.world.wait_ready()
    post, url = lane.paid()
    lane.hold(f"UPDATE leopay.transactions SET description = 'x' WHERE id = {post.number}")
    lane.come_back(url)
    lane.wait_blocked()
    lane.let_go()
    wait_for("it is told", lambda: lane.told(post), 40)
    lane.set_role("RESET default_transaction_isolation")


def load_under_serializable(lane):
    lane.set_role("SET default_transaction_isolation = 'serializable'")
    lane.world.wait_ready()
    lane.load.many(100, 6)
    lane.set_role("RESET default_transaction_isolation")


def lock_timeout(lane):
    """Orders wait as long as a transaction may for a table that another has locked: no payer waits for several such."""
    lane.set_role("SET lock_timeout = '4500ms'")
    lane.world.wait_ready()
    lane.hold("LOCK TABLE leopay.transactions IN SHARE MODE")
    post = lane.refused()
    lane.let_go()
    lane.set_role("RESET lock_timeout")
    lane.finish(post)


def short_lock_timeout(lane):
    lane.set_role("SET lock_timeout = '200ms'")
    lane.world.wait_ready()
    post, url = lane.paid()
    lane.hold(f"SELECT 1 FROM leopay.transactions WHERE id = {post.number} FOR UPDATE")
    lane.come_back(url)
    wait_for("the daemon gave up", lambda: lane.seen("55P03") >= 5)
    lane.let_go()
    wait_for("it is told", lambda: lane.told(post), 40)
    lane.set_role("RESET lock_timeout")


def statement_timeout(lane):
    lane.set_role("SET statement_timeout = '700ms'")
    lane.world.wait_ready()
    lane.hold("LOCK TABLE leopay.transactions IN SHARE MODE")
    post = lane.refused()
    lane.let_go()
    lane.set_role("RESET statement_timeout")
    lane.finish(post)


def end_blocked(lane, how):
    post, url = lane.paid()
    lane.hold(f"SELECT 1 FROM leopay.transactions WHERE id = {post.number} FOR UPDATE")
    lane.come_back(url)
    lane.sql(f"SELECT {how}({lane.wait_blocked()})")
    lane.let_go()
    wait_for("it is told", lambda: lane.told(post), 40)


def cancelled(lane):
    end_blocked(lane, "pg_cancel_backend")


def terminated(lane):
    end_blocked(lane, "pg_terminate_backend")


def while_set(lane, state, text, back):
    """Not before the server has said so: a connection that was just lost is another matter."""
    before = lane.seen(state)
    lane.set_role(text)
    wait_for(f"the server gives {state}", lambda: lane.seen(state) > before)
    post = lane.refused()
    lane.set_role(back)
    lane.finish(post)


def read_only(lane):
    while_set(lane, "25006", "SET default_transaction_read_only = on", "RESET default_transaction_read_only")


def no_connections(lane):
    while_set(lane, "53300", "CONNECTION LIMIT 0", "CONNECTION LIMIT -1")


def no_login(lane):
    while_set(lane, "28000", "NOLOGIN", "LOGIN")


def rights_taken(lane):
    lane.sql("REVOKE INSERT ON leopay.transactions FROM leopay_daemon")
    post = lane.refused()
    lane.sql("GRANT INSERT ON leopay.transactions TO leopay_daemon")
    lane.finish(post)


def crash(lane):
    """One server process dies, and the server ends all the others."""
    post, url = lane.paid()
    lane.hold(f"SELECT 1 FROM leopay.transactions WHERE id = {post.number} FOR UPDATE")
    lane.come_back(url)
    os.kill(lane.wait_blocked(), signal.SIGKILL)
    lane.held.close()
    time.sleep(0.3)
    lane.world.wait_ready()
    wait_for("it is told", lambda: lane.told(post), 40)


CAUSES = (
    ("40P01", deadlock), ("40001", update_under_repeatable_read), ("40001", load_under_serializable),
    ("55P03", lock_timeout), ("55P03", short_lock_timeout), ("57014", statement_timeout), ("57014", cancelled),
    ("57P01", terminated), ("57P02", crash), ("42501", rights_taken),
    ("25006", read_only), ("53300", no_connections), ("28000", no_login),
)


@row(trials=13)
def sql_causes(run):
    """Deadlocks, lost races, time limits, missing rights, read-only, no connections, a crash: each by a real cause."""
    lane = CauseLane(run)
    for state, cause in CAUSES[:run.trials]:
        before = lane.seen(state)
        cause(lane)
        lane.world.wait_settled(40)
        times = lane.seen(state) - before
        run.must(times > 0, f"{cause.__name__}: the server gave no {state}")
        run.note(f"{state} x{times} by {cause.__name__.replace('_', ' ')}")
        run.count()
    run.note(f"the slowest answer to a payer took {lane.slowest_s:.1f} s")
    run.judge(lane.world, lane.load)
