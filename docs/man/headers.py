#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the manual of the library from the comments of its public headers: one page a header, and libleopay(3).

    headers.py OUTPUT HEADER...

A page is named as its header is: leopay/report.h is leopay_report(3).  Its NAME lists the functions, so that man and
apropos find each of them.  Comments are plain text: paragraphs, and lines that stand in by four blanks are shown as they
are.
"""

import os
import re
import sys

GUARD = re.compile(r'^#ifdef __cplusplus\n(?:extern "C" \{|\})\n#endif\n', re.M)
RULER = re.compile(r"/\* -+ (.*?) -+ \*/")
FUNCTION = re.compile(r"^(?!typedef|static)([\w\s]+?[\s*]+)(leopay_\w+)\((.*)\);$", re.S)


def date_of_manual():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "leopayctl.1"), encoding="utf-8") as file:
        return re.search(r"^\.Dd (.*)$", file.read(), re.M)[1]


def escape(text):
    text = text.replace("\\", "\\e")
    return "\\&" + text if text.startswith((".", "'")) else text


def quote(text):
    return '"' + escape(text).replace('"', '\\(dq') + '"'


def comment_lines(comment):
    """The text of a comment, without its stars."""
    inner = re.sub(r"^/\*+|\*/$", "", comment)
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in inner.strip().split("\n")]


def literal(lines):
    yield ".Bd -literal -offset indent -compact"
    yield from (escape(line) for line in lines)
    yield ".Ed"


def running(lines):
    """Paragraphs of text, a sentence a line."""
    for sentence in re.split(r"(?<=[.:;?!])\s+(?=[A-Z0-9\"*])", " ".join(lines)):
        yield escape(sentence)


def text(comment):
    """mdoc of a comment: paragraphs, lists with numbers, and what is shown as it is."""
    for index, part in enumerate(re.split(r"\n\n+", "\n".join(comment_lines(comment)).strip("\n"))):
        lines = part.split("\n")
        yield from [".Pp"] if index else []
        if all(line.startswith("    ") for line in lines):
            yield from literal([line[4:] for line in lines])
            continue
        items = [[]]
        for line in lines:
            if re.match(r"\s*(\d+\.|-) ", line) and items[-1]:
                items.append([])
            items[-1].append(line.strip())
        for number, item in enumerate(items):
            yield from [".Pp"] if number else []
            yield from running(item)


def groups(body):
    """(comment, code) for each thing that is declared; a ruler is (None, title)."""
    for block in re.split(r"\n\n+(?![ \t}])", body.strip()):
        comment = re.match(r"/\*.*?\*/\s*", block, re.S)
        code = block[comment.end():].strip() if comment else block.strip()
        ruler = RULER.fullmatch(block.strip())
        if ruler:
            yield None, ruler[1]
        elif code or comment:
            yield comment[0].strip() if comment else "", code


def function_of(code):
    """(type, name, arguments), or None."""
    found = FUNCTION.match(re.sub(r"\s+__attribute__\(\(.*\)\)(?=;$)", "", code, flags=re.S))
    if not found:
        return None
    arguments = re.sub(r"\s+", " ", found[3]).split(", ")
    return " ".join(found[1].split()), found[2], [] if arguments == ["void"] else arguments


class Header:
    """One header: its first comment, and what it declares."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            whole = file.read()
        self.name = os.path.basename(path).removesuffix(".in").removesuffix(".h")
        self.title = "libleopay" if self.name == "leopay" else "leopay_" + self.name
        _, self.about, rest = re.split(r"(?<=\*/)\n(?=[/#])", whole, maxsplit=2)
        body = GUARD.sub("", re.sub(r"^#(?:ifndef|define) LEOPAY_(?:\w+_)?H$", "", rest, flags=re.M))
        body = re.sub(r"^#(?:include .*|endif)$", "", body, flags=re.M)
        self.groups = list(groups(body))
        self.functions = [f for _, code in self.groups for f in [function_of(code)] if f]

    def summary(self):
        first = re.split(r"(?<=[.;])\s", " ".join(comment_lines(self.about)).strip())[0]
        return first.rstrip(".;")

    def page(self, others):
        names = [name for _, name, _ in self.functions] or [self.title]
        yield f'.\\" Made from leopay/{self.name}.h; SPDX-License-Identifier: MIT'
        yield from (f".Dd {date_of_manual()}", f".Dt {self.title.upper()} 3", ".Os", ".Sh NAME")
        yield from (f".Nm {name}{' ,' if name != names[-1] else ''}" for name in names)
        yield from (f".Nd {escape(self.summary())}", ".Sh LIBRARY", "Leopay (libleopay, \\-lleopay)")
        yield from (".Sh SYNOPSIS", f".In leopay/{self.name}.h")
        for kind, name, arguments in self.functions:
            yield from (f".Ft {quote(kind)}", f".Fo {name}", *(f".Fa {quote(a)}" for a in arguments), ".Fc")
        yield from (".Sh DESCRIPTION", *text(self.about))
        for index, (comment, code) in enumerate(self.groups):
            yield from [".Pp"] if comment is not None and (index == 0 or self.groups[index - 1][0] is not None) else []
            yield from self.describe(comment, code)
        yield from (".Sh SEE ALSO", *(f".Xr {other} 3 {',' if other != others[-1] else ''}".rstrip() for other in others))

    def describe(self, comment, code):
        function = function_of(code)
        if comment is None:
            yield f".Ss {escape(code)}"
            return
        if function:
            yield f".Fn {function[1]}"
            yield ".Pp"
        elif code:
            yield from literal(code.split("\n"))
            yield from [".Pp"] if comment else []
        yield from text(comment) if comment else ()


def main():
    output, *paths = sys.argv[1:]
    os.makedirs(output, exist_ok=True)
    headers = [Header(path) for path in paths]
    for header in headers:
        others = sorted(other.title for other in headers if other is not header)
        with open(os.path.join(output, header.title + ".3"), "w", encoding="utf-8") as file:
            file.write("\n".join(header.page(others)) + "\n")


if __name__ == "__main__":
    main()
