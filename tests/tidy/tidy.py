#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What docs/style.md asks for and a machine can check.  One rule a function; each yields its findings.

    tidy.py [--root DIR] [--build DIR] [--library FILE] [RULE...]     without a RULE: all of them

Exits 1 if there is a finding.  selftest.py shows that each rule can fail.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

import source

# Who may include whom: a layer sees itself and these.
LAYERS = {
    "base": set(),
    "core": {"base"},
    "wire": {"core", "base"},
    "io": {"core", "base"},
    "store": {"io", "core", "base"},
    "flow": {"store", "wire", "io", "core", "base"},
    "settings": {"wire", "io", "core", "base"},
    "": {"settings", "flow", "store", "wire", "io", "core", "base"},  # handle, period, sync
}

# The same within a program; what stands in no folder, and sees all of them, is "".
PROGRAM_LAYERS = {
    "leopayd": {
        "common": set(),
        "http": {"common"},
        "api": {"http", "common"},
        "": {"api", "http", "common"},
    },
    "leopayctl": {
        "output": set(),
        "": {"output"},
        "commands": {"", "output"},
    },
}

# Where other people's headers may be seen.
THIRD_PARTY = {
    r"jansson\.h": {"wire", "leopayd", "leopayctl", "examples/sandbox"},
    r"openssl/": {"wire", "io", "", "leopayd", "examples/sandbox"},
    r"libpq-fe\.h|libpq/|postgres_ext\.h": {"io", "store", ""},
    r"curl/": {"io", "", "examples/sandbox"},
    r"h2o(\.h|/)": {"leopayd", "examples", "examples/sandbox"},
}

PROGRAMS = ("leopayd/", "leopayctl/", "examples/")
OURS = ("include/", "libleopay/") + PROGRAMS
MONEY = ("include/", "libleopay/core/", "libleopay/store/", "libleopay/flow/", "libleopay/wire/")

BANNED = (
    "strcpy strcat sprintf vsprintf gets atoi atol strtok gmtime localtime system popen rand"
).split()

# Who may make the text of a statement: constants of ours in the one, names that libpq has quoted in the other.
BUILDS_SQL = {"libleopay/store/migrate.c", "libleopay/store/roles.c"}

# Who may send a text with no parameters beside it.
SENDS_PLAIN_SQL = {"libleopay/store/blocking.c"}

# Where the library makes the texts that it stores; "HTTP 503" needs no translation.
NOTE = r'snprintf\(\s*(?:[\w.>-]*\bnote),\s*(?:size|sizeof\([^)]*\)),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)'
STORED_TEXTS = (
    ("libleopay/core/judge.c", NOTE),
    ("libleopay/flow/check.c", NOTE),
    ("libleopay/flow/reconcile_ask.c", NOTE),
    ("libleopay/flow/notify.c", r'\? reply->error : ("[^"]*")'),
    ("libleopay/io/http_call.c", r'return ("[^"]*");'),
    ("libleopay/store/jobs.c", r"#define CUT_OFF_ERROR (\"'[^']*'\")"),
    ("libleopay/core/lifecycle.c", r'\[LP_EV_\w+\] = ("\w+")'),
    ("libleopay/core/lifecycle.c", r'\[LP_JOB_\w+\] = ("\w+")'),
)

FUNCTION_LINES = 60
FILE_LINES = 400
COLUMNS = 100


def include_lines(tree, path):
    text = source.without_comments(tree.text(path))
    for found in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', text, re.M):
        yield source.line_of(text, found.start()), found.group(1) == '"', found.group(2)


def layer_of(path):
    """The layer of a file of the library; None for a file elsewhere."""
    parts = path.split("/")
    if parts[0] != "libleopay":
        return None
    return parts[1] if len(parts) > 2 else ""


