# SPDX-License-Identifier: MIT
"""What the build under test was made with."""

import os
import re

from stack import BUILD


def build_says(name):
    """The value of one of CMake's settings; "" where it has none."""
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as cache:
        found = re.search(rf"^{name}:\w+=(.*)$", cache.read(), re.M)
    return found.group(1) if found else ""


def is_sanitized():
    return build_says("LEOPAY_SANITIZE") != ""
