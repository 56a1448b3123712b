"""The training examples stay many and by several hands: a model can't learn what too few people have said."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions.names import Intent

EXAMPLES = Path(__file__).resolve().parents[2] / "data/nlu"
# What a customer comes for; the rest is talk around it.
JOURNEYS = {
    Intent.FILE_CLAIM,
    Intent.INFORM,
    Intent.CHECK_CLAIM_STATUS,
    Intent.CHECK_PAYMENT_STATUS,
    Intent.ADD_DOCUMENT,
    Intent.CHANGE_PAYOUT_ACCOUNT,
    Intent.CHANGE_CONTACT_DETAILS,
    Intent.WITHDRAW_CLAIM,
    Intent.APPEAL_DECISION,
    Intent.CANCEL,
    Intent.AFFIRM,
    Intent.DENY,
    Intent.COMPLAIN,
    Intent.TALK_TO_HUMAN,
    Intent.REPORT_EMERGENCY,
    Intent.REPORT_SUSPICIOUS,
}
FEWEST = {True: 150, False: 60}
AUTHORS = 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_enough_examples_by_several_authors(language: str) -> None:
    found: Counter[str] = Counter()
    files: defaultdict[str, set[str]] = defaultdict(set)
    for path in (EXAMPLES / language).glob("*.yml"):
        content: dict[str, Any] = YAML(typ="safe").load(path)
        for group in content["nlu"]:
            if "intent" in group:
                found[group["intent"]] += sum(line.lstrip().startswith("- ") for line in group["examples"].splitlines())
                files[group["intent"]].add(path.stem)
    learnt = {intent for intent in Intent if not intent.startswith("EXTERNAL_") and intent != Intent.FALLBACK}
    few = {i: found[i] for i in learnt if found[i] < FEWEST[i in JOURNEYS]}
    assert not few
    assert not {intent for intent in learnt if len(files[intent]) < AUTHORS}
