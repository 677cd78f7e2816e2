# SPDX-License-Identifier: MIT
"""A real pgbouncer, in transaction mode, between Leopay and PostgreSQL."""

import os
import shutil
import time

from rows import Failed, row
from rows_mixed import cut_all, kill_one
from stack import Process, clean_env, free_port, run_ctl, wait_for

CONF = """
[databases]
* = host={cluster} port=5432 user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
server_login_retry = 1
"""


def find_pgbouncer():
    found = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not found:
        raise Failed("pgbouncer is missing: apt-get install pgbouncer")
    return found


class Pooler:
    """Fewer servers than Leopay has connections, so that each transaction may meet another one."""

    def __init__(self, world):
        self.world = world
        self.port = free_port()
        folder = world.postgres.folder                      # the user postgres may enter it
        self.conf = os.path.join(folder, f"pgbouncer-{self.port}.ini")
        users = os.path.join(folder, f"pgbouncer-{self.port}.users")
        with open(users, "w", encoding="ascii") as file:
            file.write('"postgres" ""\n')
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(CONF.format(cluster=world.postgres.cluster, port=self.port, users=users))
        for path in (users, self.conf):
            os.chmod(path, 0o644)
        self.start()

    def start(self):
        # It refuses to be root.
        user = ["-u", "postgres"] if os.getuid() == 0 else []
        self.process = Process("pgbouncer", [find_pgbouncer(), "-q", *user, self.conf], clean_env({}),
                               self.world.folder)
        self.world.processes.append(self.process)
        wait_for("pgbouncer answers", lambda: run_ctl(["migrate", "--status"], self.env, None).code == 0)

    def kill(self):
        self.process.child.kill()
        self.process.child.wait()
        self.world.processes.remove(self.process)

    @property
    def env(self):
        return {"LEOPAY_DATABASE_URL": self.url(self.world.database)}

    def url(self, database):
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"


def restart_pooler(pooler):
    pooler.kill()
    time.sleep(pooler.world.rng.uniform(0, 0.3))
    pooler.start()


@row(trials=40)
def pooler(run):
    """Load through pgbouncer in transaction mode; daemons, the pooler and the connections behind it are killed."""
    find_pgbouncer()
    world = run.world(start=False)
    world.rng = run.rng
    between = Pooler(world)
    for _ in range(2):
        world.add_daemon(LEOPAY_LOG_LEVEL="info", **between.env)
    load = run.load(world)
    load.start(6, 0.01)
    done = {}
    for _ in range(run.trials):
        time.sleep(run.rng.uniform(0.05, 0.4))
        what = run.rng.choice((kill_one, cut_all, restart_pooler))
        if what is restart_pooler:
            restart_pooler(between)
        else:
            what(run, world)
        done[what.__name__] = done.get(what.__name__, 0) + 1
        run.count()
    for daemon in world.daemons:
        world.wait_ready(daemon)
    load.many(40, 4)                                        # and some in peace
    load.stop()
    load.pay_unheard(run.rng)
    run.note(", ".join(f"{name} x{count}" for name, count in sorted(done.items())))
    unnamed = sum(daemon.log_text().count("event=database.unnamed") for daemon in world.daemons)
    run.note(f"{unnamed} times a thread gave up prepared statements")
    run.must(unnamed, "no thread ever met the pooler's other servers")
    run.judge(world, load, seconds=60)
    by_hand(run, world, between)


def by_hand(run, world, between):
    """leopayctl through the pooler, twice each, as the second one meets what the first one left behind."""
    fresh = world.postgres.new_database(migrated=False)
    for name in "AB":
        for args in (["migrate"], ["migrate", "--status"], ["counteragent", "add", "--name", name]):
            run_ctl(args, {**world.env, "LEOPAY_DATABASE_URL": between.url(fresh)})
    number = world.sql("SELECT max(id) FROM leopay.transactions WHERE status = 'notified'")[0][0]
    for _ in range(2):
        for args in (["transaction", "list", "--limit", "0"], ["transaction", "show", number],
                     ["transaction", "notify", number, "--force"], ["billing", "list"]):
            run_ctl(args, {**world.env, **between.env})
    run.note(f"leopayctl: migrate, lists, show, notify through the pooler; payment {number} told again by hand")
