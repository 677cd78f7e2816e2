# SPDX-License-Identifier: MIT
"""A copy of the sources with a build of its own, in which the tests may change what the tree must not have."""

import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.append(os.path.join(ROOT, "tests", "tidy"))

from source import SKIPPED_FOLDERS  # noqa: E402  pylint: disable=wrong-import-position


class Broken(Exception):
    """Something that is none of the tests' business keeps them from going on."""


def run_patch(path, tree, *options):
    """Applies a patch, wholly and exactly, or says why it does not fit."""
    if not shutil.which("patch"):
        raise Broken("patch is missing: apt-get install patch")
    with open(path, "rb") as patch:
        done = subprocess.run(["patch", "-p1", "--fuzz=0", "--force", "--no-backup-if-mismatch", "-d", tree, *options],
                              stdin=patch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Broken(f"{os.path.basename(path)} does not fit the tree:\n{done.stdout}")


def run_cmake(*args):
    done = subprocess.run(["cmake", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Broken(f"it does not build:\n{done.stdout}")


class Copy:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        os.chmod(self.folder, 0o711)
        self.tree = os.path.join(self.folder, "tree")
        self.build_folder = os.path.join(self.folder, "build")
        shutil.copytree(ROOT, self.tree, symlinks=True, ignore=shutil.ignore_patterns(*SKIPPED_FOLDERS))
        run_cmake("-G", "Ninja", "-S", self.tree, "-B", self.build_folder)

    def patch(self, path, *options):
        run_patch(path, self.tree, *options)

    def build(self, *targets):
        run_cmake("--build", self.build_folder, "--target", *targets)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
