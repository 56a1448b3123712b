"""The third rules: the second, and an account that can't be paid to because it is in another currency is no account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.review import rules_v2
from backend.review.rules_shared import Verdict, read_facts
from backend.review.rules_v2 import Found, Reason, judged

VERSION = "2026-11-29"


@dataclass(frozen=True, slots=True)
class Facts(rules_v2.Facts):
    account_currency: str | None = None  # None: no account on file, or not known to the second rules


def read(inputs: Mapping[str, Any]) -> Facts:
    """The facts of a stored decision, also of one by earlier rules."""
    return read_facts(Facts, inputs)


def review(facts: Facts) -> Verdict:
    return judged(facts, (reason for rule in RULES for reason in rule(facts)))


def _account(facts: Facts) -> Found:
    if facts.account_currency not in {None, facts.currency}:
        yield Reason("no_account", {"currency": facts.account_currency})


RULES: tuple[Callable[[Facts], Found], ...] = (*rules_v2.RULES, _account)
