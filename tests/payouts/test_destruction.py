"""Payouts under SIGKILL, with a bank that lies: no payment twice, none lost. And the harness finds bugs put in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from anpei.schema import migrate

KILLS = 2000  # each of a process, by SIGKILL, at one of the numbered points of its job
FEW = 100  # enough to show a bug
# At each of these somebody has died: before and after each commit, request and answer. One more transaction wakes pages.
POINTS = {"payouts.send": 8, "payouts.resolve": 8, "payouts.check_return": 6}


def destroyed(*urls: str, options: tuple[str, ...]) -> list[dict[str, Any]]:
    """What each database looked like afterwards; they are worked on at once."""
    command = [sys.executable, "-m", "tests.payouts.destruction", *options, "--url"]
    running = [subprocess.Popen([*command, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for url in urls]
    ended = [(process, *process.communicate()) for process in running]
    for process, _, errors in ended:
        assert process.returncode == 0, errors[-3000:].decode()
    found: list[dict[str, Any]] = [json.loads(said.splitlines()[-1]) for _, said, _ in ended]
    sys.stdout.write(f"{found}\n")
    return found


@pytest.fixture
def databases(database_url: str) -> Iterator[list[str]]:
    """One a core."""
    second = make_url(database_url).set(database="destruction")
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS destruction")
        connection.execute("CREATE DATABASE destruction")
        url = second.render_as_string(hide_password=False)
        migrate(url)
        yield [database_url, url]
        connection.execute("DROP DATABASE destruction WITH (FORCE)")


@pytest.mark.timeout(1500)
def test_nothing_is_paid_twice_or_lost_whoever_dies(databases: list[str]) -> None:
    found = destroyed(*databases, options=("--kills", str(KILLS // len(databases))))
    assert sum(each["kills"] for each in found) >= KILLS, found
    for each in found:
        assert (each["doubles"], each["lost"], each["books_sound"]) == (0, 0, True), found
    died_at = set().union(*(each["died_at"] for each in found))
    assert died_at >= {f"{task} {point}" for task, points in POINTS.items() for point in range(1, points + 1)}, found


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("planted", "shows_as"),
    [("new-key", "doubles"), ("paid-anew", "doubles"), ("key-stored-late", "doubles"), ("forgetful", "lost")],
)
def test_a_planted_bug_is_found(database_url: str, planted: str, shows_as: str) -> None:
    """A new key for each attempt, a new attempt where the outcome is unknown, and a key that is committed after it was
    sent pay twice; a worker that never asks leaves payments nobody knows the end of."""
    [found] = destroyed(database_url, options=("--kills", str(FEW), "--planted", planted, "--seed", "1"))
    assert found[shows_as] > 0, found
