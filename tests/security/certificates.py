# SPDX-License-Identifier: MIT
"""An authority of our own, and certificates that are good or bad in one way each.  Made by openssl's command line."""

import os
import subprocess

CONFIG = """[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
policy = any
default_md = sha256
[any]
commonName = optional
"""

SERVER = "extendedKeyUsage = serverAuth\nkeyUsage = digitalSignature, keyEncipherment\n"


def openssl(*args):
    done = subprocess.run(["openssl", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"openssl {args}: {done.stderr}")


class Pair:
    """A key, its certificate, and the file that a server shows: the certificate and those above it."""

    def __init__(self, folder, name):
        self.key, self.cert, self.chain = (os.path.join(folder, f"{name}.{kind}") for kind in ("key", "crt", "chain"))

    def show(self, *above):
        with open(self.chain, "w", encoding="ascii") as chain:
            for pair in (self, *above):
                with open(pair.cert, encoding="ascii") as cert:
                    chain.write(cert.read())
        return self


KEYS = {"EC": ("EC", "ec_paramgen_curve:P-256"), "RSA": ("RSA", "rsa_keygen_bits:2048"),
        "weak": ("RSA", "rsa_keygen_bits:1024")}


def new_key(pair, key):
    algorithm, option = KEYS[key]
    openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", pair.key)


def self_signed(folder, name, *extensions, key="EC"):
    pair = Pair(folder, name)
    new_key(pair, key)
    openssl("req", "-x509", "-new", "-key", pair.key, "-days", "30", "-subj", f"/CN={name}", "-out", pair.cert,
            *[word for one in extensions for word in ("-addext", one)])
    return pair.show()


class Authority:
    """Signs what it is asked to sign, also what no authority should.  `above`: the one that signs its own."""

    def __init__(self, folder, name, above=None, pair=None, key="EC"):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        with open(os.path.join(self.folder, "index"), "w", encoding="ascii"):
            pass
        self.config = os.path.join(self.folder, "config")
        with open(self.config, "w", encoding="ascii") as config:
            config.write(CONFIG.format(folder=self.folder))
        if above:
            pair = above.issue(name, "basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign\n")
        self.pair = pair or self_signed(self.folder, name, "keyUsage = critical, keyCertSign", key=key)
        self.cert = self.pair.cert

    def issue(self, name, extensions, *options, key="EC", days=("-days", "30")):
        pair = Pair(self.folder, name)
        request, extras = pair.cert + ".request", pair.cert + ".extensions"
        new_key(pair, key)
        openssl("req", "-new", "-key", pair.key, "-subj", f"/CN={name}", "-out", request)
        with open(extras, "w", encoding="ascii") as file:
            file.write("subjectKeyIdentifier = hash\n" + extensions)
        openssl("ca", "-batch", "-notext", "-config", self.config, "-cert", self.cert, "-keyfile", self.pair.key,
                "-in", request, "-out", pair.cert, "-extfile", extras, *days, *options)
        return pair.show()

    def issue_server(self, name, *options, san="DNS:localhost,IP:127.0.0.1", usage=SERVER, **more):
        names = f"subjectAltName = {san}\n" if san else ""
        return self.issue(name, usage + names, *options, **more)
