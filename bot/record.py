"""What a model was trained on: a record beside it, and what has changed since the live model was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.live import Pointer
from bot.project import Project

# {language: {intent: [example]}}
Examples = dict[str, dict[str, list[str]]]
SHOWN = 40


def path_of(model: Path) -> Path:
    """Return where the record of a model is."""
    return model.with_name(model.name.removesuffix(".tar.gz") + ".examples.json")


def read(model: Path) -> Examples | None:
    """Return the examples of a model; None where nobody recorded them."""
    return _read(model).get("examples")


def release_of(model: Path) -> str | None:
    """Return the release of a model; None where nobody recorded it."""
    return _read(model).get("release")


def _read(model: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path_of(model).read_bytes())
    except FileNotFoundError:
        return {}
    return found


def write(project: Project, model: Path) -> None:
    """Record the project's present examples as those of `model`, unless there is a record."""
    path = path_of(model)
    if not path.exists():
        content = {"release": project.release, "examples": examples(project)}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def examples(project: Project) -> Examples:
    """Return the examples of the project; the folder under data/nlu is the language, `-` where there is none."""
    found: Examples = {}
    for path in sorted(project.training_data.rglob("*.yml")):
        inside = path.relative_to(project.examples).parts if project.examples in path.parents else ()
        language = inside[0] if len(inside) > 1 else "-"
        for intent, text in of_file(path):
            found.setdefault(language, {}).setdefault(intent, []).append(text)
    return found


def of_file(path: Path) -> Iterator[tuple[str, str]]:
    """Yield intent and text of each example of a file of training data."""
    from ruamel.yaml import YAML

    content = YAML(typ="safe").load(path) or {}
    for block in content.get("nlu") or ():
        if "intent" not in block:
            continue
        given: Any = block.get("examples") or ""
        if isinstance(given, list):
            yield from ((block["intent"], str(each["text"]).strip()) for each in given)
        else:
            lines = (line.strip() for line in given.splitlines())
            yield from ((block["intent"], line[2:].strip()) for line in lines if line.startswith("- "))


def changes(before: Examples, after: Examples) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """Return (added, removed) for each (language, intent) that differs; an example given twice counts twice."""
    found = {}
    for language in sorted({*before, *after}):
        old, new = before.get(language, {}), after.get(language, {})
        for intent in sorted({*old, *new}):
            was, now = Counter(old.get(intent, ())), Counter(new.get(intent, ()))
            added, removed = sorted((now - was).elements()), sorted((was - now).elements())
            if added or removed:
                found[language, intent] = (added, removed)
    return found


def print_changes(project: Project, model: Path) -> None:
    """Say how the examples differ from those of the live model."""
    live = Pointer.of(project).model()
    if live is None:
        print("no model of this release is live yet; the first to be served will be")
        return
    if live.name == model.name:
        print(f"no change since the live model {live.name}")
        return
    before, after = read(live), read(model)
    if before is None or after is None:
        print(f"the live model is {live.name}; nobody recorded what it was trained on")
        return
    found = changes(before, after)
    print(f"examples since the live model {live.name}:")
    print(f"  {'':2}  {'intent':<26}{'added':>7}{'removed':>9}")
    for (language, intent), (added, removed) in list(found.items())[:SHOWN]:
        print(f"  {language:2}  {intent:<26}{len(added):>7}{len(removed):>9}")
    if len(found) > SHOWN:
        print(f"  … and {len(found) - SHOWN} more intents")
    total_added, total_removed = (sum(len(pair[side]) for pair in found.values()) for side in (0, 1))
    print(f"  {'':2}  {'all':<26}{total_added:>7}{total_removed:>9}")
