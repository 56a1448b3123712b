"""`anpei nlu …`: reading messages, and the trainers' loop from the inbox to the live model (docs/training.md)."""

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, Optional

import typer

from backend.kit.settings import Settings

if TYPE_CHECKING:
    from backend.training.checks import Tree
    from backend.training.labels import Labels
    from backend.training.rules import Entry

nlu = typer.Typer(no_args_is_help=True, help="Understanding messages.")

Since = Annotated[str, typer.Option(help="How far back: 7d, 12h, or an ISO date.")]
Language = Annotated[Optional[str], typer.Option("--lang", help="en or zh; else both.")]
Model = Annotated[Optional[Path], typer.Option(help="A model file; else that of the data as it is.")]
By = Annotated[str, typer.Option(envvar="ANPEI_TRAINER", help="Who does it; else who is logged in.")]
Why = Annotated[str, typer.Option(help="The reason, for the history.")]

REFUSED, CANNOT = 1, 2  # exit status: the answer is no; there is no answer


def fail(why: object, status: int = CANNOT) -> NoReturn:
    typer.secho(f"anpei: {why}", fg="red", err=True)
    raise typer.Exit(status)


@nlu.command()
def parse(
    lang: Annotated[Optional[str], typer.Option(help="en or zh; else guessed for each line.")] = None,
    today: Annotated[Optional[str], typer.Option(help="ISO date that relative dates count from.")] = None,
    asked: Annotated[Optional[str], typer.Option(help="The slot that was asked for.")] = None,
) -> None:
    """Read a message a line on standard input, print a JSON a line: intent, ranking and normalised entities."""
    from anpei.nlu import parse_lines

    raise typer.Exit(parse_lines(sys.stdin, sys.stdout, lang=lang, today=today, asked=asked))


@nlu.command()
def evaluate(
    data: Annotated[Optional[Path], typer.Option(help="A folder with en.jsonl and zh.jsonl (else tests/nlu).")] = None,
    second: Annotated[
        bool, typer.Option("--second", help="The second sets: en_second.jsonl, zh_second.jsonl.")
    ] = False,
) -> None:
    """Examine the model of the data as it is on lines it was never trained on; print a table."""
    from anpei.nlu_exam import SETS, CannotExamine, examine, report
    from backend.training.exams import SECOND

    try:
        part = SECOND if second else ""
        typer.echo(report({language: examine(language, data or SETS, part) for language in ("en", "zh")}))
    except CannotExamine as error:
        fail(error, 1)


@nlu.command()
def inbox(
    since: Since = "7d",
    lang: Language = None,
    json: Annotated[bool, typer.Option("--json", help="A JSON a line; fill in `intent` for `label --file`.")] = False,
) -> None:
    """Show what the bot didn't understand, without personal data, the most frequent first."""
    from rich.console import Console

    from anpei.nlu_inbox import as_json, as_table

    entries, _ = _waiting(since, lang)
    if json:
        typer.echo("".join(as_json(entry) + "\n" for entry in entries), nl=False)
    else:
        Console().print(as_table(entries))


@nlu.command()
def label(
    file: Annotated[
        Optional[Path], typer.Option(help="Labels as .jsonl (of `inbox --json`) or .tsv; else asks.")
    ] = None,
    since: Since = "7d",
    lang: Language = None,
    by: By = "",
) -> None:
    """Write labels as examples into data/nlu/<language>/from_inbox. 1 where a line of the file was refused."""
    from rich.console import Console

    from anpei.nlu_inbox import CannotRead, ask, choices_of, labels_of, take_all

    author, today = by or getpass.getuser(), datetime.now(UTC).date()
    if file is None:
        entries, labels = _waiting(since, lang)
        typer.echo(f"{ask(Console(), labels, entries, author, today)} examples written; `make train` learns them")
        return
    try:
        choices = list(choices_of(file))
    except (CannotRead, OSError) as error:
        fail(error)
    written, refused = take_all(labels_of(_tree()), choices, author, today)
    typer.echo(f"{written} examples written, {len(refused)} lines refused")
    for refusal in refused:
        typer.secho(f"{file}:{refusal.line}: {refusal.why}", fg="red", err=True)
    raise typer.Exit(REFUSED if refused else 0)


