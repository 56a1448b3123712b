"""Reads the first sheet of an .xlsx workbook (also one that is called .xls) with what the product has already."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from defusedxml.ElementTree import iterparse

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Each row as {column letters: text}; numbers and dates are as the file has them (days since 1899-12-30)."""
    with zipfile.ZipFile(path) as book:
        shared = _shared(book)
        sheet = min(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        with book.open(sheet) as file:
            for _, element in iterparse(file):
                if element.tag == f"{MAIN}row":
                    yield dict(_cells(element, shared))
                    element.clear()


def _cells(row: object, shared: list[str]) -> Iterator[tuple[str, str]]:
    for cell in row.iter(f"{MAIN}c"):
        value = cell.find(f"{MAIN}v")
        inline = cell.find(f"{MAIN}is")
        if value is not None and value.text is not None:
            text = shared[int(value.text)] if cell.get("t") == "s" else value.text
        else:
            text = "".join(inline.itertext()) if inline is not None else ""
        yield re.sub(r"\d", "", cell.get("r", "")), text


def _shared(book: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    with book.open("xl/sharedStrings.xml") as file:
        for _, element in iterparse(file):
            if element.tag == f"{MAIN}si":
                found.append("".join(element.itertext()))
                element.clear()
    return found
