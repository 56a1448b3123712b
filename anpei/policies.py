"""`anpei policies import`: customers and policies from the insurer's own records, for whoever runs it each night."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

import psycopg
import typer
from sqlalchemy.exc import SQLAlchemyError

from anpei.erasure import operator
from anpei.operator import with_database
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.errors import Invalid
from backend.policies import rules, service
from backend.policies.errors import NotRecords
from backend.policies.rules import Line
from backend.policies.service import Outcome, Refusal, Run

Say = Callable[[str], None]
BATCH = 200  # lines a transaction: whoever writes meanwhile waits for a quarter of a second at most
LONGEST_LINE = 16 * 1024  # bytes
MOST_LINES = 1_000_000  # what is remembered of each takes some 300 bytes
ALL_TAKEN, SOME_REFUSED, STOPPED = 0, 1, 2


class Records:
    """A file's lines, one at a time, and what it was: the digest of all that was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[tuple[int, str | Invalid]]:
        """(number from 1, text without its end), or what is wrong with it. Raises NotRecords for too many."""
        number = 0
        while raw := self._next():
            number += 1
            if number > MOST_LINES:
                raise NotRecords(f"more than {MOST_LINES:,} lines: split it")
            yield number, _text(raw)

    def _next(self) -> bytes:
        """The next line; of one that is too long only its beginning, so that it is seen to be."""
        line = part = self._file.readline(LONGEST_LINE + 1)
        self._hash.update(part)
        while part and not part.endswith(b"\n"):
            part = self._file.readline(LONGEST_LINE + 1)
            self._hash.update(part)
        return line


def _text(raw: bytes) -> str | Invalid:
    if len(raw) > LONGEST_LINE:
        return Invalid(field="line", why=f"longer than {LONGEST_LINE:,} bytes")
    try:
        return raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return Invalid(field="line", why="not UTF-8")


def bring_in(path: Path, say: Say, *, dry_run: bool, contacts: int) -> int:
    """A line for each that is refused, then how many came to what; the exit status."""
    run = Run(by=operator(), most_contacts=contacts)

    async def work(database: Database) -> None:
        with path.open("rb") as file:
            await _bring_in(database, run, Records(file), say, columns=path.suffix != ".jsonl", dry_run=dry_run)

    try:
        with_database(work)
    except (NotRecords, OSError) as error:
        say(f"{path}: {error}")
        return STOPPED
    except (SQLAlchemyError, psycopg.Error) as error:  # its words may hold what was being written
        say(f"the database refused ({type(error).__name__}); what was done so far stands: run it again")
        return STOPPED
    except typer.Exit:  # it has been said that there is no database
        return STOPPED
    said = ", ".join(f"{run.counts[each]:,} {each.value}" for each in Outcome)
    say(f"{said}; {run.contacts:,} phone numbers and e-mails changed{' (nothing was kept)' if dry_run else ''}")
    return SOME_REFUSED if run.counts[Outcome.REFUSED] else ALL_TAKEN


async def _bring_in(database: Database, run: Run, records: Records, say: Say, *, columns: bool, dry_run: bool) -> None:
    """Raises NotRecords."""
    header: list[str] | None = None
    batch: list[tuple[int, Line]] = []
    for number, text in records:
        if columns and header is None:
            header = rules.header(text.removeprefix("\ufeff") if isinstance(text, str) else "")
            continue
        if isinstance(text, str) and not text.strip():
            continue
        found = run.refuse(number, text) if isinstance(text, Invalid) else run.read(number, text, header)
        if isinstance(found, Refusal):
            _say(found, say)
            continue
        batch.append((number, found))
        if len(batch) == BATCH:
            await _keep(database, run, batch, say, dry_run=dry_run)
            batch = []
    if columns and header is None:
        raise NotRecords("it is empty")
    await _keep(database, run, batch, say, dry_run=dry_run)
    if not dry_run:
        async with database.transaction() as session:
            service.over(session, run, records.digest, utc_now())


async def _keep(database: Database, run: Run, batch: list[tuple[int, Line]], say: Say, *, dry_run: bool) -> None:
    async with database.transaction(keep=not dry_run) as session:
        refused = await service.take_in(session, run, batch, utc_now())
    for each in refused:
        _say(each, say)


def _say(refused: Refusal, say: Say) -> None:
    say(f"line {refused.line}: {refused.column}: {refused.why}")