def check_program_layers(tree, program, layers):
    for path in tree.c_files(program + "/"):
        layer = os.path.dirname(path)[len(program) + 1:]
        if layer not in layers:
            yield f"{path}:1: {layer} is no layer"
            continue
        for line, quoted, name in include_lines(tree, path):
            target = os.path.dirname(name)
            if quoted and target != layer and target not in layers[layer]:
                yield f"{path}:{line}: {layer or 'the top'} may not include {name}"


def rule_layers(tree):
    """Includes go downwards only."""
    for program, layers in PROGRAM_LAYERS.items():
        yield from check_program_layers(tree, program, layers)
    for path in tree.c_files("libleopay/"):
        layer = layer_of(path)
        if layer not in LAYERS:
            yield f"{path}:1: {layer} is no layer"
            continue
        for line, quoted, name in include_lines(tree, path):
            target = name.split("/")[0] if "/" in name else layer
            if not quoted or target == layer:
                continue
            if target not in LAYERS[layer]:
                yield f"{path}:{line}: {layer or 'the top'} may not include {name}"


def rule_public(tree):
    """Programs and examples see include/leopay and nothing else of the library."""
    private = set()
    for path in tree.c_files("libleopay/"):
        private.add(path.removeprefix("libleopay/"))
    for path in tree.c_files(*PROGRAMS):
        own = os.path.dirname(path)
        for line, quoted, name in include_lines(tree, path):
            resolved = os.path.normpath(os.path.join(own, name))
            if quoted and os.path.exists(os.path.join(tree.root, resolved)):
                if not resolved.startswith("libleopay/"):
                    continue
            if name in private or "libleopay" in name or resolved.startswith("libleopay/"):
                yield f"{path}:{line}: {name} is private to the library"


def place_of(path):
    """The program, or the folder of examples, that a file outside the library belongs to."""
    return path.split("/")[0] if path.startswith(tuple(f"{name}/" for name in PROGRAM_LAYERS)) else os.path.dirname(path)


def rule_third_party(tree):
    """Each library that we build on is seen where it belongs, and never by a public header."""
    for path in tree.c_files(*OURS):
        layer = layer_of(path)
        where = place_of(path) if layer is None else layer
        for line, quoted, name in include_lines(tree, path):
            for pattern, places in THIRD_PARTY.items():
                if not quoted and re.match(pattern, name) and where not in places:
                    yield f"{path}:{line}: {name} does not belong in {where or 'the top'}"


def rule_banned(tree):
    """Calls that overflow, that are not safe in threads, or that start a shell."""
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
    for path in tree.c_files(*OURS, "tests/"):
        code = source.code_only(tree.text(path))
        for found in pattern.finditer(code):
            yield f"{path}:{source.line_of(code, found.start())}: {found.group(1)}() is banned"


def logged_events(tree):
    """Where each event of the log is said."""
    events = {}
    for path in tree.c_files("libleopay/", "leopayd/"):
        text = source.without_comments(tree.text(path))
        for call in re.finditer(r"\b(lp_log|log_event)\(", text):
            arguments = text[call.end():].split(");")[0]
            for event in re.findall(r'"([a-z]+\.[a-z_]+)"', arguments):
                events.setdefault(event, f"{path}:{source.line_of(text, call.start())}")
    return events


def rule_events(tree):
    """Operators find each event of the log in their handbook, and no other."""
    handbook = "docs/operating.md"
    events = logged_events(tree)
    text = tree.text(handbook)
    table = text[text.index("| event |"):].split("\n\n")[0]
    told = set(re.findall(r"`([a-z]+\.[a-z_]+)`", table))
    for event in sorted(set(events) - told):
        yield f"{events[event]}: {event} is not in {handbook}"
    sources = "".join(tree.text(path) for path in tree.c_files("libleopay/", "leopayd/"))
    for event in sorted(told):
        if f'"{event}"' not in sources:
            yield f"{handbook}:1: {event} is never logged"


