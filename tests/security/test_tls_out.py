#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bank and billings behind wrong certificates and weak TLS: nothing is told to them, not one byte."""

import os
import ssl
import tempfile
import unittest

import room
from certificates import Authority, self_signed
from peers import PAGE, Peer, ask_laxly, context
from stack import Case, SharedCase, wait_for

CLIENT = "extendedKeyUsage = clientAuth\nkeyUsage = digitalSignature\n"
TLS1, TLS1_1, TLS1_2 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2


class Papers:
    """Peers that are good, and peers that are bad in one way each: {what is wrong: (host in the URL,
    peer, how the refusal reads)}."""

    def __init__(self, folder):
        self.root, older = Authority(folder, "root"), Authority(folder, "older", key="RSA")
        self.trusted = self.root.pair.show(older.pair).chain
        middle = Authority(folder, "middle", self.root)
        stranger = Authority(folder, "stranger")
        server = self.root.issue_server
        leaf = server("leaf")
        forger = Authority(folder, "forger", pair=leaf)
        self.alone = self_signed(folder, "alone", "subjectAltName = DNS:localhost")
        below_leaf = middle.issue_server("below")
        whole = middle.issue_server("whole").show(middle.pair)
        good = context(server("good"))
        self.good = {
            "by name": self.host("localhost", good),
            "by address": self.host("127.0.0.1", good),
            "by the older authority": self.host("localhost", context(older.issue_server("young"))),
            "below an intermediate one": self.host("localhost", context(whole)),
            "RSA, TLS 1.2": self.host("localhost", context(server("rsa", key="RSA"), high=TLS1_2)),
        }
        self.bad = {
            "expired": self.host("localhost", context(server("expired", days=(
                "-startdate", "20200101000000Z", "-enddate", "20210101000000Z"))), "has expired"),
            "not yet valid": self.host("localhost", context(server("early", days=(
                "-startdate", "20450101000000Z", "-enddate", "20460101000000Z"))), "not yet valid"),
            "another name": self.host("localhost", context(server("other", san="DNS:localhost.example")), "host name"),
            "a name for all": self.host("localhost", context(server("wild", san="DNS:*")), "host name"),
            "another address": self.host("127.0.0.1", context(server("away", san="IP:127.0.0.2,DNS:localhost")),
                                         "host name"),
            "an address as a name": self.host("127.0.0.1", context(server("text", san="DNS:127.0.0.1")), "host name"),
            "the subject as name": self.host("localhost", context(server("localhost", san="")), "hostname mismatch"),
            "the subject beside mail": self.host("localhost", context(server("localhost", san="email:a@localhost")),
                                                 "hostname mismatch"),
            "self-signed": self.host("localhost", context(self.alone), "self-signed"),
            "by an unknown authority": self.host("localhost", context(stranger.issue_server("unknown")), "local issuer"),
            "by a server": self.host("localhost", context(forger.issue_server("forged").show(leaf)), "invalid CA"),
            "without the one between": self.host("localhost", context(below_leaf), "local issuer"),
            "for clients": self.host("localhost", context(server("client", usage=CLIENT)), "purpose"),
            "a key of 1024 bits": self.host("localhost", context(server("weak", key="weak")), "key too weak"),
            "signed with SHA-1": self.host("localhost", context(older.issue_server("sha1", "-md", "sha1")), "digest"),
            "signed with MD5": self.host("localhost", context(older.issue_server("md5", "-md", "md5")), "digest"),
            "TLS 1.0": self.host("localhost", context(server("one"), low=TLS1, high=TLS1), "protocol version"),
            "TLS 1.1": self.host("localhost", context(server("two"), low=TLS1_1, high=TLS1_1), "protocol version"),
            "no encryption": self.host("localhost", context(server("null", key="RSA"), "NULL-SHA256:@SECLEVEL=0",
                                                            high=TLS1_2), "handshake failure"),
            "no certificate": self.host("localhost", context(None, "AECDH-AES128-SHA:@SECLEVEL=0", high=TLS1_2),
                                        "handshake failure"),
            "plain HTTP": self.host("localhost", None, "wrong version number"),
        }

    @staticmethod
    def host(name, made, refused=""):
        return name, Peer(made), refused

    def close(self):
        for _, peer, _ in (*self.good.values(), *self.bad.values()):
            peer.close()


