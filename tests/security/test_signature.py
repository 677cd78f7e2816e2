#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A confirmation that was touched anywhere, or signed in any other way, is none.  openssl has the second word."""

import base64
import ctypes
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

from build import is_sanitized
from signature import BODY, DIGEST_INFO, verify_by_integers, verify_by_openssl
from stack import BUILD, run_ctl

TEXT = b"42|10000|123|2026-11-22T10:15:30.123456+00:00"
SIZE = 256
SAMPLE = 40  # of what a process is started for


def body_of(signature, account="42", amount=10000, number=123, date="2026-11-22T10:15:30.123456+00:00"):
    if isinstance(signature, bytes):
        signature = base64.b64encode(signature).decode()
    return (f'{{"id": {number}, "account_id": {account}, "amount": {amount}, "payment_date": "{date}", '
            f'"signature": "{signature}"}}').encode()


def block(middle, size=SIZE):
    """An encoded message of PKCS#1 v1.5, with `middle` where the digest's description and the digest are."""
    return b"\x00\x01" + b"\xff" * (size - len(middle) - 3) + b"\x00" + middle


def is_for_openssl(body):
    """Whether others can read it, and spelled in the one way of base64: it is the values that they judge."""
    found = BODY.fullmatch(body)
    try:
        return bool(found) and base64.b64encode(base64.b64decode(found.group(5), validate=True)) == found.group(5)
    except ValueError:
        return False


class Library:
    """leopay_notification_verify(), called from here: thousands of times."""

    def __init__(self, key):
        self.library = ctypes.CDLL(os.path.join(BUILD, "libleopay", "libleopay.so"))
        self.key = ctypes.c_void_p()
        self.room = ctypes.create_string_buffer(65536)
        if self.library.leopay_public_key_load(key.encode(), ctypes.byref(self.key), None):
            raise AssertionError("the public key was not read")

    def verifies(self, body):
        return self.library.leopay_notification_verify(self.key, body, ctypes.c_size_t(len(body)), self.room, None) == 0