def stored_texts(tree, path, pattern):
    """What the library writes into the database for people: the line, and the text with its parts as %1, %2 …"""
    text = source.without_comments(tree.text(path))
    for found in re.finditer(pattern, text):
        words = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])).strip("'")
        numbers = iter(range(1, 9))
        yield source.line_of(text, found.start()), re.sub(r"%(?:\.\d+)?(?:ll)?[ds]", lambda _: f"%{next(numbers)}", words)


def rule_prose(tree):
    """Whatever the library stores in English has its Russian words in leopayctl."""
    known = set(re.findall(r'(?m)^PROSE\("((?:[^"\\]|\\.)*)", "', tree.text("leopayctl/output/prose.def")))
    for path, pattern in STORED_TEXTS:
        texts = list(stored_texts(tree, path, pattern))
        if not texts:
            yield f"{path}:1: where are the texts that it stores?"
        for line, text in texts:
            if text not in known:
                yield f"{path}:{line}: leopayctl/output/prose.def has no words for \"{text}\""


def rule_floats(tree):
    """Money is an integer: no floating point comes near it."""
    pattern = re.compile(r"\b(double|float|strtod|strtof|atof|json_real|json_real_value|json_number_value)\b")
    paths = [path for path in tree.c_files("libleopay/") if layer_of(path) == ""]
    for path in paths + list(tree.c_files(*MONEY)):
        code = source.code_only(tree.text(path))
        for found in pattern.finditer(code):
            yield f"{path}:{source.line_of(code, found.start())}: {found.group(1)} near money"


def rule_statements(tree):
    """SQL is constant: what comes from outside goes beside it as a parameter, and never into it."""
    verb = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|VALUES|WHERE|GRANT|REVOKE|ORDER BY|COPY|SET)\b")
    for path in tree.c_files(*OURS):
        text = source.without_comments(tree.text(path))
        for found in re.finditer(r"\bPQ(exec|sendQuery)\s*\(", text):
            if path not in SENDS_PLAIN_SQL:
                yield f"{path}:{source.line_of(text, found.start())}: a statement without parameters"
        for found in re.finditer(r"\b(?:\w*printf|lp_buf_put\w*)\s*\(([^;]*)\)\s*;", text):
            words = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', found.group(1)))
            numbers = found.group(0).startswith("snprintf") and not re.search(r"%(?!\d*(ll|z)?d)", words)
            if verb.search(words) and not numbers and path not in BUILDS_SQL:
                yield f"{path}:{source.line_of(text, found.start())}: a statement is put together"


def rule_functions(tree):
    """A function ends within 60 lines, from its opening brace to its closing one."""
    for path in tree.c_files():
        first = None
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            if line == "{":
                first = number
            elif line == "}" and first is not None:
                if number - first + 1 > FUNCTION_LINES:
                    yield f"{path}:{first}: a function of {number - first + 1} lines"
                first = None


def rule_files(tree):
    """A file ends within 400 lines."""
    for path in tree.files():
        if tree.is_source(path) and not path.endswith(".sql"):
            lines = tree.text(path).count("\n")
            if lines > FILE_LINES:
                yield f"{path}:{lines}: a file of {lines} lines"


def rule_columns(tree):
    """A line of C ends within 100 columns."""
    for path in tree.c_files():
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            if len(line) > COLUMNS:
                yield f"{path}:{number}: {len(line)} columns"


def rule_blanks(tree):
    """No tabs in C, no blanks at the end of a line, one newline at the end of a file."""
    for path in tree.files():
        if not tree.is_source(path):
            continue
        text = tree.text(path)
        is_c = os.path.splitext(path)[1] in source.C_SUFFIXES
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield f"{path}:{number}: blanks at the end of the line"
            if is_c and "\t" in line:
                yield f"{path}:{number}: a tab"
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield f"{path}:{len(text.splitlines())}: not one newline at the end"


