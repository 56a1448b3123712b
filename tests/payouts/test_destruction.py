"""Payouts under SIGKILL, with a bank that lies: no payment twice, none lost. And the harness finds bugs put in."""

import json
import subprocess
import sys
from typing import Any

import pytest

KILLS = 2000  # each of a process, by SIGKILL, at one of the numbered points of its job
FEW = 150  # enough to show a bug


def destroyed(url: str, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.payouts.destruction", "--url", url, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(f"{found}\n")
    return found


@pytest.mark.timeout(1500)
def test_nothing_is_paid_twice_or_lost_whoever_dies(database_url: str) -> None:
    found = destroyed(database_url, "--kills", str(KILLS))
    assert found["kills"] >= KILLS, found
    assert (found["doubles"], found["lost"], found["books_sound"]) == (0, 0, True), found


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("planted", "shows_as"), [("new-key", "doubles"), ("forgetful", "lost")])
def test_a_planted_bug_is_found(database_url: str, planted: str, shows_as: str) -> None:
    """A new key for each attempt pays twice; a worker that never asks leaves payments nobody knows the end of."""
    found = destroyed(database_url, "--kills", str(FEW), "--planted", planted, "--seed", "1")
    assert found[shows_as] > 0, found
