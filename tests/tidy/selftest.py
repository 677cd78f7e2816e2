#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that each rule of tidy.py can fail: a small clean tree passes, and one wrong thing at a time is found."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import source  # noqa: E402
import tidy  # noqa: E402

SPDX = "/* SPDX-License-Identifier: MIT */\n/* A file of the self-test. */\n"

CLEAN = {
    "include/leopay/a.h": SPDX + "#ifndef A_H\n#define A_H\n#include <stdint.h>\n"
                                 "struct leopay_a {\n    int (*call)(int);\n};\n"
                                 "typedef void (*leopay_a_cb)(void *data);\n"
                                 "/** One. */\nint leopay_one(int64_t amount,\n               int more);\n"
                                 "#endif\n",
    "libleopay/base/buf.h": SPDX,
    "libleopay/core/money.c": SPDX + '#include "base/buf.h"\n#include "core/money.h"\n'
                                     "/* double, strcpy( */\nconst char *text = \"float system(\";\n",
    "libleopay/core/money.h": SPDX,
    "libleopay/wire/bank.c": SPDX + '#include <jansson.h>\n#include "core/money.h"\n',
    "libleopay/handle.c": SPDX + '#include "handle.h"\n#include "core/money.h"\n#include <curl/curl.h>\n',
    "libleopay/handle.h": SPDX,
    "leopayd/main.c": SPDX + '#include "api/route.h"\n#include <leopay/a.h>\n#include <h2o.h>\n',
    "leopayd/api/route.h": SPDX,
    "leopayctl/commands/list.c": SPDX + '#include "ctl.h"\n',
    "tests/run.sh": "#!/bin/sh\n# SPDX-License-Identifier: MIT\n",
    "leopayd/log.c": SPDX + 'void f(void)\n{\n    log_event(INFO, "daemon.begun", LOG_NUMBER("id", 1));\n}\n',
    "docs/operating.md": "# Operating\n\n| event | level |\n| --- | --- |\n| `daemon.begun` | info |\n",
    "README.md": "# A tree\n",
}

CLEAN |= {
    "libleopay/core/judge.c": SPDX + 'void f(void)\n{\n    snprintf(verdict->note, size, "it is %d", 1);\n}\n',
    "libleopay/flow/check.c": SPDX + 'void f(void)\n{\n    snprintf(check->note, sizeof(check->note), "it"\n'
                                     '        " is %.64s", x);\n}\n',
    "libleopay/flow/reconcile_ask.c": SPDX + 'void f(void)\n{\n    snprintf(note, size, "it is %lld", 1);\n}\n',
    "libleopay/flow/notify.c": SPDX + 'const char *f = *reply->error ? reply->error : "silent";\n',
    "libleopay/io/http_call.c": SPDX + 'const char *f(void)\n{\n    return "silent";\n}\n',
    "libleopay/store/jobs.c": SPDX + "#define CUT_OFF_ERROR \"'cut'\"\n",
    "libleopay/core/lifecycle.c": SPDX + 'const char *const f[] = {[LP_EV_PAID] = "paid", [LP_JOB_NOTIFY] = "tell"};\n',
    "leopayctl/output/prose.def": SPDX + "".join(f'PROSE("{text}", "слова")\n' for text in
                                               ("it is %1", "silent", "cut", "paid", "tell")),
}

LONG_BODY = "    call();\n" * 59

