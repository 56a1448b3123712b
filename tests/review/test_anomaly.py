"""The model: grown from a file that is what it says it is, the same each time, and loaded by the worker alone."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.review import anomaly
from backend.review.anomaly import BrokenReference
from backend.review.features import FEATURES, raw, roundness
from backend.review.rules_v2 import UNUSUAL_PERMILLE
from bench import reference
from pages.desk.texts import TEXTS
from tests.review.test_rules import SIMPLE

ORDINARY = raw(SIMPLE)


def test_an_ordinary_claim_is_not_out_of_the_way() -> None:
    assert anomaly.current().score(ORDINARY).permille < UNUSUAL_PERMILLE


def test_what_is_out_of_the_way_says_why() -> None:
    """Six claims within the year, three for the same product, a contact changed: the words name them."""
    odd = dict(zip(FEATURES, ORDINARY, strict=True))
    odd |= {"claims_month": 3, "claims_year": 6, "same_kind": 3, "contact_quiet": 31, "account_age": 31}
    score = anomaly.current().score(tuple(odd.values()))
    assert score.permille >= UNUSUAL_PERMILLE
    assert 1 <= len(score.why) <= 3
    assert set(score.why) <= {
        "claims_month_high",
        "claims_year_high",
        "same_kind_high",
        "contact_quiet_low",
        "account_age_low",
    }


def test_it_is_grown_the_same_each_time() -> None:
    file = max(anomaly.FOLDER.glob("*.csv"))
    one, other = anomaly.read(file), anomaly.read(file)
    assert one.score(ORDINARY) == other.score(ORDINARY)
    assert one.version == file.stem


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    for part in ("*.csv", "*.json"):
        shutil.copy(max(anomaly.FOLDER.glob(part)), tmp_path)
    [file] = tmp_path.glob("*.csv")
    with file.open("a", encoding="utf-8") as rows:
        rows.write(",".join(["1"] * len(FEATURES)) + "\n")
    with pytest.raises(BrokenReference):
        anomaly.read(file)


def test_the_reference_is_what_its_provenance_makes() -> None:
    """Made again from its seed, it is the same rows."""
    provenance = json.loads(max(anomaly.FOLDER.glob("*.json")).read_text())
    rng = random.Random(reference.SEED)
    lines = max(anomaly.FOLDER.glob("*.csv")).read_text().splitlines()[1:]
    assert [",".join(map(str, reference.row(rng))) for _ in range(50)] == lines[:50]
    assert len(lines) == provenance["rows"]


def test_every_reason_has_words() -> None:
    for feature in FEATURES:
        for way in ("high", "low"):
            assert f"unusual.{feature}_{way}" in TEXTS


@pytest.mark.parametrize(("minor", "place"), [(100_000, 3), (18_000, 1), (20_000, 2), (18_050, 0), (0, 3)])
def test_how_round_a_sum_is(minor: int, place: int) -> None:
    assert roundness(minor) == place


def test_nobody_but_the_worker_loads_it() -> None:
    """Web, actions and the tasks themselves start without scikit-learn, numpy or the image hashes."""
    program = (
        "import sys, anpei.web, actions, backend.review.service, backend.review.tasks, backend.photos.tasks\n"
        "print(sorted({'sklearn', 'numpy', 'imagehash', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
