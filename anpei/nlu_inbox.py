"""`anpei nlu inbox` and `anpei nlu label`: from what customers wrote to examples in data/nlu/<language>/from_inbox."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.prompt import Prompt
from rich.table import Table

from anpei import nlu_bot
from backend.kit.db import Database
from backend.kit.settings import Settings
from backend.kit.urls import plain_url, sqlalchemy_url
from backend.training import service
from backend.training.checks import Tree
from backend.training.errors import NotLabelled, NotOurs
from backend.training.labels import Choice, Labels
from backend.training.rules import Entry, Label
from backend.vault.keys import open_keyring

NO_LABEL, LATER, STOP = "-", "", "q"


class CannotRead(Exception):
    """The database, a model or a file of labels can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line of a file of labels that was not taken."""

    line: int
    why: str


def database_url(settings: Settings) -> str:
    """ANPEI_DATABASE_URL, else the embedded server of a running `anpei up`. Raises CannotRead where there is neither.

    The embedded one is never started from here: whoever starts it stops it, and it may be serving customers.
    """
    url = sqlalchemy_url(settings.database_url)
    if not url:
        url = f"postgresql+psycopg://postgres@/anpei?host={(settings.data_dir / 'pg').resolve()}"
    try:
        psycopg.connect(plain_url(url), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise CannotRead(f"no database: set ANPEI_DATABASE_URL, or have `make up` run ({error})") from error
    return url


async def read_inbox(url: str, since: datetime, labels: Labels) -> list[Entry]:
    """What waits for a label. Raises CannotRead or BotRefused."""
    open_keyring(url, Settings().master_secret)
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as session:
            return await service.inbox(session, since, labels.seen, likeliest)
    finally:
        await database.close()


def likeliest(texts: Sequence[str]) -> list[tuple[Label, ...]]:
    """The live model's readings of texts that no bot has read, the best first. Raises BotRefused, CannotRead."""
    here = nlu_bot.models()
    model = here.live or here.candidate
    if model is None:
        raise CannotRead("there is no model to read with: run `make train`")
    return [
        tuple(Label(each["name"], round(each["confidence"], 4)) for each in answer["ranking"])
        for [answer] in nlu_bot.examine([model], texts)
    ]


def since_when(text: str, now: datetime) -> datetime:
    """`7d`, `12h` or an ISO date. Raises CannotRead."""
    number, unit = text[:-1], text[-1:]
    if number.isdigit() and unit in {"d", "h"}:
        return now - (timedelta(days=int(number)) if unit == "d" else timedelta(hours=int(number)))
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise CannotRead(f"{text!r} is neither like 7d or 12h nor an ISO date") from error


def labels_of(tree: Tree) -> Labels:
    return Labels(tree.nlu, tree.exams, tree.intents())


def as_json(entry: Entry) -> str:
    """One line that `anpei nlu label` takes back once its `intent` is filled in."""
    line: dict[str, Any] = {
        "id": entry.id,
        "group": entry.group,
        "language": entry.language,
        "text": entry.text,
        "intent": None,
        "likeliest": [{"intent": label.intent, "confidence": label.confidence} for label in entry.labels],
        "count": entry.count,
        "conversations": len(entry.conversations),
        "reasons": {reason.value: count for reason, count in sorted(entry.reasons.items())},
        "last": entry.last.isoformat() if entry.last else None,
        "sources": entry.sources,
    }
    return json.dumps(line, ensure_ascii=False)


def as_table(entries: Sequence[Entry]) -> Table:
    table = Table("id", "lang", "times", "why", "text", "likeliest", title=f"{len(entries)} wordings wait")
    group = ""
    for entry in entries:
        reasons = ", ".join(reason.value for reason in sorted(entry.reasons))
        indent = "  " if entry.group == group else ""
        table.add_row(entry.id, entry.language, str(entry.count), reasons, indent + entry.text, _labels(entry))
        group = entry.group
    return table


def _labels(entry: Entry) -> str:
    return "\n".join(f"{n} {label.intent} {label.confidence:.2f}" for n, label in enumerate(entry.labels, 1))


def choices_of(path: Path) -> Iterator[tuple[int, Choice | None]]:
    """(line number, choice) of a file: JSON lines as `anpei nlu inbox --json` prints them, or TSV without a head:
    language, intent, text. `-` for an intent says that no label fits; a line with none yet gives None.

    Raises CannotRead.
    """
    text = path.read_text(encoding="utf-8-sig")
    try:
        if path.suffix == ".tsv":
            for number, row in enumerate(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), 1):
                language, intent, wording = row
                yield number, _choice(wording, language, intent.strip(), ())
            return
        for number, line in enumerate(text.splitlines(), 1):
            item = json.loads(line)
            yield number, _choice(item["text"], item["language"], item["intent"], tuple(item.get("sources") or ()))
    except (ValueError, KeyError, TypeError) as error:
        raise CannotRead(f"{path} is not a file of labels: {error!r}") from error


def _choice(text: str, language: str, intent: str | None, sources: tuple[str, ...]) -> Choice | None:
    if not intent:
        return None
    return Choice(text, language, None if intent == NO_LABEL else intent, sources)


def take_all(
    labels: Labels, choices: Sequence[tuple[int, Choice | None]], author: str, on: date
) -> tuple[int, list[Refusal]]:
    """(examples written, lines refused): one that is refused keeps no other from being taken."""
    written, refused = 0, []
    for number, choice in choices:
        if choice is None:
            continue
        try:
            written += labels.take(choice, author, on).path is not None
        except (NotLabelled, NotOurs) as error:
            refused.append(Refusal(number, str(error)))
    return written, refused


def ask(console: Console, labels: Labels, entries: Sequence[Entry], author: str, on: date) -> int:
    """Go through the inbox with a person at the terminal; how many examples were written.

    What is like the wording before is offered the label that was given there.
    """
    console.print("A number or an intent labels it, [b]-[/b] says no label fits, Enter leaves it, [b]q[/b] ends.")
    written, group, given = 0, "", LATER
    for entry in entries:
        if entry.group != group:
            group, given = entry.group, LATER
        console.print(f"\n[b]{entry.language}[/b] ×{entry.count}  ", end="")
        console.print(entry.text, markup=False, highlight=False)
        console.print(_labels(entry), style="dim", markup=False)
        while True:
            answer = Prompt.ask("intent", console=console, default=given, show_default=bool(given)).strip()
            if answer in {STOP, LATER}:
                break
            intent = _named(answer, entry)
            choice = Choice(entry.text, entry.language, intent, tuple(entry.sources))
            try:
                written += labels.take(choice, author, on).path is not None
            except (NotLabelled, NotOurs) as error:
                console.print(str(error), style="red", markup=False)
                continue
            given = intent or NO_LABEL
            break
        if answer == STOP:
            break
    return written


def _named(answer: str, entry: Entry) -> str | None:
    if answer == NO_LABEL:
        return None
    if answer.isdigit() and 1 <= int(answer) <= len(entry.labels):
        return entry.labels[int(answer) - 1].intent
    return answer
