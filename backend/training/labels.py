"""What becomes of the inbox: labels, written as examples with an author, a date and a source."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from backend.training import examples, exams, rules
from backend.training.errors import NotLabelled
from backend.training.surrogates import cleaned

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """A label for a wording: `intent` None where no label fits. `sources` are hashes of messages."""

    text: str
    language: str
    intent: str | None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a choice: `path` is the file it went into; None where it was known already, or skipped."""

    choice: Choice
    path: Path | None


class Labels:
    """Takes labels into data/nlu, one by one; holds the wordings that are there already."""

    def __init__(self, folder: Path, exam_folder: Path, intents: Iterable[str]) -> None:
        """`folder` is data/nlu, `exam_folder` tests/nlu, `intents` those of the domain."""
        self._folder = folder
        self._intents = {intent for intent in intents if not intent.startswith(rules.NO_LABEL)}
        self._known = examples.by_wording(examples.read(folder))
        self._skipped = examples.skipped(folder)
        held_out = [*exams.read(exam_folder), *exams.read_must_pass(exam_folder)]
        self._exam = {rules.fold(line.text) for line in held_out}

    def seen(self, language: str, text: str) -> bool:
        """Whether a wording is an example already, or no label fits it."""
        return (language, rules.fold(text)) in self._known or rules.entry_id(language, text) in self._skipped

    def take(self, choice: Choice, author: str, on: date) -> Taken:
        """Write a label where it belongs. Raises NotLabelled, or NotOurs, and then nothing is written."""
        if choice.language not in exams.SETS:
            raise NotLabelled(f"there is no language {choice.language!r}", reason="language")
        text = cleaned(choice.text, choice.language)
        if choice.intent is None:
            entry = rules.entry_id(choice.language, text)
            examples.skip(self._folder, choice.language, entry)
            self._skipped.add(entry)
            return Taken(choice, None)
        self._check(text, choice.intent)
        wording = (choice.language, rules.fold(text))
        known = self._known.get(wording)
        if known is not None and known.intent != choice.intent:
            where = known.path.relative_to(self._folder)
            raise NotLabelled(f"{text!r} is {known.intent} in {where}", reason="another_label")
        if known is not None:
            return Taken(choice, None)
        labelled = examples.Labelled(text, choice.intent, choice.language, author, on, choice.sources)
        path = examples.add(self._folder, labelled)
        self._known[wording] = examples.Example(text, choice.intent, choice.language, path)
        return Taken(replace(choice, text=text), path)

    def _check(self, text: str, intent: str) -> None:
        if intent not in self._intents:
            raise NotLabelled(f"there is no intent {intent!r}", reason="intent")
        if not rules.fold(text) or len(text) > LONGEST_TEXT:
            raise NotLabelled(f"an example has 1 to {LONGEST_TEXT} characters, this one {len(text)}", reason="length")
        if rules.fold(text) in self._exam:
            raise NotLabelled(f"{text!r} is a line of the held-out sets in tests/nlu", reason="exam")
