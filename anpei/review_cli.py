"""`anpei review`: say again what was decided, find what a rule decided, and put it right."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from backend.claims.models import Claim
    from backend.kit.db import Session
    from backend.review.corrections import Correction, Remedy, Replayed
    from backend.review.rules_shared import Verdict

review = typer.Typer(no_args_is_help=True, help="Decisions of the review, afterwards.")
Rule = Annotated[Optional[str], typer.Option(help="The code of a finding, such as same_event.")]
Version = Annotated[Optional[str], typer.Option(help="The version of the rules that decided.")]
Since = Annotated[Optional[str], typer.Option(help="ISO date: decisions of that day (UTC) and later.")]
Most = Annotated[int, typer.Option(help="At most so many, the oldest first.")]


@review.command()
def replay(number: Annotated[str, typer.Argument(help="CL-…")]) -> None:
    """Ask the rules that decided about the inputs they saw. Exits with 1 where the answer isn't what is stored."""
    from anpei.operator import with_session
    from backend.kit.errors import AnpeiError
    from backend.review import corrections

    async def work(session: "Session") -> "tuple[Claim, list[Replayed]]":
        return await corrections.replay(session, number)

    try:
        claim, decisions = with_session(work)
    except AnpeiError as error:
        typer.secho(f"anpei: {error.code} {error.params}", fg="red", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{claim.number} {claim.claim_type} {claim.amount.words('en')}: {claim.status.value}")
    for each in decisions:
        _print(each)
    raise typer.Exit(0 if all(each.same for each in decisions) else 1)


def _print(each: "Replayed") -> None:
    decision = each.decision
    model = f", model {decision.model_version}" if decision.model_version else ""
    typer.echo(f"{decision.at:%Y-%m-%d %H:%M} {decision.decided_by} (rules {decision.rules_version}{model})")
    typer.echo(f"  decided: {_words(decision.outcome.value, decision.approved_minor, decision.reasons)}")
    if each.again is not None:
        typer.echo(f"  again:   {_verdict(each.again)}  {'the same' if each.same else 'NOT the same'}")


def _verdict(verdict: "Verdict") -> str:
    from backend.review.corrections import answer

    outcome, approved, reasons = answer(verdict)
    return _words(outcome.value, approved, reasons)


def _words(outcome: str, approved_minor: int | None, reasons: list[dict[str, object]]) -> str:
    amount = "" if approved_minor is None else f" {approved_minor}"
    return f"{outcome}{amount} [{', '.join(str(reason['code']) for reason in reasons)}]"


def _found(rule: str | None, version: str | None, since: str | None, limit: int, *, apply: bool) -> None:
    from anpei.operator import with_session
    from backend.kit.clock import utc_now
    from backend.review import corrections

    if rule is None and version is None:
        raise typer.BadParameter("name a --rule, a --version or both")
    start = datetime.combine(date.fromisoformat(since), time(), UTC) if since else None

    async def work(session: "Session") -> "tuple[list[Correction], dict[Remedy, int] | None]":
        found = await corrections.find(session, rule, version, start, limit)
        return found, await corrections.apply(session, found, utc_now()) if apply else None

    found, done = with_session(work)
    for each in found:
        was = _words(each.decision.outcome.value, each.decision.approved_minor, each.decision.reasons)
        typer.echo(f"{each.number} {each.status.value}: {was} -> {_verdict(each.now)}: {each.remedy.value}")
    if done is None:
        counts = ", ".join(f"{sum(each.remedy is kind for each in found)} {kind.value}" for kind in corrections.Remedy)
        typer.echo(f"{len(found)} decisions ({counts}); nothing was changed")
    else:
        typer.echo(", ".join(f"{count} {kind.value}" for kind, count in done.items()))


@review.command()
def find(rule: Rule = None, version: Version = None, since: Since = None, limit: Most = 1000) -> None:
    """Decisions of the rules with a finding, or by a version, and what the current rules say of each."""
    _found(rule, version, since, limit, apply=False)


@review.command()
def readjudicate(
    rule: Rule = None,
    version: Version = None,
    since: Since = None,
    limit: Most = 1000,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, only say what would be done.")] = False,
) -> None:
    """Put right what the current rules would not have decided: waiting claims anew, paid ones to a person's check."""
    _found(rule, version, since, limit, apply=apply)
