# SPDX-License-Identifier: MIT
"""Somebody else at the database, who holds what others wait for."""

import subprocess


def waiting(stack, like="%", program="leopayd"):
    """How many of a program's statements wait for a lock: of all, or of those like one."""
    like = like.replace("'", "''")
    return int(stack.postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                  f" AND application_name = '{program}' AND query LIKE '{like}'"
                                  " AND datname = current_database()", stack.database)[0][0])


class Session:
    """Somebody else's transaction, held open by psql."""

    def __init__(self, url):
        self.child = subprocess.Popen(["psql", "-X", "-q", "-At", "-d", url], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, text):
        self.child.stdin.write(f"{text};\n\\echo it is done\n")
        self.child.stdin.flush()
        for line in self.child.stdout:
            if line == "it is done\n":
                return
        raise EOFError("psql ended")

    def close(self):
        self.child.kill()
        self.child.communicate()
