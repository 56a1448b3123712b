"""Every version of the rules that ever decided still gives its answers: examples that nobody may change."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.review import rules, rules_v1
from backend.review.models import Outcome
from backend.review.rules import RULES_VERSION, UnknownVersion

GOLDEN = Path(__file__).parent / "golden"


def golden() -> list[tuple[str, dict[str, Any]]]:
    return [(file.stem, example) for file in sorted(GOLDEN.glob("*.json")) for example in json.loads(file.read_text())]


def answer(version: str, inputs: dict[str, Any]) -> dict[str, Any]:
    verdict = rules.replay(version, inputs)
    return {
        "outcome": verdict.outcome.value,
        "lane": verdict.lane.value,
        "approved_minor": verdict.approved.minor if verdict.approved else None,
        "reasons": [reason.as_json() for reason in verdict.reasons],
    }


@pytest.mark.parametrize(("version", "example"), golden(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_version_answers_as_it_always_did(version: str, example: dict[str, Any]) -> None:
    assert answer(version, example["inputs"]) == example["answer"]


def test_every_version_has_examples_of_every_outcome() -> None:
    """The first rules asked for nothing; otherwise each version shows each way out."""
    outcomes: dict[str, set[str]] = {version: set() for version in rules.versions()}
    for version, example in golden():
        outcomes[version].add(example["answer"]["outcome"])
    everything = {outcome.value for outcome in Outcome} - {Outcome.DENY.value}
    assert outcomes.pop(rules_v1.VERSION) == everything - {Outcome.ASK.value}
    assert outcomes
    assert all(found == everything for found in outcomes.values())


def test_the_current_version_is_the_last() -> None:
    assert rules.versions()[-1] == RULES_VERSION
    assert rules.versions() == sorted(rules.versions())


def test_facts_of_the_first_rules_can_be_judged_by_the_current_ones() -> None:
    """What they didn't know counts for nothing either way."""
    for version, example in golden():
        if version == rules_v1.VERSION and example["answer"]["outcome"] == "approve":
            assert rules.review(rules.read(example["inputs"])).outcome is Outcome.APPROVE


def test_rules_that_nobody_has_are_named() -> None:
    with pytest.raises(UnknownVersion) as unknown:
        rules.replay("1999-12-31", {})
    assert unknown.value.params == {"version": "1999-12-31"}


def test_dates_are_read_as_dates() -> None:
    facts = rules.read(next(example["inputs"] for version, example in golden() if version == RULES_VERSION))
    assert isinstance(facts.incident_on, date)
    assert facts.submitted_on - facts.incident_on >= timedelta(0)
