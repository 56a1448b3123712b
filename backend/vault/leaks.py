"""Looks for what is kept sealed in every place where it must not be: every column of every table, Redis, files.

What is looked for is what the database itself keeps sealed (accounts, cards, ids, names, phones, addresses), and what adds up
to an IBAN or a resident id whether or not anybody knows it. Findings name the place and the kind, never the value.
"""

import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from redis import Redis

from backend.kit.sealing import Keyring
from backend.vault import checks

CHUNK, OVERLAP = 1 << 20, 1 << 10
ROWS = 500
SHORTEST_NAME = 2  # 王梅
# Beside the database's own files (see `database_files`): the practice bank's books are another house's, and hold its accounts.
NOT_OURS = frozenset({"pg", "bank.sqlite", "bank.sqlite-wal", "bank.sqlite-shm", "master.key"})

_RUN = re.compile(r"\d(?:[ -]?\d){6,33}")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}")
# Of ours stand everywhere, and of some hundred thousand one adds up to something: no secret is written like this.
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])")
_RESIDENT = re.compile(r"(?<![A-Z0-9])\d{17}[\dX](?![A-Z0-9])")

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Needles:
    """`numbers` compact, by kind; `words` as they stand in a text."""

    numbers: dict[str, str]
    words: dict[str, str]
    lengths: frozenset[int] = field(default=frozenset())
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, numbers: dict[str, str], words: dict[str, str]) -> "Needles":
        kept = {word: kind for word, kind in words.items() if len(word) >= SHORTEST_NAME}
        pattern = "|".join(re.escape(word) for word in sorted(kept, key=len, reverse=True))
        return cls(numbers, kept, frozenset(map(len, numbers)), re.compile(pattern) if pattern else None)

    def kinds_in(self, text: str) -> set[str]:
        """What kinds of secrets stand in a text."""
        text = _UUID.sub(" ", text)
        found = {self.words[match.group()] for match in self.pattern.finditer(text)} if self.pattern else set()
        for run in _RUN.finditer(text):
            found |= set(self._known(_compact(run.group())))
        upper = text.upper()
        for run in _IBAN.finditer(upper):
            compact = _compact(run.group())
            found |= set(self._known(compact))
            # Whole: of random identifiers that begin like one, each hundredth adds up (SM… is Twilio's and San Marino's).
            if checks.is_iban(compact):
                found.add("account")
        found |= {"id" for run in _RESIDENT.finditer(upper) if checks.is_resident_id(run.group())}
        return found

    def _known(self, run: str) -> Iterator[str]:
        for length in self.lengths:
            for start in range(len(run) - length + 1):
                kind = self.numbers.get(run[start : start + length])
                if kind is not None:
                    yield kind


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    place: str
    kind: str


def _compact(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


SOURCES = (
    ("vault_items", "sealed", "number"),
    ("customers", "phone", "phone"),
    ("conversations", "address", "phone"),
    ("customers", "name", "name"),
    ("payout_accounts", "holder", "name"),
    ("payee_checks", "bank_name", "name"),
    ("customers", "email", "e-mail"),
    ("customers", "postal_address", "address"),
)


def needles(connection: Connection[Row], keyring: Keyring) -> Needles:
    """Everything that the database keeps sealed and that could be known again elsewhere."""
    numbers: dict[str, str] = {}
    words: dict[str, str] = {}
    for table, column, kind in SOURCES:
        query = sql.SQL("SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL").format(
            column=sql.Identifier(column), table=sql.Identifier(table)
        )
        for row_id, sealed in connection.execute(query):
            value = keyring.open(bytes(sealed), table, column, row_id).decode()
            if value in {"", "erased"} or value.startswith("erased:"):
                continue
            (numbers if kind in {"number", "phone"} else words)[
                _compact(value) if kind in {"number", "phone"} else value
            ] = kind
    return Needles.of(numbers, words)


def in_database(connection: Connection[Row], wanted: Needles) -> Iterator[Leak]:
    """Every column of every table of every schema, binary ones as the bytes they are."""
    columns = connection.execute(
        "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE'"
        " AND c.table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3"
    ).fetchall()
    for schema, table, column, kind in columns:
        value = sql.Identifier(column) if kind == "bytea" else sql.SQL("{}::text").format(sql.Identifier(column))
        query = sql.SQL("SELECT {value} FROM {schema}.{table} WHERE {column} IS NOT NULL").format(
            value=value, schema=sql.Identifier(schema), table=sql.Identifier(table), column=sql.Identifier(column)
        )
        with connection.transaction(), connection.cursor(name="leaks") as cursor:
            cursor.itersize = ROWS
            cursor.execute(query)
            kinds = {kind for (each,) in cursor for kind in wanted.kinds_in(_text(each))}
        yield from (Leak(f"{schema}.{table}.{column}", kind) for kind in kinds)


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")


def in_redis(redis: "Redis", wanted: Needles) -> Iterator[Leak]:
    """Every key and what it holds. Not by DUMP, which compresses."""
    for key in redis.scan_iter(count=ROWS):
        held = "\n".join(_text(part) for part in _flat([key, _value(redis, key)]))
        yield from (Leak("redis", kind) for kind in wanted.kinds_in(held))


def _value(redis: "Redis", key: bytes) -> Any:
    """A closed list: what else there is (modules' types) raises, for what isn't seen isn't clean."""
    readers: dict[str, Callable[[], Any]] = {
        "string": lambda: redis.get(key),
        "hash": lambda: redis.hgetall(key),
        "list": lambda: redis.lrange(key, 0, -1),
        "set": lambda: redis.smembers(key),
        "zset": lambda: redis.zrange(key, 0, -1),
        "stream": lambda: redis.xrange(key),
        "none": lambda: None,  # gone meanwhile
    }
    return readers[_text(redis.type(key))]()


def _flat(value: Any) -> Iterator[bytes | str]:
    if isinstance(value, (bytes, str)):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _flat(pair)
    elif isinstance(value, (list, tuple, set)):
        for each in value:
            yield from _flat(each)


def in_files(folder: Path, wanted: Needles, skip: Iterable[str] = NOT_OURS) -> Iterator[Leak]:
    """Every file below a folder, what is packed in it too."""
    left_out = frozenset(skip)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] in left_out or not path.is_file():
            continue
        kinds: set[str] = set()
        for chunk in _chunks(path):
            kinds |= wanted.kinds_in(chunk)
        yield from (Leak(str(inside), kind) for kind in kinds)


def _chunks(path: Path) -> Iterator[str]:
    if path.name.endswith(".tar.gz"):
        with tarfile.open(path) as packed:
            for member in packed:
                content = packed.extractfile(member)
                if content is not None:
                    yield _text(content.read())
        return
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(CHUNK):
            yield _text(before + chunk)
            before = chunk[-OVERLAP:]


def everywhere(
    connection: Connection[Row],
    keyring: Keyring,
    redis: "Redis",
    folders: Iterable[Path],
    say: Callable[[str], None] = lambda _: None,
) -> list[Leak]:
    """Every leak there is. A file that can't be read raises OSError: what isn't seen isn't clean."""
    wanted = needles(connection, keyring)
    say(f"looking for {len(wanted.numbers)} numbers and {len(wanted.words)} names and addresses")
    found = set(in_database(connection, wanted)) | set(in_redis(redis, wanted))
    for folder in folders:
        found |= set(in_files(folder, wanted))
    return sorted(found)
