"""Rasa's own environment, asked by its command line: it can't be imported from here (docs/decisions/0001)."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anpei.nlu import ROOT

BOT = (str(ROOT / "bot" / ".venv" / "bin" / "python"), "-m", "bot")
EXAMINE_SECONDS, SWAP_SECONDS = 300, 90


class BotRefused(Exception):
    """`python -m bot` ended with an error; the message is its own."""


@dataclass(frozen=True, slots=True)
class Models:
    """The model that is live, and that of the data as it is; None where there is none."""

    live: Path | None
    candidate: Path | None


def models() -> Models:
    state = swap("live")
    live, candidate = (Path(state[key]) if state[key] else None for key in ("live", "candidate"))
    return Models(live, candidate)


def examine(asked: Sequence[Path], texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """For each text an answer a model, in order: {intent, confidence, ranking, ms}. Raises BotRefused."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    arguments = [part for model in asked for part in ("--model", str(model))]
    out = _run("examine", *arguments, stdin=lines, seconds=EXAMINE_SECONDS)
    return [json.loads(row)["answers"] for row in out.splitlines()]


def swap(command: str, *arguments: str) -> dict[str, Any]:
    """Run `live`, `promote` or `rollback`, and return what it says was done. Raises BotRefused."""
    found: dict[str, Any] = json.loads(_run(command, *arguments, seconds=SWAP_SECONDS))
    return found


def _run(command: str, *arguments: str, seconds: float, stdin: str = "") -> str:
    done = subprocess.run(
        [*BOT, command, *arguments], cwd=ROOT, input=stdin, capture_output=True, text=True, check=False, timeout=seconds
    )
    if done.returncode:
        raise BotRefused(done.stderr.strip() or f"`python -m bot {command}` ended with {done.returncode}")
    return done.stdout
