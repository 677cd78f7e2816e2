# SPDX-License-Identifier: MIT
"""Programs under a system of their own making: they see our files where the machine's are."""

import os
import subprocess

ENTER = ["unshare", "--mount", "--propagation", "private"]
BIND = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 1; shift 2; done; shift; exec setpriv --pdeathsig KILL "$@"'

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
HOSTS = "/etc/hosts"


def within(files):
    """The words before a command that let it see `files`: {where the machine has one: what is seen instead}."""
    enter = ENTER if os.geteuid() == 0 else [*ENTER, "--map-root-user"]
    pairs = [part for place, seen in files.items() for part in (seen, place)]
    return [*enter, "sh", "-c", BIND, "sh", *pairs, "--"]


def why_not():
    """Why such a room cannot be made here; "" where it can."""
    for place in (BUNDLE, HOSTS):
        if not os.path.exists(place):
            return f"there is no {place}"
    done = subprocess.run([*within({HOSTS: "/etc/passwd"}), "cmp", HOSTS, "/etc/passwd"], capture_output=True,
                          text=True, timeout=60)
    return done.stderr.strip() or "cmp failed" if done.returncode else ""
