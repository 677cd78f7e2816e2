# SPDX-License-Identifier: MIT
"""A wall clock that can be turned while programs run by it; the monotonic clock is the true one."""

import datetime
import mmap
import os
import shutil
import struct

LIBRARY = os.path.join("tests", "support", "libturned-clock.so")


class Clock:
    """One clock for all programs that are started with its environment; `folder` is open to them all."""

    def __init__(self, folder, build):
        self.path = os.path.join(folder, "clock")
        library = shutil.copy(os.path.join(build, LIBRARY), folder)
        with open(self.path, "wb") as file:
            file.write(bytes(8))
        os.chmod(self.path, 0o644)
        os.chmod(library, 0o755)
        with open(self.path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 8)
        # A program that is built with the address sanitizer wants its library first.
        asan = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
        self.env = {"LD_PRELOAD": library, "TURNED_CLOCK": self.path, "ASAN_OPTIONS": asan}

    def turn(self, seconds):
        self.shared[:] = struct.pack("q", seconds)

    def turn_to(self, when):
        """From now on it is `when`, an aware datetime."""
        self.turn(round((when - datetime.datetime.now(datetime.timezone.utc)).total_seconds()))
