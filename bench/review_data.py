"""Two public sets of claims, as what can be known when a claim is filed and how it turned out."""

import csv
from dataclasses import dataclass
from pathlib import Path

from bench.sheet import rows

# Left out of both: what a person is born with or can't be judged by, numbers of rows, and what came after the decision.
PERSONAL = frozenset({"Sex", "MaritalStatus", "Age", "AgeOfPolicyHolder"})
NOT_KNOWN_OR_NOT_MEANT = frozenset({"PolicyNumber", "RepNumber", "Year", "FraudFound"})
FIRST_DAY_OF_2013 = 41275.0  # as the sheet counts days
SPREAD_DAYS = (0, 1, 3, 7, 14, 30, 60, 120, 365)


@dataclass(frozen=True)
class Claims:
    """`known[i]` are the texts of one claim in the order of `columns`; `bad[i]` how it turned out."""

    name: str
    columns: tuple[str, ...]
    train: list[tuple[str, ...]]
    train_bad: list[int]
    test: list[tuple[str, ...]]
    test_bad: list[int]


def carclaims(folder: Path) -> Claims:
    """15,420 car claims of 1994 to 1996, labelled fraud by the insurer; the last year is for testing."""
    with (folder / "carclaims.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    columns = tuple(name for name in lines[0] if name not in PERSONAL | NOT_KNOWN_OR_NOT_MEANT)
    found = [(line["Year"], tuple(line[c] for c in columns), int(line["FraudFound"] == "Yes")) for line in lines]
    train = [(known, bad) for year, known, bad in found if year != "1996"]
    test = [(known, bad) for year, known, bad in found if year == "1996"]
    return _split("carclaims", columns, train, test)


def tsa(folder: Path) -> Claims:
    """Claims of passengers against the TSA, 2010 to 2013, that were paid or settled, or denied; 2013 is for testing."""
    columns = ("airport", "airline", "type", "site", "items", "first item", "number of items", "delay", "month")
    train, test = [], []
    for line in list(rows(folder / "tsa_claims-2010-2013.xls"))[1:]:
        outcome = line.get("K", "").strip()
        if outcome not in {"Deny", "Approve in Full", "Settle"}:
            continue
        received = float(line["B"])
        (train if received < FIRST_DAY_OF_2013 else test).append((_passenger(line, received), int(outcome == "Deny")))
    return _split("tsa", columns, train, test)


def _passenger(line: dict[str, str], received: float) -> tuple[str, ...]:
    items = [item.strip() for item in line.get("I", "").split(";") if item.strip()]
    try:
        happened = float(line.get("C", ""))
        delay, month = received - happened, str(int(happened / 30.44) % 12)
    except ValueError:
        delay, month = -1.0, "?"
    words = (line.get(column, "").strip() for column in "DFGH")
    spread = sum(delay >= days for days in SPREAD_DAYS)
    return (*words, "; ".join(sorted(items)), items[0] if items else "", str(len(items)), str(spread), month)


def _split(
    name: str,
    columns: tuple[str, ...],
    train: list[tuple[tuple[str, ...], int]],
    test: list[tuple[tuple[str, ...], int]],
) -> Claims:
    return Claims(
        name, columns, [k for k, _ in train], [b for _, b in train], [k for k, _ in test], [b for _, b in test]
    )
