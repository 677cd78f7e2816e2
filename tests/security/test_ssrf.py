#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A billing's URL as a way into the machine's own network: the address that is connected to is what counts."""

import base64
import os
import socket
import threading
import unittest

import room
from stack import SharedCase, wait_for
from wire import Billing

REFUSED = "the address is not one that may be connected to"

# Each spelling of an address that nobody may be told to connect to.
ADDRESSES = (
    "169.254.169.254", "2852039166", "0251.0376.0251.0376", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "169.254.43518",
    "169.16689662", "169%2e254%2e169%2e254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[febf::1]",
    "0.0.0.0", "0", "000", "0x0", "0.0.0.1", "[::]", "[::ffff:0.0.0.0]", "[0:0:0:0:0:0:0:0]",
    "224.0.0.1", "239.255.255.250", "0xe0000001", "[ff02::1]", "[::ffff:224.0.0.1]", "255.255.255.255",
)

# What loopback is called: refused where a billing is pinned to other networks.
LOOPBACK = ("127.0.0.1", "2130706433", "0177.0.0.1", "0x7f000001", "127.1", "0x7f.1", "localhost", "LOCALHOST",
            "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127%2e0%2e0%2e1")

NOT_URLS = (
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:25/x", "dict://127.0.0.1:11211/stats", "ldap://127.0.0.1/",
    "smb://127.0.0.1/x", "telnet://127.0.0.1/", "unix:///run/x", "javascript:alert(1)", "//127.0.0.1/x", "127.0.0.1/x",
    "http:127.0.0.1", "http:///x", "http://user@127.0.0.1/", "http://user:pass@127.0.0.1/", "http://good.example@127.0.0.1/",
    "http://127.0.0.1\\@good.example/", "http://127.0.0.1#@good.example/\\", "http://a b/", "http://a\tb/", "http://a\r\nX: y/",
    "http://[::1/", "http://[fe80::1%25lo]/", "http://1.2.3.4:99999/", "http://1.2.3.4:x/", "http://①②⑦.0.0.1/", "",
)


class TwoPlaces(Billing):
    """A billing that listens on 127.0.0.2 as well, and counts the connections there."""

    def __init__(self):
        super().__init__()
        self.elsewhere = 0
        self.second = socket.create_server(("127.0.0.2", self.port))
        threading.Thread(target=self.accept_elsewhere, daemon=True).start()

    def accept_elsewhere(self):
        while not self.closing.is_set():
            try:
                sock, _ = self.second.accept()
            except OSError:
                return
            self.elsewhere += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def close(self):
        super().close()
        self.second.close()


class Ssrf(SharedCase):
    settings = {"LEOPAY_THREADS": "1"}
    count = 0

    def add(self, url, *options):
        Ssrf.count += 1
        name = f"b{Ssrf.count}"
        self.stack.ctl("billing", "add", name, "--counteragent", "1", "--url", url, *options)
        return name

    def listener(self, script=200):
        billing = Billing(script)
        self.addCleanup(billing.close)
        return billing

    def first_attempts(self, urls, *options):
        """The record of the first delivery to each URL, all under way at once."""
        paid = {url: self.stack.pay(billing=self.add(url, *options)) for url in urls}
        return {url: wait_for("an attempt", lambda: self.stack.payment(number)["deliveries"])[0]
                for url, number in paid.items()}

    def test_addresses_that_nobody_may_name(self):
        inside = self.listener()
        tries = self.first_attempts([f"http://{host}:{inside.port}/x" for host in ADDRESSES])
        for url, one in tries.items():
            with self.subTest(url):
                self.assertEqual((one["http_status"], one["error"]), (None, REFUSED))
        self.assertEqual(inside.received, [])

    def test_pinned_billings_and_the_names_of_loopback(self):
        inside = self.listener()
        urls = [f"http://{host}:{inside.port}/x" for host in LOOPBACK]
        for url, one in self.first_attempts(urls, "--allow-net", "10.0.0.0/8", "--allow-net", "fc00::/7").items():
            with self.subTest(url):
                self.assertEqual((one["http_status"], one["error"]), (None, REFUSED))
        self.assertEqual(inside.received, [])
        reached = self.first_attempts([url for url in urls if "::1]" not in url], "--allow-net", "127.0.0.0/8")
        for url, one in reached.items():
            with self.subTest(url):
                self.assertEqual(one["http_status"], 200)
        self.assertEqual(len(inside.received), len(reached))

    def test_a_pin_does_not_open_what_is_refused(self):
        urls = ("http://169.254.169.254/x", "http://0.0.0.0:9/x", "http://[fe80::1]/x")
        tries = self.first_attempts(urls, "--allow-net", "0.0.0.0/0", "--allow-net", "::/0")
        self.assertEqual({one["error"] for one in tries.values()}, {REFUSED})

    def test_what_is_no_url_of_a_billing(self):
        agent = self.stack.ctl("counteragent", "add", "--name", "nobody").out.strip()
        for url in NOT_URLS:
            with self.subTest(url):
                done = self.stack.ctl("billing", "add", "bad", "--counteragent", agent, "--url", url, code=None)
                self.assertIn(done.code, (1, 2))
        self.assertNotIn("bad", [row["system_name"] for row in self.stack.ctl("billing", "list", "--format", "json").json()])

    def test_redirects_are_not_followed(self):
        inside = self.listener()
        places = (inside.url, "/inside", "file:///etc/passwd", "gopher://127.0.0.1:9/x")
        cases = [(status, places[0]) for status in (301, 302, 303, 307, 308)] + [(302, place) for place in places[1:]]
        away = [self.listener((status, [("Location", place), ("Refresh", f"0; url={inside.url}")]))
                for status, place in cases]
        tries = self.first_attempts([peer.url for peer in away])
        for (status, place), peer in zip(cases, away):
            with self.subTest(status=status, place=place):
                self.assertEqual(tries[peer.url]["http_status"], status)
                self.assertEqual({got.line for got in peer.received}, {"POST /confirm HTTP/1.1"})
        self.assertEqual(inside.received, [])

    def test_proxies_and_netrc_are_ignored(self):
        proxy, home = self.listener(), os.path.join(self.stack.folder, "home")
        os.makedirs(home, exist_ok=True)
        for name in (".netrc", "_netrc"):
            with open(os.path.join(home, name), "w", encoding="ascii") as file:
                file.write("machine localhost login me password from-netrc\ndefault login me password from-netrc\n")
            os.chmod(os.path.join(home, name), 0o600)
        with open(os.path.join(home, ".curlrc"), "w", encoding="ascii") as file:
            file.write(f"proxy = 127.0.0.1:{proxy.port}\nuser = me:from-netrc\n")
        names = [f"{kind}_proxy" for kind in ("http", "https", "all", "socks")]
        env = {name: f"http://127.0.0.1:{proxy.port}" for lower in names for name in (lower, lower.upper())}
        env.update(HOME=home, NETRC=os.path.join(home, ".netrc"), CURL_HOME=home)
        self.stack.daemon.end()
        self.stack.start_daemon(**env)
        billing = self.listener()
        (one,) = self.first_attempts([f"http://localhost:{billing.port}/x"]).values()
        self.assertEqual(one["http_status"], 200)
        self.assertNotIn("authorization", billing.received[0].headers)
        self.assertNotIn("proxy-connection", billing.received[0].headers)
        self.assertNotIn(b"from-netrc", billing.received[0].head)
        self.assertNotIn(base64.b64encode(b"me:from-netrc"), billing.received[0].head)
        self.assertEqual(proxy.received, [])


