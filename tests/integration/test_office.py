#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Exports as LibreOffice opens them: formulas are texts, sums are numbers, times are dates, and nothing is lost."""

import os
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as xml

from exports import FORMULAS, RUSSIAN, ExportCase

OFFICE = shutil.which("soffice")
# How a Russian Excel takes it: semicolons, double quotes, UTF-8, from the first row, Russian, texts in quotes not forced.
CSV_IN = "CSV:59,34,76,1,,1049,false,true"
OFFICE_XML = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE_XML = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT_XML = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def read_rows(path):
    """The first sheet of a flat ODS: rows of (type, value) by column; a type is string, float or date."""
    sheet = next(xml.parse(path).getroot().iter(TABLE_XML + "table"))
    for row in sheet.iter(TABLE_XML + "table-row"):
        cells = []
        for cell in row.iter(TABLE_XML + "table-cell"):
            if cell.get(TABLE_XML + "formula"):
                raise AssertionError(f"a formula: {cell.get(TABLE_XML + 'formula')}")
            kind = cell.get(OFFICE_XML + "value-type")
            value = cell.get(OFFICE_XML + "date-value") or cell.get(OFFICE_XML + "value")
            text = "\n".join("".join(part.itertext()) for part in cell.iter(TEXT_XML + "p"))
            cells += [(kind, text if kind == "string" else value)] * min(int(cell.get(TABLE_XML + "number-columns-repeated",
                                                                                       1)), 64)
        yield cells


@unittest.skipUnless(OFFICE, "skipped: soffice (libreoffice-calc-nogui) is not installed")
class Office(ExportCase):
    limit_seconds = 240

    def open(self, kind, *args):
        """The rows of an export as LibreOffice has them, by title."""
        path = os.path.join(self.folder, f"office.{'xlsx' if kind == 'xlsx' else 'csv'}")
        self.ctl("--format", kind, "--output", path, *args, **RUSSIAN)
        return self.convert(kind, path)

    def convert(self, kind, path):
        subprocess.run([OFFICE, f"-env:UserInstallation=file://{self.folder}/profile", "--headless",
                        *([f"--infilter={CSV_IN}"] if kind != "xlsx" else []), "--convert-to", "fods", "--outdir",
                        self.folder, path], check=True, capture_output=True, timeout=200)
        head, *rows = read_rows(os.path.join(self.folder, "office.fods"))
        titles = [text for _, text in head]
        return {row[0][1]: dict(zip(titles, row)) for row in rows if row and row[0][0]}

    def check_formulas(self, kind, as_it_is):
        rows = self.open(kind, "--billing", "formulas")
        for index, (text, harmless) in enumerate(FORMULAS):
            row = rows[str(100 + index)]
            expected = (text if as_it_is else harmless).replace("\t", "")
            for title in ("Счёт", "Владелец карты", "Последняя ошибка"):
                self.assertEqual((row[title][0], row[title][1].replace("\t", "")), ("string", expected), f"{kind}: {title}")

    def test_a_formula_would_be_seen(self):
        path = os.path.join(self.folder, "office.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("№;A\n1;=1+1\n")
        with self.assertRaisesRegex(AssertionError, "a formula"):
            self.convert("csv-excel", path)

    def test_formulas_are_texts_in_xlsx(self):
        self.check_formulas("xlsx", True)

    def test_formulas_are_texts_in_csv_excel(self):
        self.check_formulas("csv-excel", False)

    def test_numbers_are_numbers_and_dates_are_dates(self):
        for kind in ("xlsx", "csv-excel"):
            with self.subTest(kind=kind):
                row = self.open(kind, "--billing", "shop")["1"]
                self.assertEqual([row[title] for title in ("Сумма, ₽", "Комиссия, ₽", "К зачислению, ₽")],
                                 [("float", "100.5"), ("float", "10.05"), ("float", "90.45")])
                self.assertEqual(row["Оплачен"][0], "date")
                self.assertRegex(row["Оплачен"][1], r"^2026-11-23T00:30:00")
                self.assertEqual(row["Статус"], ("string", "Успешна (инф. передана биллингу)"))
                self.assertEqual((row["Счёт"][0], row["Счёт"][1].lstrip("'")), ("string", "0042"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
