# SPDX-License-Identifier: MIT
"""What the tests of lists share: payments that matter, XLSX files as a spreadsheet reads them, and terminals."""

import fcntl
import io
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import unicodedata
import xml.etree.ElementTree as xml
import zipfile

from stack import LEOPAYCTL, Case, Postgres, clean_env, die_with_parent, run_ctl

RUSSIAN = {"LC_ALL": "ru_RU.UTF-8"}

# What a spreadsheet would run, and what the two CSV formats make of it.
FORMULAS = [
    ("=1+1", "'=1+1"),
    ("+7 900 000", "'+7 900 000"),
    ("-2+3", "'-2+3"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("=cmd /C calc", "'=cmd /C calc"),
    ('=HYPERLINK("http://x.example")', "'=HYPERLINK(\"http://x.example\")"),
    ("a;=1+1", "a;'=1+1"),
    ("＝1+1", "'＝1+1"),
    ("a\n=1+1", "a\n'=1+1"),
    ("\t=1+1", "'\t'=1+1"),
    ("a,b", "a,b"),
    ("5-2", "5-2"),
    ("O'Neil \"X\"", "O'Neil \"X\""),
]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, (int, bool)):
        return str(value)
    quoted = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("\t", "\\t").replace(
        "\x1b", "\\x1b")
    return f"E'{quoted}'"


class Book:
    """An XLSX file as a spreadsheet would read it: rows of (type, text) by sheet."""

    def __init__(self, data):
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        assert self.zip.testzip() is None
        book = xml.fromstring(self.zip.read("xl/workbook.xml"))
        self.names = [sheet.get("name") for sheet in book.iter(MAIN + "sheet")]
        self.raw = [self.zip.read(f"xl/worksheets/sheet{i + 1}.xml").decode() for i in range(len(self.names))]
        self.styles = xml.fromstring(self.zip.read("xl/styles.xml"))

    def strings(self):
        if "xl/sharedStrings.xml" not in self.zip.namelist():
            return []
        shared = xml.fromstring(self.zip.read("xl/sharedStrings.xml"))
        return ["".join(t.text or "" for t in item.iter(MAIN + "t")) for item in shared.iter(MAIN + "si")]

    def rows(self, sheet):
        strings = self.strings()
        found = []
        for row in xml.fromstring(self.raw[sheet]).iter(MAIN + "row"):
            cells = {}
            for cell in row.iter(MAIN + "c"):
                column = re.match("[A-Z]+", cell.get("r")).group()
                value = cell.find(MAIN + "v")
                text = value.text if value is not None else "".join(t.text or "" for t in cell.iter(MAIN + "t"))
                kind = cell.get("t", "n")
                cells[column] = ("text", strings[int(text)] if kind == "s" else text) if kind != "n" else ("number", text)
            found.append(cells)
        return found

    def table(self, sheet=0):
        """The rows as dicts by title, the totals being the last."""
        head, *rest = self.rows(sheet)
        return [{title: row.get(column) for column, (_, title) in head.items()} for row in rest]


