"""`anpei policies import`, as it is typed: good and bad lines, again, and a file of a hundred thousand."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from anpei import policies
from anpei.cli import cli
from anpei.policies import LONGEST_LINE, Records
from backend.kit.db import Database
from backend.kit.errors import Invalid
from backend.policies import rules
from backend.policies.service import Refusal, Run

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = (ROOT / "docs" / "policies.csv").read_text()
Typed = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def typed(database: Database, database_url: str) -> Typed:
    """Run the command on an empty database; (exit status, lines printed)."""
    assert database
    runner = CliRunner(env={"ANPEI_DATABASE_URL": database_url})

    def run(*words: str) -> tuple[int, list[str]]:
        done = runner.invoke(cli, ["policies", "import", *words])
        return done.exit_code, done.output.splitlines()

    return run


def count(url: str, table: str) -> int:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        [found] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return found


def test_the_example(typed: Typed, database_url: str) -> None:
    example = str(ROOT / "docs" / "policies.csv")
    none = "0 phone numbers and e-mails changed"
    assert typed(example, "--dry-run") == (
        0, [f"5 new, 0 changed, 0 unchanged, 0 refused; {none} (nothing was kept)"],
    )  # fmt: skip
    assert count(database_url, "customers") == count(database_url, "audit_entries") == 0
    assert typed(example) == (0, [f"5 new, 0 changed, 0 unchanged, 0 refused; {none}"])
    assert (count(database_url, "customers"), count(database_url, "policies")) == (3, 5)
    assert typed(example) == (0, [f"0 new, 0 changed, 5 unchanged, 0 refused; {none}"])


def test_good_and_bad_lines(typed: Typed, tmp_path: Path) -> None:
    """Each refusal has its line, column and why, and tells nothing of whom it is about."""
    head, grace, *_ = EXAMPLE.splitlines()
    lines = [
        f"\ufeff{head}".encode(),
        grace.encode(),
        grace.replace("+12025550143", "12025550143").replace("MP-2026-00417", "MP-1").encode(),
        b"",
        b'"C-1,unclosed',
        b"C-2,Zo\xeb",
        b"C-3,too few",
        b"x" * (LONGEST_LINE + 5),
        grace.replace("C-1001", "C-7").replace("0143", "0177").replace("MP-2026-00417", "MP-7").encode(),
    ]
    file = tmp_path / "policies.csv"
    file.write_bytes(b"\r\n".join(lines))
    status, said = typed(str(file))
    assert status == 1
    assert [line.split(":")[:2] for line in said[:-1]] == [
        ["line 3", " phone"], ["line 5", " line"], ["line 6", " line"], ["line 7", " line"], ["line 8", " line"],
    ]  # fmt: skip
    assert said[-1].startswith("2 new, 0 changed, 0 unchanged, 5 refused")
    assert not [line for line in said for secret in ("Grace", "2025550143", "C-1", "Zo", "MP-1") if secret in line]


def test_json_lines(typed: Typed, tmp_path: Path) -> None:
    columns, *rows = (line.split(",") for line in EXAMPLE.splitlines()[:3])
    file = tmp_path / "policies.jsonl"
    file.write_text("\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in rows) + '\n{"name": 1}\n')
    status, said = typed(str(file))
    assert status == 1
    assert said[-1].startswith("2 new, 0 changed, 0 unchanged, 1 refused")


@pytest.mark.parametrize("text", ["", "name,phone\n", EXAMPLE.replace("ends_on", "until", 1)])
def test_a_file_that_is_none(typed: Typed, database_url: str, tmp_path: Path, text: str) -> None:
    file = tmp_path / "policies.csv"
    file.write_text(text)
    assert typed(str(file))[0] == 2
    assert typed(str(tmp_path / "not there"))[0] == 2
    assert count(database_url, "audit_entries") == 0


def test_a_database_that_is_away(tmp_path: Path) -> None:
    """No trace with what was being written, and another status than for refused lines."""
    file = tmp_path / "policies.csv"
    file.write_text(EXAMPLE)
    away = CliRunner(env={"ANPEI_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/none"})
    done = away.invoke(cli, ["policies", "import", str(file)])
    assert done.exit_code == 2
    assert "Grace" not in done.output
    nothing = CliRunner(env={"ANPEI_DATABASE_URL": "", "ANPEI_DATA_DIR": str(tmp_path)})
    assert nothing.invoke(cli, ["policies", "import", str(file)]).exit_code == 2


def many(lines: int) -> Iterator[str]:
    yield ",".join(rules.COLUMNS)
    for each in range(lines):
        phone = f"+1202{2000000 + each}"
        yield (
            f"C-{each},Grace {each},{phone},,en,America/New_York,US,USD,MP-{each},device_screen,2026-01-01,2026-12-31"
        )


def test_more_lines_than_are_allowed(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "MOST_LINES", 300)
    file = tmp_path / "policies.csv"
    file.write_text("\n".join(many(300)))
    assert typed(str(file))[0] == 2


def test_a_thousand_lines_in_batches(typed: Typed, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "policies.csv"
    file.write_text("\n".join(many(1001)))
    assert typed(str(file))[1][-1].startswith("1,001 new")
    assert count(database_url, "policies") == 1001
    assert typed(str(file))[1][-1].startswith("0 new, 0 changed, 1,001 unchanged")


def test_what_is_remembered_of_a_hundred_thousand_lines(tmp_path: Path) -> None:
    """Some hundred bytes a line: the file isn't read whole, and no line is kept."""
    file = tmp_path / "policies.csv"
    file.write_text("\n".join(many(100_000)))
    run = Run(by="operator:li")
    tracemalloc.start()
    with file.open("rb") as opened:
        for number, text in Records(opened):
            assert not isinstance(text, Invalid)
            assert number == 1 or not isinstance(run.read(number, text, rules.COLUMNS), Refusal)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000_000
