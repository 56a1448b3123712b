"""What a customer wrote and the product did not understand reaches its trainers."""

import json
import os
import subprocess
import sys

from tests.support.customer import Customer
from tests.support.live import ROOT, Live


def inbox(live: Live) -> dict[str, set[str]]:
    """Text → reasons, as `anpei nlu inbox` finds them in the database of a running stack."""
    command = [sys.executable, "-m", "anpei.cli", "nlu", "inbox", "--json"]
    environment = os.environ | {"ANPEI_DATA_DIR": str(live.data)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return {line["text"]: set(line["reasons"]) for line in map(json.loads, done.stdout.splitlines())}


async def test_what_was_not_understood_reaches_the_trainers(live: Live) -> None:
    """Three misses in the form bring a person: the words are there, and why; personal data is not."""
    async with Customer(live, "+12025550101") as grace:
        await grace.says("my phone screen cracked yesterday", "How much")
        await grace.says("dunno, Grace wonders", "sum")
        await grace.says("dunno at all mate", "agent")
        await grace.says("no clue mate dunno", "colleague")
    told = {text: reasons - {"random", "margin"} for text, reasons in inbox(live).items()}
    assert told | {"my phone screen cracked yesterday": set()} == {
        "my phone screen cracked yesterday": set(),  # there only if chance has it
        "dunno, Sam Lee wonders": {"fallback"},
        "dunno at all mate": {"fallback", "handoff"},
        "no clue mate dunno": {"fallback", "handoff"},
    }