@nlu.command()
def check() -> None:
    """Check examples, responses and held-out sets for what `rasa data validate` lets pass. 1 where something is wrong."""
    from backend.training.checks import check as findings

    found = findings(_tree())
    for finding in sorted(found, key=lambda each: each.error):
        typer.secho(f"{finding.where}: {finding.what}", fg="red" if finding.error else None, err=finding.error)
    wrong = sum(finding.error for finding in found)
    typer.echo(f"{wrong} wrong, {len(found) - wrong} to know")
    raise typer.Exit(REFUSED if wrong else 0)


@nlu.command()
def compare(candidate: Model = None, live: Model = None) -> None:
    """Hold a candidate against the live model on the held-out sets. 1 where it must not go live."""
    from rich.console import Console

    from anpei.nlu_bot import BotRefused
    from anpei.nlu_models import CannotCompare, hold, report

    try:
        contest = hold(_tree(), candidate, live)
    except (CannotCompare, BotRefused) as error:
        fail(error)
    Console().print(report(contest))
    _tell(contest.refusals)


@nlu.command()
def promote(candidate: Model = None, by: By = "", why: Why = "") -> None:
    """Make a candidate live in all workers, unless it is worse than what is live. 1 where it is refused."""
    from rich.console import Console

    from anpei.nlu_bot import BotRefused
    from anpei.nlu_models import CannotCompare, hold, report
    from anpei.nlu_models import promote as swap

    try:
        contest = hold(_tree(), candidate)
        Console().print(report(contest))
        _tell(contest.refusals)
        done = swap(contest, by=by or getpass.getuser(), why=why)
    except (CannotCompare, BotRefused) as error:
        fail(error)
    _swapped(done["live"], done["was"], len(done["workers"]), done["seconds"])


@nlu.command()
def rollback(by: By = "", why: Why = "") -> None:
    """Make live what was live before, in all workers; again goes further back."""
    from anpei.nlu_bot import BotRefused
    from anpei.nlu_models import rollback as back

    try:
        done = back(by=by or getpass.getuser(), why=why)
    except BotRefused as error:
        fail(error, REFUSED)
    _swapped(done["live"], done["was"], len(done["workers"]), done["seconds"])


def _tree() -> "Tree":
    from anpei.nlu import ROOT
    from backend.training.checks import Tree

    root = Settings().bot_project
    if root:
        return Tree(root)
    return Tree(ROOT, tuple(ROOT / name for name in ("actions", "backend", "channels")))


def _waiting(since: str, lang: str | None) -> "tuple[list[Entry], Labels]":
    import asyncio

    from anpei.nlu_bot import BotRefused
    from anpei.nlu_inbox import CannotRead, database_url, labels_of, read_inbox, since_when

    labels = labels_of(_tree())
    try:
        start = since_when(since, datetime.now(UTC))
        entries = asyncio.run(read_inbox(database_url(Settings()), start, labels))
    except (CannotRead, BotRefused) as error:
        fail(error)
    return [entry for entry in entries if lang in {None, entry.language}], labels


def _tell(refusals: list[str]) -> None:
    """Say whether a candidate may go live; ends the command where it may not."""
    for refusal in refusals:
        typer.secho(refusal, fg="red", err=True)
    if refusals:
        fail("the candidate must not go live", REFUSED)
    typer.echo("nothing speaks against the candidate")


def _swapped(live: str, was: str | None, workers: int, seconds: float) -> None:
    typer.echo(f"{live} is live (was {was or 'none'}): {workers} servers followed in {seconds:.1f} s")