class Lies(unittest.TestCase):
    """The bad peers do what they say: else their being refused would prove nothing."""

    def test_a_careless_client_tells_them_everything(self):
        for what, (_, peer, _) in papers.bad.items():
            with self.subTest(what):
                if peer.context:
                    self.assertIn(PAGE, ask_laxly(peer.port, b"secret").text)
                    self.assertIn(b"secret", peer.heard)
                    peer.heard = b""


class Bank(SharedCase):
    settings = {"LEOPAY_SBERBANK_PASSWORD": "never-told"}

    def register(self, host, peer, code, **env):
        env = {"LEOPAY_SBERBANK_CA_FILE": papers.trusted, **env}
        return self.stack.ctl("transaction", "register", "--billing", "demo", "--amount", "100", "--final-url",
                              "http://shop.example/", "--billing-userid", "1", code=code,
                              LEOPAY_SBERBANK_URL=f"https://{host}:{peer.port}/ecomm/gw/partner/api/v1/", **env)

    def test_good_papers(self):
        for what, (host, peer, _) in papers.good.items():
            with self.subTest(what):
                peer.heard = b""
                self.assertIn(PAGE, self.register(host, peer, 0).out)
                self.assertIn(b"never-told", peer.heard)
                self.assertIn(b"POST", peer.heard)

    def test_bad_papers(self):
        for what, (host, peer, refused) in papers.bad.items():
            with self.subTest(what):
                visits = peer.visits
                number = self.register(host, peer, 1).err.split("order ")[1].split()[0]
                self.assertGreater(peer.visits, visits)
                shown = self.stack.payment(number)
                self.assertEqual((shown["status"], shown["reason"]), ("failed", "unreachable"))
                self.assertRegex(str(shown["history"]), refused)
                self.assertNotIn(b"POST", peer.heard)

    def test_the_daemon_fails_the_order(self):
        host, peer, _ = papers.bad["expired"]
        self.stack.daemon.end()
        self.stack.start_daemon(LEOPAY_SBERBANK_CA_FILE=papers.trusted,
                                LEOPAY_SBERBANK_URL=f"https://{host}:{peer.port}/ecomm/gw/partner/api/v1/")
        answer = self.stack.order()
        self.assertEqual(answer.status, 503)
        self.assertEqual(peer.heard, b"")

    def test_the_machines_authorities_are_not_asked_beside_the_file(self):
        host, peer, _ = papers.good["by name"]
        peer.heard = b""
        self.register(host, peer, 1, LEOPAY_SBERBANK_CA_FILE=papers.alone.cert)
        self.register(host, peer, 1, LEOPAY_SBERBANK_CA_FILE="")
        self.assertEqual(peer.heard, b"")


@unittest.skipIf(room.why_not(), f"cannot show a program another bundle of certificates: {room.why_not()}")
class Billings(Case):
    def test_billings(self):
        stack = self.new_stack(start=False)
        stack.start_sandbox()
        stack.start_daemon(within=room.within({room.BUNDLE: papers.trusted}))
        for kind, peers in (("good", papers.good), ("bad", papers.bad)):
            paid = {}
            for index, (what, (host, peer, _)) in enumerate(peers.items()):
                peer.heard, peer.visits = b"", 0
                stack.add_billing(f"{kind}{index}", f"https://{host}:{peer.port}/confirm")
                paid[what] = stack.pay(billing=f"{kind}{index}")
            for what, number in paid.items():
                with self.subTest(what):
                    _, peer, refused = peers[what]
                    if kind == "good":
                        stack.wait_status(number, "notified")
                        self.assertRegex(peer.heard, rb'(?s)POST .*"signature": "')
                        continue
                    shown = wait_for("an attempt", lambda: self.attempted(stack, number))
                    self.assertEqual((shown["status"], shown["deliveries"][0]["http_status"]), ("paid", None))
                    self.assertRegex(shown["deliveries"][0]["error"], refused)
                    self.assertGreater(peer.visits, 0)
                    self.assertNotIn(b"POST", peer.heard)

    @staticmethod
    def attempted(stack, number):
        shown = stack.payment(number)
        return shown if shown["deliveries"] else None


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="leopay-", dir="/tmp") as place:
        os.chmod(place, 0o755)
        papers = Papers(place)
        unittest.main(verbosity=2, warnings="ignore")  # of Python, that such TLS is old
