# SPDX-License-Identifier: MIT
"""The world that is shaken: PostgreSQL, a sandbox that keeps ledgers, and any number of daemons on one database."""

import os
import time

import oracle
from stack import SANDBOX, Process, Stack, clean_env, free_port, wait_for
from wire import metric

# Short times, so that what waits is seen to go on; the lease (15 s) is the product's own and stays as it is.
SETTINGS = {
    "LEOPAY_CHECK_DELAY": "3",
    "LEOPAY_RETRY_DELAY": "1",
    "LEOPAY_RETRY_MAX_DELAY": "2",
    "LEOPAY_SBERBANK_TIMEOUT": "3",
    "LEOPAY_SESSION_TIMEOUT": "600",
    "LEOPAY_THREADS": "2",
    "LEOPAY_LOG_LEVEL": "warning",
}


class World(Stack):
    sandbox_host = "127.0.0.1"

    def __init__(self, billings=None, start=True, daemons=1, postgres=None, **settings):
        super().__init__(postgres=postgres, **{**SETTINGS, **settings})
        self.ledger = os.path.join(self.folder, "ledger")
        self.posts = []
        self.ports = []
        self.lies = set()
        self.skip = set()
        self.start_sandbox()
        for name, commission in (billings or {"demo": "1.25"}).items():
            self.add_billing(name, None, commission)
        if start:
            for _ in range(daemons):
                self.add_daemon()

    def start_sandbox(self):
        argv = [SANDBOX, "--listen", f"{self.sandbox_host}:{self.bank_port}", "--leopay", self.base, "--public-key",
                self.public_key, "--ledger", self.ledger, "--quiet"]
        self.sandbox = Process("sandbox", argv, clean_env({}), self.folder)
        self.processes.append(self.sandbox)
        wait_for("the sandbox listens", lambda: self.answers(self.bank_port, "/sandbox/stats"))

    # ---- daemons ----

    def add_daemon(self, ready=True, within=(), **env):
        """Another daemon on the same database; the first one has the address that the bank knows."""
        first = not self.ports
        listen = self.port if first else free_port()
        ops = self.ops_port if first else free_port()
        daemon = self.start_daemon(ready=False, within=within, LEOPAY_LISTEN=f"127.0.0.1:{listen}",
                                   LEOPAY_OPS_LISTEN=f"127.0.0.1:{ops}", **env)
        daemon.listen_port, daemon.within, daemon.env = listen, within, env
        self.ports.append(listen)
        if ready:
            self.wait_ready(daemon)
        return daemon

    def kill(self, daemon):
        daemon.child.kill()
        daemon.child.wait()

    def restart(self, daemon, ready=True):
        """Starts what was killed, at its old addresses; returns the new process."""
        self.processes.remove(daemon)
        self.daemons.remove(daemon)
        again = self.start_daemon(ready=False, within=daemon.within,
                                  LEOPAY_LISTEN=f"127.0.0.1:{daemon.listen_port}",
                                  LEOPAY_OPS_LISTEN=f"127.0.0.1:{daemon.ops_port}", **daemon.env)
        again.listen_port, again.within, again.env = daemon.listen_port, daemon.within, daemon.env
        if ready:
            self.wait_ready(again)
        return again

    def a_port(self, rng):
        return rng.choice(self.ports)

    def metric(self, daemon, name):
        return metric(daemon.ops_port, name)

    # ---- what the records say ----

    def sql(self, text):
        return self.postgres.sql(text, self.database)

    def bank_ledger(self):
        return oracle.fold_bank(oracle.read_ledger(os.path.join(self.ledger, "bank.ndjson")))

    def receipts(self):
        return oracle.read_ledger(os.path.join(self.ledger, "billing.ndjson"))

    def unsettled(self):
        """What must still happen: in-doubt orders, and money that its billing has not acknowledged."""
        money = {number for number, order in self.bank_ledger().items() if order.has_money} - self.lies
        waiting = {row[0] for row in self.sql(
            "SELECT t.order_number FROM leopay.transactions t JOIN leopay.billings b ON b.id = t.billing_id "
            "WHERE t.status <> 'notified' AND t.id > 0"
            + "".join(f" AND b.system_name <> '{name}'" for name in self.skip))}
        new = {row[0] for row in self.sql("SELECT order_number FROM leopay.transactions WHERE status = 'new'")}
        return (money & waiting) | new

    def wait_settled(self, seconds, pause=0.3):
        """Waits until everything is, or for so long: what then is not, the oracle calls stuck or lost."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.unsettled():
                return True
            time.sleep(pause)
        return False

    def judge(self, posts):
        judge = oracle.Oracle(self.public_key, self.lies, self.skip)
        # Orders stand in the database before the bank has them, receipts in the ledger before a row says so.
        bank = self.bank_ledger()
        rows = oracle.read_rows(self.sql)
        return judge.judge(rows, bank, self.receipts(), posts)
