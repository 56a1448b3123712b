"""What a check is given and what it says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.kit.services import Services

MOST_FINDINGS = 50  # of one check; the figures tell how many there are in all


class Verdict(StrEnum):
    PASSED = "passed"
    ATTENTION = "attention"  # a person should look at it
    FAILED = "failed"  # something that must never be
    NOT_CHECKED = "not_checked"  # it could not be seen; never the same as passed


@dataclass(frozen=True, slots=True)
class Scope:
    """`since`: the beginning of the period for checks that look at one; the log and its facts are always seen whole."""

    services: Services
    since: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """`name` of the check; `why` in words for an auditor; figures are numbers, findings name rows."""

    name: str
    verdict: Verdict
    why: str
    figures: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)


Check = Callable[[Scope], Awaitable[Result]]


def judged(
    name: str,
    findings: list[dict[str, Any]],
    good: str,
    bad: str,
    *,
    figures: dict[str, Any] | None = None,
    worst: Verdict = Verdict.FAILED,
) -> Result:
    """Passed without findings, else `worst`."""
    verdict, why = (worst, bad) if findings else (Verdict.PASSED, good)
    return Result(name, verdict, why, {"findings": len(findings), **(figures or {})}, findings[:MOST_FINDINGS])
