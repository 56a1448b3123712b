"""docs/security.md answers to every requirement of OWASP ASVS 5.0.0, levels 1 and 2, and names tests that are there."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# The standard's own list, without its words: https://github.com/OWASP/ASVS, release 5.0.0.
LEVELS: dict[str, int] = {
    row["id"]: int(row["level"]) for row in csv.DictReader((Path(__file__).parent / "asvs-5.0.0.csv").open())
}
ASKED = {number for number, level in LEVELS.items() if level <= 2}
TEST_FILE = re.compile(r"`((?:[a-z_]+/)*test_\w+\.py)(?:: ([^`]*))?`")


@dataclass(frozen=True)
class Row:
    numbers: frozenset[str]
    how: str
    shown_by: str

    @property
    def verdict(self) -> str:
        """`not met` wherever the row says so, of a part, too."""
        if "**not met" in self.how.lower():
            return "not met"
        return "not applicable" if self.how.startswith("n/a") else "met"


def order(number: str) -> list[int]:
    return [int(part) for part in number.split(".")]


def meant(cell: str) -> frozenset[str]:
    """The requirements of a cell: `1.2.3`, `1.2.3-5`, the section `1.2`, the chapter `V1`, or several with commas."""
    found: set[str] = set()
    for part in cell.replace(" ", "").split(","):
        head, _, last = part.removeprefix("V").partition("-")
        if last:
            stem, first = head.rsplit(".", 1)
            found |= {f"{stem}.{number}" for number in range(int(first), int(last) + 1)}
        elif head.count(".") == 2:
            found.add(head)
        else:
            found |= {number for number in LEVELS if number.startswith(f"{head}.")}
    return frozenset(found)


def rows() -> Iterator[Row]:
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and re.fullmatch(r"((V\d+|\d+\.[\d.\-]+)(, )?)+", cells[0]):
            yield Row(meant(cells[0]), cells[2], cells[3])


def with_verdict(verdict: str) -> set[str]:
    return {number for row in rows() if row.verdict == verdict for number in row.numbers} & ASKED


@cache
def code_of(name: str) -> str:
    """The test files of that name or end of a path, together; empty where there is none."""
    folders = (ROOT / "tests", ROOT / "bot" / "tests")
    found = [path for folder in folders for path in folder.rglob("test_*.py") if str(path).endswith(f"/{name}")]
    return "".join(path.read_text(encoding="utf-8") for path in found)


def test_every_requirement_of_levels_one_and_two_has_its_row() -> None:
    named = [number for row in rows() for number in row.numbers]
    assert sorted(ASKED - set(named), key=order) == []


def test_no_requirement_is_made_up_or_answered_twice() -> None:
    named = [number for row in rows() for number in row.numbers]
    assert sorted(set(named) - set(LEVELS)) == []
    assert sorted({number for number in named if named.count(number) > 1}, key=order) == []


def test_the_tests_named_are_there() -> None:
    """Files, and where names follow, their beginnings: `test_x.py: test_a, test_b_…`."""
    missing = []
    for file, names in TEST_FILE.findall(DOCUMENT):
        code = code_of(file)
        if not code:
            missing.append(file)
        missing += [f"{file}: {name}" for name in re.findall(r"test_\w+", names) if f"def {name}" not in code]
    assert missing == []


def test_it_is_counted_and_the_gaps_are_in_one_place() -> None:
    """The sentence with the counts, and the list of what is not met, say what the rows say."""
    unmet, absent = with_verdict("not met"), with_verdict("not applicable")
    asked, met = len(ASKED), len(with_verdict("met") - unmet - absent)
    counted = f"Of the {asked} requirements of levels 1 and 2, {met} are met, {len(absent)} do not apply, and {len(unmet)} are not met"
    assert counted in " ".join(DOCUMENT.split())
    listed = DOCUMENT.split("## What is not met")[1].split("\n## ")[0]
    cells = re.findall(r"^\| ((?:\d[\d.\-]*(?:, )?)+) \|", listed, re.MULTILINE)
    assert {number for cell in cells for number in meant(cell)} & ASKED == unmet
