# SPDX-License-Identifier: MIT
"""What the machine gives to a process, and how it is taken away: disks, processor, memory, descriptors, networks."""

import ctypes
import errno
import os
import shutil
import subprocess

from rows import Skipped

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def need_root(what):
    if os.getuid() != 0:
        raise Skipped(f"{what} needs root")


def need_program(name, package):
    if not shutil.which(name):
        raise Skipped(f"{name} is missing: apt-get install {package}")


# ---- Disks ----

class Disk:
    """A small disk of its own: a tmpfs that can be filled to the last byte, and emptied again."""

    def __init__(self, run, megabytes):
        need_root("to mount a small disk")
        folder = run.folder()
        os.chmod(folder, 0o711)
        self.path = os.path.join(folder, "disk")
        self.ballast = os.path.join(self.path, "ballast")
        os.mkdir(self.path)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "chaos", self.path],
                              check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise Skipped(f"no small disk can be mounted: {done.stderr.strip()}")
        run.closing.append(lambda: subprocess.run(["umount", "-l", self.path], check=True))

    def take_over(self, folder):
        """Moves a folder here, and leaves a link in its place."""
        here = os.path.join(self.path, os.path.basename(folder))
        subprocess.run(["mv", folder, here], check=True)
        os.symlink(here, folder)

    def fill(self):
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def make_room(self):
        os.unlink(self.ballast)


# ---- Processes ----

def cpu_s(pid):
    """Processor time that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory_kb(pid, what="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what + ":"))


# ---- Networks ----

def close_connections(port):
    """Resets all connections to a port of the loopback."""
    subprocess.run(["ss", "-K", "-t", "dst", "127.0.0.1", "dport", "=", f":{port}"], check=True, capture_output=True)


class Network:
    """A network of its own, for this thread and all that it starts: a loopback, and rules that drop packets."""

    def __init__(self, run):
        need_root("a network of its own")
        need_program("nft", "nftables")
        need_program("ip", "iproute2")
        before = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if libc.unshare(CLONE_NEWNET) != 0:
            os.close(before)
            raise Skipped(f"no network of its own: {os.strerror(ctypes.get_errno())}")
        run.closing.append(lambda: self.leave(before))
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.nft("add table inet chaos; "
                 "add chain inet chaos input { type filter hook input priority 0; policy accept; }")

    @staticmethod
    def leave(before):
        if libc.setns(before, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        os.close(before)

    @staticmethod
    def nft(text):
        subprocess.run(["nft", text], check=True, capture_output=True)

    def drop(self, rules):
        """What fits one of the rules comes to nobody's ears, from now on; nothing else is dropped any more."""
        self.nft("; ".join(["flush chain inet chaos input"] + [f"add rule inet chaos input {rule} drop" for rule in rules]))