@unittest.skipIf(room.why_not(), f"cannot show a program another /etc/hosts: {room.why_not()}")
class Names(SharedCase):
    """Names whose addresses are ours to choose, and to change: by a hosts file that only the daemon sees."""

    settings = {"LEOPAY_THREADS": "1"}

    def setUp(self):
        self.hosts = os.path.join(self.stack.folder, "hosts")
        self.billing = TwoPlaces()
        self.addCleanup(self.billing.close)

    def resolve(self, *addresses):
        """From now on the name has these addresses.  A new daemon, because each remembers names for a minute."""
        self.restart("".join(f"{address} inside.test\n" for address in addresses))

    def restart(self, hosts):
        self.stack.daemon.end()
        with open(self.hosts, "w", encoding="ascii") as file:
            file.write(hosts)
        self.stack.start_daemon(within=room.within({room.HOSTS: self.hosts}))

    def deliver(self, name, *options, host="inside.test"):
        url = f"http://{host}:{self.billing.port}/x"
        self.stack.add_billing(name, url, "0", *options)
        number = self.stack.pay(billing=name)
        return number, wait_for("an attempt", lambda: self.stack.payment(number)["deliveries"])[0]

    def test_a_name_for_a_refused_address(self):
        addresses = ("169.254.169.254", "0.0.0.0", "::", "::ffff:0.0.0.0", "fe80::1", "224.0.0.1")
        self.restart("".join(f"{address} name{index}.test\n" for index, address in enumerate(addresses)))
        for index, address in enumerate(addresses):
            with self.subTest(address):
                _, one = self.deliver(f"name{index}", host=f"name{index}.test")
                self.assertEqual(one["error"], REFUSED)
        self.assertEqual(self.billing.received, [])

    def test_a_name_that_changes(self):
        """Looked at and found good once, it means another address when the next attempt is made."""
        self.billing.script = [500]
        self.resolve("127.0.0.1")
        number, one = self.deliver("changes", "--allow-net", "127.0.0.1/32")
        self.assertEqual(one["http_status"], 500)
        self.billing.script = [200]
        self.resolve("127.0.0.2")
        seen = len(self.billing.received)
        wait_for("a refused attempt", lambda: self.stack.payment(number)["deliveries"][-1]["error"] == REFUSED)
        self.assertEqual(len(self.billing.received), seen)
        self.resolve("127.0.0.1")
        self.stack.wait_status(number, "notified")

    def test_several_addresses(self):
        self.resolve("169.254.169.254", "127.0.0.2", "127.0.0.1")
        number, _ = self.deliver("several", "--allow-net", "127.0.0.1/32")
        self.stack.wait_status(number, "notified")
        self.assertEqual(self.billing.elsewhere, 0)

    def test_a_connection_of_another_billing(self):
        """One that was made under looser rules is open: the pinned billing's confirmation does not go there."""
        self.resolve("127.0.0.2")
        number, one = self.deliver("loose")
        self.stack.wait_status(number, "notified")
        self.assertEqual(one["http_status"], 200)
        self.assertEqual(self.billing.elsewhere, 1)
        seen = len(self.billing.received)
        _, one = self.deliver("pinned", "--allow-net", "127.0.0.1/32")
        self.assertEqual(one["error"], REFUSED)
        self.assertEqual(len(self.billing.received), seen)


class Bank(SharedCase):
    def test_redirects_of_the_bank_are_not_followed(self):
        inside = Billing()
        self.addCleanup(inside.close)
        away = Billing((307, [("Location", inside.url)]))
        self.addCleanup(away.close)
        self.stack.daemon.end()
        self.stack.start_daemon(LEOPAY_SBERBANK_URL=f"http://127.0.0.1:{away.port}/payment/rest/")
        self.assertEqual(self.stack.order().status, 502)
        self.assertEqual(len(away.received), 1)
        self.assertEqual(inside.received, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
