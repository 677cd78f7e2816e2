# SPDX-License-Identifier: MIT
"""Networks that drop packets in silence: both ways, one way, and link by link."""

import concurrent.futures
import time

from machine import Network
from rows import row
from stack import wait_for
from world import World

BANK, BILLING, DATABASE = "127.0.0.2", "127.0.0.3", "127.0.0.1"


class FarWorld(World):
    """Bank, billing and database each at an address, so that the way to one of them can be cut."""

    sandbox_host = "0.0.0.0"

    def __init__(self, postgres, **settings):
        super().__init__(postgres=postgres, start=False, **settings)
        self.env["LEOPAY_DATABASE_URL"] = f"host={DATABASE} port=5432 user=postgres dbname={self.database}"
        self.env["LEOPAY_SBERBANK_URL"] = self.env["LEOPAY_SBERBANK_URL"].replace("127.0.0.1", BANK)
        self.add_daemon()

    def add_billing(self, name="demo", url=None, commission="0", *options):
        return super().add_billing(name, f"http://{BILLING}:{self.bank_port}/billing/{name}/confirm", commission, *options)

    def links(self):
        """Each way of each link, as what fits its packets."""
        ways = {}
        for name, address, port in (("bank", BANK, self.bank_port), ("billing", BILLING, self.bank_port),
                                    ("database", DATABASE, 5432)):
            ways[f"to the {name}"] = f"ip daddr {address} tcp dport {port}"
            ways[f"from the {name}"] = f"ip saddr {address} tcp sport {port}"
        return ways


def far_world(run):
    network = Network(run)
    postgres = run.postgres()
    postgres.sql(f"ALTER SYSTEM SET listen_addresses = '{DATABASE}'", "postgres")
    postgres.run("kill")
    postgres.run("restart")
    world = FarWorld(postgres)
    run.worlds.append(world)
    run.closing.append(world.close)
    return network, world


def cuts(run, ways):
    """What is cut in a trial, in the order in which it is cut: a link, one way of it, or all by and by."""
    names = sorted(ways)
    kind = run.done % 3
    if kind == 0:
        name = run.rng.choice(names).split()[-1]
        return [f"to the {name}", f"from the {name}"]
    if kind == 1:
        return [run.rng.choice(names)]
    return run.rng.sample(names, len(names))


@row(trials=8)
def late_request(run):
    """Orders that the network holds back until long after they were given up do not come to the bank."""
    network, world = far_world(run)
    load = run.load(world)
    load.many(run.trials, run.trials)                       # leaves connections to the bank behind, kept for the next
    network.drop([world.links()["to the bank"]])
    posts = [load.new_post(run.rng, key=False) for _ in range(run.trials)]
    with concurrent.futures.ThreadPoolExecutor(run.trials) as pool:
        list(pool.map(lambda post: load.send(post, world.port), posts))
    stored = {row[0] for row in world.sql("SELECT order_number FROM leopay.transactions WHERE status = 'new'")}
    run.must(len(stored) > 1, f"{len(stored)} of {run.trials} orders are in doubt")
    time.sleep(10)                                          # an order that is not found after 8 s is no order
    network.drop([])
    wait_for("they are known not to be there", lambda: not world.unsettled(), 40)
    time.sleep(10)                                          # for what must not happen
    came = stored & set(world.bank_ledger())
    run.must(not came, f"orders came to the bank after they were given up: {len(came)}")
    run.count(len(stored))
    run.judge(world, load)


@row(trials=9)
def partition(run):
    """Packets to and from bank, billing and database vanish: both ways, one way, link by link."""
    network, world = far_world(run)
    ways = world.links()
    load = run.load(world)
    load.start(6, 0.01)
    recovered, felt = [], 0
    for _ in range(run.trials):
        time.sleep(run.rng.uniform(0.2, 0.6))
        dead = []
        before = sum(load.statuses().values()) - load.statuses().get(302, 0)
        for way in cuts(run, ways):
            dead.append(way)
            network.drop([ways[one] for one in dead])
            time.sleep(run.rng.uniform(0.1, 0.8))
        time.sleep(run.rng.uniform(1, 9))
        for way in run.rng.sample(dead, len(dead)):         # healed in another order than cut
            dead.remove(way)
            network.drop([ways[one] for one in dead])
            time.sleep(run.rng.uniform(0.1, 0.5))
        began = time.monotonic()
        wait_for("a payment is told again", lambda: whole_walk(run, world, load), 30)
        recovered.append(time.monotonic() - began)
        felt += sum(load.statuses().values()) - load.statuses().get(302, 0) > before
        run.count()
    load.stop()
    run.note(f"{felt} of {run.trials} cuts were felt by posts; the slowest answer took {load.slowest_s:.1f} s; "
             f"a whole walk at most {max(recovered):.1f} s after the network was whole")
    run.must(felt, "no cut was felt")
    run.must(load.slowest_s < 19, f"an answer took {load.slowest_s:.1f} s")
    load.pay_unheard(run.rng)
    run.judge(world, load, seconds=75)


def whole_walk(run, world, load):
    post = load.new_post(run.rng)
    if not load.post_until_known(post, run.rng):
        return False
    load.come_back(load.pay(post.number), run.rng)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if any(one["id"] == post.number for one in world.receipts()):
            return True
        time.sleep(0.1)
    return False


def closing(address, port):
    """Connections to there whose process is gone, and which still try to say so."""
    there = "%08X:%04X" % (int.from_bytes(bytes(map(int, address.split("."))), "little"), port)
    with open("/proc/thread-self/net/tcp", encoding="ascii") as file:
        return [line for line in file if line.split()[2] == there and line.split()[3] == "04"]


@row(trials=1)
def forgotten(run):
    """A daemon that vanished behind a cut leaves no session of the database behind."""
    network, world = far_world(run)
    with open("/proc/sys/net/ipv4/tcp_orphan_retries", "w", encoding="ascii") as file:
        file.write("1")                                     # of this network alone: what is closed is soon forgotten
    load = run.load(world)
    load.many(10, 2)

    def sessions():
        return int(world.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leopayd'")[0][0])

    run.must(sessions() > 0, "there are no sessions")
    ways = world.links()
    network.drop([ways["to the database"], ways["from the database"]])
    world.kill(world.daemon)
    wait_for("its side is forgotten", lambda: not closing("127.0.0.1", 5432), 200)
    network.drop([])
    began = time.monotonic()
    left = sessions()
    wait_for("the server notices", lambda: not sessions(), 120)
    run.note(f"{left} sessions of a daemon that vanished were gone {time.monotonic() - began:.0f} s later")
    world.restart(world.daemon)
    run.count()
    run.judge(world, load)