class Signature(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        for name in ("keys", "others"):
            run_ctl(["keys", "generate", "--dir", os.path.join(cls.folder, name)], {})
        cls.private, cls.public = (os.path.join(cls.folder, "keys", f"rsa_pay_{half}.key") for half in ("priv", "pub"))
        cls.signature = cls.openssl(TEXT, "dgst", "-sha256", "-sign", cls.private)
        cls.body = body_of(cls.signature)

    @staticmethod
    def openssl(data, *args):
        return subprocess.run(["openssl", *args], input=data, check=True, capture_output=True, timeout=60).stdout

    def raw(self, message):
        """The bare RSA operation on a whole block."""
        return self.openssl(message, "pkeyutl", "-decrypt", "-inkey", self.private, "-pkeyopt", "rsa_padding_mode:none")

    def ctl_verifies(self, body):
        done = run_ctl(["verify", "--key", self.public], {}, None, stdin=body)
        self.assertIn(done.code, (0, 4), done.err)
        return done.code == 0

    def refused(self, bodies):
        for what, body in bodies.items():
            with self.subTest(what):
                self.assertFalse(self.ctl_verifies(body))
                if is_for_openssl(body):
                    self.assertFalse(verify_by_integers(self.public, body))
                if is_for_openssl(body) and len(base64.b64decode(BODY.fullmatch(body).group(5))) <= SIZE:
                    self.assertFalse(verify_by_openssl(self.public, body))  # it reads no more bytes than that

    def test_the_untouched_one_is_good(self):
        self.assertTrue(self.ctl_verifies(self.body))
        self.assertTrue(verify_by_openssl(self.public, self.body))
        self.assertTrue(verify_by_integers(self.public, self.body))
        self.assertTrue(self.ctl_verifies(body_of(self.raw(block(DIGEST_INFO + hashlib.sha256(TEXT).digest())))))

    @unittest.skipIf(is_sanitized(), "Python cannot load a library with a sanitizer in it")
    def test_every_bit(self):
        library = Library(self.public)
        self.assertTrue(library.verifies(self.body))
        flipped = []
        for at, byte in enumerate(self.body):
            for bit in range(8):
                flipped.append(self.body[:at] + bytes([byte ^ 1 << bit]) + self.body[at + 1:])
        for at in range(8 * SIZE):
            signature = bytearray(self.signature)
            signature[at // 8] ^= 1 << at % 8
            flipped.append(body_of(bytes(signature)))
        for length in range(len(self.body)):
            flipped.append(self.body[:length])
        self.assertEqual([body for body in flipped if library.verifies(body)], [])
        readable = [body for body in flipped if is_for_openssl(body)]
        self.assertGreater(len(readable), 8 * SIZE)
        for body in random.Random(20).sample(readable, SAMPLE):
            self.assertFalse(verify_by_openssl(self.public, body), body)
            self.assertFalse(verify_by_integers(self.public, body), body)
            self.assertFalse(self.ctl_verifies(body), body)

    def test_other_keys_and_paddings(self):
        digest = hashlib.sha256(TEXT).digest()
        encoded = DIGEST_INFO + digest
        without_null = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + digest
        short = b"\x00\x01" + b"\xff" * 8 + b"\x00" + encoded
        other = os.path.join(self.folder, "others", "rsa_pay_priv.key")
        pss = self.openssl(TEXT, "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sign", self.private)
        crafted = {
            "another key": self.openssl(TEXT, "dgst", "-sha256", "-sign", other),
            "PSS": pss,
            "SHA-1": self.openssl(TEXT, "dgst", "-sha1", "-sign", self.private),
            "SHA-512": self.openssl(TEXT, "dgst", "-sha512", "-sign", self.private),
            "another text": self.openssl(TEXT + b" ", "dgst", "-sha256", "-sign", self.private),
            "no padding": self.raw(digest.rjust(SIZE, b"\x00")),
            "no description": self.raw(block(digest)),
            "a description without its NULL": self.raw(block(without_null)),
            "something behind the digest": self.raw(short + b"\x5a" * (SIZE - len(short))),
            "padding of type 2": self.raw(b"\x00\x02" + block(encoded)[2:]),
            "zeros as padding": self.raw(block(encoded).replace(b"\xff", b"\x00")),
            "zeros": bytes(SIZE), "one": b"\x01".rjust(SIZE, b"\x00"), "ones": b"\xff" * SIZE,
            "a byte less": self.signature[1:], "a zero before": b"\x00" + self.signature,
            "a zero behind": self.signature + b"\x00",
        }
        self.assertEqual(len({*crafted.values()}), len(crafted))
        self.refused({what: body_of(signature) for what, signature in crafted.items()})

    def test_spellings_of_the_same_signature(self):
        text = base64.b64encode(self.signature).decode()
        self.assertTrue(text.endswith("=="))
        last = text[-3]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        stray = alphabet[alphabet.index(last) ^ 1]  # other bits where the decoder drops them
        self.assertEqual(base64.b64decode(text[:-3] + stray + "=="), self.signature)
        self.refused({
            "stray bits": body_of(text[:-3] + stray + "=="), "no end": body_of(text[:-2]),
            "half an end": body_of(text[:-1]), "more end": body_of(text + "===="), "a blank": body_of(" " + text),
            "a line break": body_of(text[:64] + "\\n" + text[64:]), "empty": body_of(""),
            "hexadecimal": body_of(self.signature.hex()), "twice": body_of(text + text),
            "for URLs": body_of(re.sub(r"[+/]", lambda one: {"+": "-", "/": "_"}[one[0]], text[:40] + "+/" + text[42:])),
        })

    def test_other_values_under_the_same_text(self):
        """What is signed is `account|amount|id|date`: no other four values may read as the same."""
        text = base64.b64encode(self.signature).decode()
        self.refused({
            "shifted to the left": body_of(text, account='"42|10000"', amount=123, number=123),
            "a plus": body_of(text, amount="+10000"), "an exponent": body_of(text, amount="1e4"),
            "a fraction": body_of(text, amount="10000.00"), "zeros": body_of(text, amount="010000"),
            "a minus": body_of(text, account="-42"), "other date": body_of(text, date="2026-11-22T10:15:30.123456Z"),
            "an amount as text": body_of(text, amount='"10000"'), "an id as text": body_of(text, number='"123"'),
            "older bytes": body_of(text, amount="10000.0"),
            "swapped": body_of(text, amount=123, number=10000),
        })

    def test_other_shapes(self):
        values = json.loads(self.body)
        more = {**values, "note": "x"}
        self.refused({
            "empty": b"", "nothing": b"{}", "null": b"null", "a list": b"[" + self.body + b"]", "text": b"paid",
            "two": self.body + self.body, "something behind": self.body + b"x", "a mark before": b"\xef\xbb\xbf" + self.body,
            "a NUL behind": self.body + b"\x00", "one more": json.dumps(more).encode(),
            "a key twice": self.body.replace(b'{"id"', b'{"id": 123, "id"'),
            "a key in capitals": self.body.replace(b'"amount"', b'"Amount"'),
            **{f"without {key}": json.dumps({name: value for name, value in values.items() if name != key}).encode()
               for key in values},
        })

    def test_the_order_of_members_is_not_signed(self):
        """A billing's framework may hand the members on in any order: the values are what counts."""
        values = json.loads(self.body)
        self.assertTrue(self.ctl_verifies(json.dumps(dict(reversed(values.items())), indent=1).encode()))
        values["amount"] += 1
        self.assertFalse(self.ctl_verifies(json.dumps(dict(reversed(values.items()))).encode()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