# rule, file, what is put at its end (or, with a leading "=", in its place)
WRONG = [
    ("layers", "libleopay/base/buf.h", '#include "core/money.h"\n'),
    ("layers", "libleopay/core/money.c", '#include "store/order.h"\n'),
    ("layers", "libleopay/core/money.c", '#  include "handle.h/x"\n'),
    ("layers", "libleopay/odd/thing.c", "=" + SPDX),
    ("layers", "leopayd/http/conn.c", "=" + SPDX + '#include "api/route.h"\n'),
    ("layers", "leopayctl/output/csv.c", "=" + SPDX + '#include "ctl.h"\n'),
    ("layers", "leopayd/odd/thing.c", "=" + SPDX),
    ("public", "leopayd/main.c", '#include "core/money.h"\n'),
    ("public", "leopayctl/main.c", "=" + SPDX + '#include "../libleopay/handle.h"\n'),
    ("public", "examples/one.c", "=" + SPDX + "#include <base/buf.h>\n"),
    ("third_party", "include/leopay/a.h", "#include <jansson.h>\n"),
    ("third_party", "libleopay/core/money.c", "#include <openssl/evp.h>\n"),
    ("third_party", "libleopay/wire/bank.c", "#include <libpq-fe.h>\n"),
    ("third_party", "leopayd/main.c", "#include <libpq-fe.h>\n"),
    *[("banned", "libleopay/handle.c", f"int x = {name} (1);\n") for name in tidy.BANNED],
    ("floats", "libleopay/core/money.c", "static double rate;\n"),
    ("floats", "libleopay/handle.c", "float rate;\n"),
    ("floats", "include/leopay/a.h", "double leopay_rate;\n"),
    ("floats", "libleopay/wire/bank.c", "int x = json_real_value(j) > 1;\n"),
    ("statements", "libleopay/handle.c", "int f(void) {\n    PQexec(c, s);\n}\n"),
    ("statements", "libleopay/handle.c", 'int f(void) {\n    snprintf(s, 9, "SELECT \'%s\'", name);\n}\n'),
    ("statements", "libleopay/handle.c", 'int f(void) {\n    lp_buf_puts(&s, "x"\n        " WHERE a = ");\n}\n'),
    ("functions", "libleopay/handle.c", "static void f(void)\n{\n" + LONG_BODY + "}\n"),
    ("files", "libleopay/handle.c", "int x;\n" * 400),
    ("files", "tests/run.sh", ":\n" * 400),
    ("columns", "libleopay/handle.c", "/* " + "x" * 95 + " */\n"),
    ("blanks", "libleopay/handle.c", "int x; \n"),
    ("blanks", "libleopay/handle.c", "\tint x;\n"),
    ("blanks", "tests/run.sh", "true"),
    ("blanks", "tests/run.sh", "\n"),
    ("spdx", "tests/run.sh", "=#!/bin/sh\ntrue\n"),
    ("spdx", "leopayd/api/route.h", "=/* A file. */\n"),
    ("spdx", "leopayd/api/route.h", "=/* SPDX-License-Identifier: MIT */\nint x;\n"),
    ("prose", "libleopay/core/judge.c", 'void g(void)\n{\n    snprintf(note, size, "the moon is %d", 1);\n}\n'),
    ("prose", "libleopay/io/http_call.c", 'const char *g(void)\n{\n    return "the moon";\n}\n'),
    ("prose", "libleopay/store/jobs.c", "=" + SPDX),
    ("events", "libleopay/handle.c", 'void f(void)\n{\n    lp_log(log, good ? INFO : ERROR, "order.lost");\n}\n'),
    ("events", "docs/operating.md", "| `order.lost` | error |\n"),
    ("words", "README.md", "TO" + "DO: the rest\n"),
    ("words", "libleopay/handle.c", "/* FIX" + "ME */\n"),
    ("comments", "include/leopay/a.h", "int leopay_two(void);\n"),
    ("comments", "include/leopay/a.h", "/* Two. */\nint leopay_two(void);\n"),
    ("comments", "include/leopay/a.h", "/** Two. */\n\nint leopay_two(void);\n"),
    ("comments", "include/leopay/a.h", "/** Two. */\nint leopay_two(void);\nint leopay_three(void);\n"),
    ("headers", "include/leopay/a.h", "size_t leopay_size;\n"),
    ("headers", "include/leopay/a.h", "struct leopay_empty {\n};\n"),
    ("headers", "include/leopay/a.h", "extern int class;\n"),
]


class SelfTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, path, text):
        path = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def tree(self):
        for path, text in CLEAN.items():
            self.write(path, text)
        tree = source.Tree(self.folder.name)
        tree.build = self.folder.name
        tree.library = os.path.join(self.folder.name, "lib.so")
        return tree

    def build_library(self, text):
        self.write("lib.c", text)
        library = os.path.join(self.folder.name, "lib.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, os.path.join(self.folder.name, "lib.c")],
                       check=True)
        os.remove(os.path.join(self.folder.name, "lib.c"))

    def symbol_findings(self, text):
        tree = self.tree()
        self.build_library(text)
        return list(tidy.RULES["symbols"](tree))

    def test_clean_tree(self):
        tree = self.tree()
        for name, rule in tidy.RULES.items():
            if name != "symbols":
                self.assertEqual(list(rule(tree)), [], name)

    def test_each_wrong_thing(self):
        for rule, path, text in WRONG:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                tree = self.tree()
                whole = text[1:] if text.startswith("=") else CLEAN[path] + text
                self.write(path, whole)
                found = list(tidy.RULES[rule](tree))
                self.assertEqual(len(found), 1 if rule != "headers" else len(found), found)
                self.assertTrue(found)
                self.assertTrue(found[0].startswith(path), found)
                os.remove(os.path.join(self.folder.name, path))

    def test_every_rule_has_its_wrong_thing(self):
        self.assertEqual(set(tidy.RULES), {rule for rule, _, _ in WRONG} | {"symbols"})

    def test_symbols(self):
        one = "int leopay_one(void) { return 1; }\n"
        self.assertEqual(self.symbol_findings(one), [])
        self.assertEqual(len(self.symbol_findings(one + "int leopay_two;\n")), 1)
        self.assertEqual(len(self.symbol_findings(one + "int lp_inner;\n")), 2)
        self.assertEqual(len(self.symbol_findings("int leopay_x;\n")), 2)


if __name__ == "__main__":
    unittest.main()