def rule_spdx(tree):
    """The licence is on the first line, or on the second after #!; C files then say what they own."""
    for path in tree.files():
        if not tree.is_source(path):
            continue
        lines = tree.text(path).split("\n")
        head = lines[1:2] if lines[0].startswith("#!") else lines[:1]
        if not head or "SPDX-License-Identifier: MIT" not in head[0]:
            yield f"{path}:1: no SPDX line"
        elif path.endswith((".c", ".h")) and not "\n".join(lines[1:3]).lstrip().startswith("/*"):
            yield f"{path}:2: no paragraph that says what the file owns"


def rule_words(tree):
    """Nothing is left for later in the text of the product."""
    pattern = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    for path in tree.files():
        if tree.is_source(path) or path.endswith(".md"):
            for number, line in enumerate(tree.text(path).split("\n"), 1):
                found = pattern.search(line)
                if found:
                    yield f"{path}:{number}: {found.group(1)}"


def rule_comments(tree):
    """Each public function has its own comment directly above its prototype."""
    for path in tree.public_headers():
        text = tree.text(path)
        lines = text.split("\n")
        for prototype in source.prototypes(text):
            above = prototype.line - 2
            if not lines[above].rstrip().endswith("*/"):
                yield f"{path}:{prototype.line}: {prototype.name}() has no comment above it"
                continue
            while above > 0 and "/*" not in lines[above]:
                above -= 1
            if not lines[above].lstrip().startswith("/**"):
                yield f"{path}:{prototype.line}: the comment of {prototype.name}() is no /** … */"


def declared(tree):
    names = set()
    for path in tree.public_headers():
        names.update(p.name for p in source.prototypes(tree.text(path)))
    return names


def rule_symbols(tree):
    """The shared library exports what the public headers declare: no more, no less."""
    output = subprocess.run(["nm", "-D", "--defined-only", tree.library], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    exported = {line.split()[-1].split("@")[0] for line in output.splitlines()}
    names = declared(tree)
    for name in sorted(exported - names):
        yield f"{tree.library}: {name} is exported, but no public header declares it"
    for name in sorted(names - exported):
        yield f"{tree.library}: {name} is declared, but not exported"
    for name in sorted(names | exported):
        if not name.startswith("leopay_"):
            yield f"{tree.library}: {name} does not begin with leopay_"


def rule_headers(tree):
    """Each public header compiles alone, and twice, as C11 and as C++17."""
    includes = ["-I", os.path.join(tree.root, "include"), "-I", os.path.join(tree.build, "include")]
    strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"]
    with tempfile.TemporaryDirectory() as folder:
        for path in tree.public_headers():
            name = path.removeprefix("include/").removesuffix(".in")
            for compiler, standard, suffix in (("cc", "c11", ".c"), ("c++", "c++17", ".cc")):
                probe = os.path.join(folder, "probe" + suffix)
                with open(probe, "w", encoding="utf-8") as file:
                    file.write(f"#include <{name}>\n#include <{name}>\nint main(void);\n")
                done = subprocess.run([compiler, f"-std={standard}", *strict, *includes, probe],
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                if done.returncode != 0:
                    yield f"{path}:1: not {standard} on its own:\n{done.stdout.rstrip()}"


RULES = {name.removeprefix("rule_"): rule for name, rule in list(globals().items())
         if name.startswith("rule_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), "..", ".."))
    parser.add_argument("--build", default="build/release", help="where version.h was made")
    parser.add_argument("--library", default="build/release/libleopay/libleopay.so")
    parser.add_argument("rules", nargs="*", metavar="RULE", help=" ".join(RULES))
    options = parser.parse_args()
    tree = source.Tree(options.root)
    tree.build, tree.library = os.path.abspath(options.build), os.path.abspath(options.library)
    findings = 0
    for name in options.rules or RULES:
        for finding in RULES[name](tree):
            print(f"{finding}  [{name}]")
            findings += 1
    print(f"tidy: {findings} findings" if findings else "tidy: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
