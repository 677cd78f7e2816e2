# SPDX-License-Identifier: MIT
"""Programs that are watched: built with sanitizers, or run in another one such as valgrind."""

import os
import re

# The programs run in this one, and get so many times longer for everything.
WRAPPER = os.environ.get("LEOPAY_WRAPPER", "").split()
PATIENCE = 15 if WRAPPER else 1

# They tell at their end what they did wrong, so daemons are ended kindly.  So they are where coverage is counted: what
# is killed leaves no counts of what it ran.
WATCHED = bool(os.environ.get("LEOPAY_WATCHED"))
KINDLY = WATCHED or "LEOPAY_COVERAGE" in os.environ
COMPLAINTS = re.compile(r"^==\d+==|runtime error:|(ERROR|WARNING): \w+Sanitizer", re.MULTILINE)


def complains(text):
    return WATCHED and COMPLAINTS.search(text) is not None


def claim_content(processes):
    """Fails with the logs of those that complained.  All are over: the list is emptied, and can be closed again."""
    said = [text for text in (process.log_text() for process in processes) if complains(text)]
    processes.clear()
    if said:
        raise AssertionError("a program did wrong:\n" + "".join(said))