class Terminal:
    """leopayctl with its stdout, and stderr if wanted, on a terminal of so many columns."""

    def __init__(self, args, env, columns=80, errors_too=False):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.child = subprocess.Popen([LEOPAYCTL, *map(str, args)], stdin=slave, stdout=slave,
                                      stderr=slave if errors_too else subprocess.PIPE,
                                      env=clean_env({"TERM": "xterm", "PAGER": "cat", **env}), preexec_fn=die_with_parent)
        os.close(slave)
        self.out = self.read_all().decode().replace("\r\n", "\n")
        self.err = "" if errors_too else self.child.stderr.read().decode()
        if not errors_too:
            self.child.stderr.close()
        self.code = self.child.wait(30)
        os.close(self.master)

    def read_all(self):
        data = b""
        while select.select([self.master], [], [], 30)[0]:
            try:
                block = os.read(self.master, 65536)
            except OSError:
                return data
            if not block:
                return data
            data += block
        raise AssertionError("the terminal has heard nothing for 30 s")


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class ExportCase(Case):
    """One database for all: four payments that matter, and 5,000 large ones of a billing of their own."""

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres.get()
        cls.database = cls.postgres.new_database()
        cls.env = {"LEOPAY_DATABASE_URL": cls.postgres.url(cls.database), "LEOPAY_TIMEZONE": "Europe/Moscow"}
        cls.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        cls.addClassCleanup(lambda: subprocess.run(["rm", "-rf", cls.folder], check=True))
        cls.sql("INSERT INTO leopay.counteragents (name, commission_hundredths) VALUES ('ООО «Ромашка»', 1000), ('店', 0)")
        for name, agent in (("shop", 1), ("магазин", 2), ("many", 2), ("formulas", 1)):
            cls.sql(f"INSERT INTO leopay.billings (system_name, name, counteragent_id, url) "
                    f"VALUES ('{name}', '{name}', {agent}, 'https://b.example/')")
        cls.add(1, billing="shop", status="notified", amount=10050, commission=1005, paid="2026-11-22 21:30:00.5Z",
                user="0042", cardholder="IVAN I\u0306VANOV")
        cls.add(2, billing="магазин", status="failed", amount=1, user="7", number=True)
        cls.add(3, billing="shop", status="paid", amount=123456789012, commission=0, paid="2026-07-01 00:00:00Z",
                user="12345678901234567890", cardholder="\x1b[31mRED\x1b[0m")
        cls.add(4, billing="магазин", status="notified", amount=99, commission=0, paid="2026-11-23 00:00:00Z", user="x")
        for i, (text, _) in enumerate(FORMULAS):
            cls.add(100 + i, billing="formulas", status="registered", user=text, cardholder=text, error=text)
        cls.sql("INSERT INTO leopay.transactions (id, created_at, paid_at, notified_at, billing_id, counteragent_id, amount,"
                " commission, commission_hundredths, currency, status, billing_userid_is_number, billing_userid,"
                " order_number, return_secret, final_url)"
                " SELECT n, now(), now(), now(), 3, 2, 999999999999, 999999999999 / 40, 250, 643, 'notified', true, n, n,"
                " md5(n::text), 'https://shop.example/' FROM generate_series(10001, 15000) n")

    @classmethod
    def sql(cls, text):
        return cls.postgres.sql(text, cls.database)

    @classmethod
    def add(cls, payment, billing="shop", status="notified", amount=100, commission=0, paid=None, user="1", number=False,
            cardholder=None, error=None):
        row = {
            "id": payment, "amount": amount, "commission": commission, "commission_hundredths": 0, "currency": 643,
            "status": status, "billing_userid": user, "billing_userid_is_number": number,
            "order_number": str(payment), "return_secret": "0" * 32, "final_url": "https://shop.example/?a=1;-2",
            "cardholder": cardholder, "last_error": error, "paid_at": paid,
            "notified_at": paid if status == "notified" else None, "reason": "expired" if status == "failed" else None,
            "created_at": "2026-06-30 20:59:59Z",
        }
        names, values = ", ".join(row), ", ".join(literal(value) for value in row.values())
        cls.sql(f"INSERT INTO leopay.transactions ({names}, billing_id, counteragent_id) "
                f"SELECT {values}, id, counteragent_id FROM leopay.billings WHERE system_name = '{billing}'")

    def ctl(self, *args, code=0, **env):
        return run_ctl(["transaction", "list", *args], {**self.env, **env}, code)

    def raw(self, *args, **env):
        return subprocess.run([LEOPAYCTL, "transaction", "list", *args], env=clean_env({**self.env, **env}),
                              stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)

    def leftovers(self, path):
        return [name for name in os.listdir(os.path.dirname(path)) if name.startswith(os.path.basename(path) + ".")]
