# SPDX-License-Identifier: MIT
"""Reads the tree for the rules in tidy.py: which files there are, and C text without comments or literals.

Lines keep their numbers in everything that is blanked, so that a finding can name its place.
"""

import os
import re

SKIPPED_FOLDERS = {".git", ".github", ".demo", "build", "__pycache__"}
SCRIPT_SUFFIXES = {".py", ".sh", ".lua", ".cmake", ".sql"}
C_SUFFIXES = {".c", ".h"}

TOKEN = re.compile(
    r"""/\*.*?\*/            # a comment
      | //[^\n]*
      | "(?:\\.|[^"\\\n])*"  # a string
      | '(?:\\.|[^'\\\n])*'  # a character
    """,
    re.S | re.X,
)


class Tree:
    """A checkout, seen as paths relative to its root."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.texts = {}

    def files(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
            for name in sorted(names):
                yield os.path.relpath(os.path.join(folder, name), self.root)

    def text(self, path):
        if path not in self.texts:
            with open(os.path.join(self.root, path), "rb") as file:
                self.texts[path] = file.read().decode("utf-8", "replace")
        return self.texts[path]

    def c_files(self, *prefixes):
        for path in self.files():
            if os.path.splitext(path)[1] in C_SUFFIXES or path.endswith(".h.in"):
                if not prefixes or path.startswith(prefixes):
                    yield path

    def public_headers(self):
        return [path for path in self.c_files("include/leopay/")]

    def is_source(self, path):
        """Whether people write this file by hand in a language that has comments."""
        name = os.path.basename(path)
        if os.path.splitext(name)[1] in C_SUFFIXES | SCRIPT_SUFFIXES or name == "CMakeLists.txt":
            return True
        return path.endswith(".h.in") or self.text(path).startswith("#!")


def blank(match):
    """Blanks, but as many lines as there were."""
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments(text):
    return TOKEN.sub(lambda m: blank(m) if m.group(0).startswith("/") else m.group(0), text)


def code_only(text):
    """C without comments and without the insides of literals."""

    def keep_quotes(match):
        token = match.group(0)
        if token.startswith("/"):
            return blank(match)
        return token[0] + " " * (len(token) - 2) + token[-1]

    return TOKEN.sub(keep_quotes, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Prototype:
    """A function that a public header declares."""

    def __init__(self, name, line):
        self.name = name
        self.line = line  # of its first token


def prototypes(text):
    """The functions a public header declares, with the lines they begin on."""
    code = code_only(text)
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", blank, code, flags=re.M)
    code = re.sub(r'extern\s+" "\s*\{', blank, code)
    code = re.sub(r"\b(?:struct|enum|union)\s+\w*\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", blank, code)
    for statement in re.finditer(r"[^;{}]+;", code):
        body = statement.group(0)
        if re.match(r"\s*(?:typedef|static)\b", body):
            continue
        found = re.match(r"\s*[\w\s*]*?\b(\w+)\s*\(", body)
        if found:
            first = statement.start() + len(body) - len(body.lstrip())
            yield Prototype(found.group(1), line_of(code, first))
