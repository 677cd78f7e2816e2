# SPDX-License-Identifier: MIT
"""RSASSA-PKCS1-v1_5 with SHA-256, twice: in plain integers, and by the openssl command line."""

import base64
import hashlib
import json
import os
import re
import subprocess
import tempfile

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")

BODY = re.compile(
    rb'\{"id": ([1-9][0-9]*), "account_id": (-?[0-9]+|"(?:[ !#-\[\]-~]|\\["\\/bfnrtu])*"), '
    rb'"amount": ((?:0|[1-9][0-9]*)(?:\.0)?), '
    rb'"payment_date": "(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00)", '
    rb'"signature": "([A-Za-z0-9+/]+={0,2})"\}')


def read_der(data):
    """One DER value: its tag, its content, and what follows."""
    tag, length, at = data[0], data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at], "big")
    return tag, data[at:at + length], data[at + length:]


def read_public_key(path):
    """(modulus, exponent, SPKI in DER) of a PKCS#1 public key."""
    with open(path, encoding="ascii") as file:
        text = file.read()
    found = re.fullmatch(r"\s*-----BEGIN RSA PUBLIC KEY-----(.*)-----END RSA PUBLIC KEY-----\s*", text, re.S)
    der = base64.b64decode(found.group(1))
    _, inside, _ = read_der(der)
    _, modulus, rest = read_der(inside)
    _, exponent, _ = read_der(rest)
    bits = b"\x03" + encode_length(len(der) + 1) + b"\x00" + der
    spki = b"\x30" + encode_length(len(RSA_ENCRYPTION) + len(bits)) + RSA_ENCRYPTION + bits
    return int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"), spki


def encode_length(length):
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def key_id(path):
    return hashlib.sha256(read_public_key(path)[2]).hexdigest()[:16]


def signed_text(body):
    """What the signature of this body is over, put together from the bytes as they were sent."""
    number, account, amount, date, _ = BODY.fullmatch(body).groups()
    account = json.loads(account)
    return "|".join([str(account), amount.decode(), number.decode(), date.decode()]).encode()


def verify_by_integers(path, body):
    modulus, exponent, _ = read_public_key(path)
    size = (modulus.bit_length() + 7) // 8
    signature = base64.b64decode(BODY.fullmatch(body).group(5), validate=True)
    if len(signature) != size:
        return False
    opened = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    digest = DIGEST_INFO + hashlib.sha256(signed_text(body)).digest()
    return opened == b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest


def verify_by_openssl(path, body):
    with tempfile.TemporaryDirectory() as folder:
        spki, signature, text = (os.path.join(folder, name) for name in ("key", "signature", "text"))
        subprocess.run(["openssl", "rsa", "-RSAPublicKey_in", "-in", path, "-pubout", "-out", spki], check=True,
                       stderr=subprocess.DEVNULL)
        with open(signature, "wb") as file:
            file.write(base64.b64decode(BODY.fullmatch(body).group(5)))
        with open(text, "wb") as file:
            file.write(signed_text(body))
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", spki, "-signature", signature, text],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return done.returncode == 0
