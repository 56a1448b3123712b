"""What the comparison has found so far: results.json, kept in the repository beside the tables made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("results.json")


def read() -> dict[str, Any]:
    """The results by name; a run may add to them while another is under way."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    return found


def keep(name: str, result: dict[str, Any]) -> None:
    """Put one result in the place of the one before."""
    PATH.write_text(json.dumps(read() | {name: result}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
