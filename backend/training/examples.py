"""The files of examples under data/nlu: all of them read, only those under from_inbox/ written.

What people wrote by hand stays byte for byte as it is. The files of ours are read and written back unchanged before one
is touched, and left alone unless that gives the same bytes.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from backend.training.errors import NotOurs
from backend.training.rules import fold

OURS = "from_inbox"
SKIPPED = ".skipped"  # neither Rasa nor a model's hash reads a name with a dot
WIDTH = 10_000  # a line is never folded
HEADER = (
    "Written by `anpei nlu label` from what customers wrote, without personal data. Use that command, not an editor."
)


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    intent: str
    language: str
    path: Path


@dataclass(frozen=True, slots=True)
class Labelled:
    """An example on its way into a file. `sources` are hashes of the messages that it stands for."""

    text: str
    intent: str
    language: str
    author: str
    on: date
    sources: tuple[str, ...]


def read(folder: Path) -> list[Example]:
    """All examples of data/nlu (`folder`), one folder a language, in the order of the files."""
    return [
        Example(text, intent, language.name, path)
        for language in sorted(path for path in folder.iterdir() if path.is_dir())
        for path in sorted(language.rglob("*.yml"))
        for intent, text in _of_file(path)
    ]


def _of_file(path: Path) -> Iterator[tuple[str, str]]:
    content = YAML(typ="safe").load(path) or {}
    for block in content.get("nlu") or ():
        if "intent" not in block:
            continue
        given = block.get("examples") or ""
        if isinstance(given, list):
            yield from ((block["intent"], str(each["text"]).strip()) for each in given)
        else:
            lines = (line.strip() for line in given.splitlines())
            yield from ((block["intent"], line[2:].strip()) for line in lines if line.startswith("- "))


def add(folder: Path, example: Labelled) -> Path:
    """Write one example to its file of ours and return that. Raises NotOurs where the file is not as we left it."""
    path = folder / example.language / OURS / f"{example.intent}.yml"
    content = load(path) if path.exists() else _new(example.intent)
    entry = CommentedMap(text=example.text)
    entry["metadata"] = CommentedMap(author=example.author, labelled=example.on.isoformat())
    entry["metadata"]["source"] = " ".join(example.sources)
    content["nlu"][0]["examples"].append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.new")
    waiting.write_bytes(dump(content))
    waiting.replace(path)
    return path


def load(path: Path) -> Any:
    """The content of one of our files. Raises NotOurs unless writing it back would change nothing."""
    written = path.read_bytes()
    content = _yaml().load(written)
    try:
        listed = isinstance(content["nlu"][0]["examples"], list) and len(content["nlu"]) == 1
    except (KeyError, TypeError, IndexError):
        listed = False
    if not listed or path.parent.name != OURS or dump(content) != written:
        raise NotOurs(f"{path} has been changed by hand: move what was added to a file of your own beside {OURS}/")
    return content


def dump(content: Any) -> bytes:
    out = io.BytesIO()
    _yaml().dump(content, out)
    return out.getvalue()


def _new(intent: str) -> Any:
    content = CommentedMap(version="3.1")
    content["nlu"] = [CommentedMap(intent=intent, examples=[])]
    text = io.BytesIO(f"# {HEADER}\n".encode() + dump(content))
    return _yaml().load(text)


def _yaml() -> Any:
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.allow_unicode = True
    return yaml


def skip(folder: Path, language: str, entry: str) -> None:
    """Remember that no label fits a wording, by its id in the inbox."""
    path = folder / language / OURS / SKIPPED
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry not in skipped(folder):
        with path.open("a", encoding="utf-8") as file:
            file.write(entry + "\n")


def skipped(folder: Path) -> set[str]:
    return {line for path in folder.glob(f"*/{OURS}/{SKIPPED}") for line in path.read_text().split()}


def by_wording(examples: list[Example]) -> dict[tuple[str, str], Example]:
    """The first example of each wording, by (language, folded text)."""
    found: dict[tuple[str, str], Example] = {}
    for example in examples:
        found.setdefault((example.language, fold(example.text)), example)
    return found
