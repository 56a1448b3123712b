"""What `rasa data validate` lets pass, found here: pure but for the files it is given.

Its checks of examples and responses only warn, and it knows neither held-out sets nor that there are two languages.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from backend.training import examples, exams
from backend.training.errors import NotOurs
from backend.training.examples import Example
from backend.training.exams import SETS, ExamLine
from backend.training.rules import NO_LABEL, fold
from backend.vault.leaks import Needles

# Examples of an intent in a language. What a journey hangs on is said in more ways than a greeting is.
FEWEST, FEWEST_OF_A_JOURNEY = 60, 150
JOURNEYS = frozenset(
    {
        "affirm",
        "deny",
        "cancel",
        "inform",
        "file_claim",
        "check_claim_status",
        "check_payment_status",
        "add_document",
        "change_payout_account",
        "change_contact_details",
        "withdraw_claim",
        "appeal_decision",
        "complain",
        "talk_to_human",
        "report_emergency",
        "report_suspicious",
    }
)  # fmt: skip - one a line is a screen of it
ANY_NUMBER = Needles.of({}, {})  # those that add up, whether or not anybody here knows them
MUST_PASS_INTENTS = frozenset({"report_emergency", "report_suspicious", "talk_to_human", "cancel"})
_ANNOTATED = re.compile(r"\[[^\[\]]+\](?:\((?P<plain>\w+)[^()]*\)|(?P<json>\{[^{}]*\}))")
_HALF_ANNOTATED = re.compile(r"\]\s*[({]|\[[^\]]*$")
_UTTER = re.compile(r"\butter_\w+")
# A response that an enum only names is not used yet; `Reply.GREET` somewhere is.
_MEMBER = re.compile(r'^\s+([A-Z][A-Z0-9_]*) = "(utter_\w+)"', re.MULTILINE)
_ASKED = re.compile(r"\bAsk\.([A-Z][A-Z0-9_]*)\b")  # a form asks `utter_ask_<slot>` by itself
_REFERENCE = re.compile(r"\bReply\.([A-Z][A-Z0-9_]*)\b")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong; `error` where it must be mended, else it is only told."""

    where: str
    what: str
    error: bool = True


@dataclass(frozen=True, slots=True)
class Tree:
    """A project: `root` holds domain.yml, data/ and tests/nlu/; `code` the sources that name responses."""

    root: Path
    code: tuple[Path, ...] = ()

    @property
    def nlu(self) -> Path:
        return self.root / "data" / "nlu"

    @property
    def exams(self) -> Path:
        return self.root / "tests" / "nlu"

    def domain(self) -> dict[str, Any]:
        """The domain, from domain.yml or the files of domain/, merged by section."""
        merged: dict[str, Any] = {}
        for path in sorted([*self.root.glob("domain*.yml"), *self.root.glob("domain/**/*.yml")]):
            for section, content in (YAML(typ="safe").load(path) or {}).items():
                before = merged.get(section)
                if isinstance(before, dict) and isinstance(content, dict):
                    merged[section] = {**before, **content}
                elif isinstance(before, list) and isinstance(content, list):
                    merged[section] = [*before, *content]
                else:
                    merged[section] = content
        return merged

    def intents(self) -> list[str]:
        """The intents of the domain, those of the gateway among them."""
        listed = self.domain().get("intents") or []
        return [next(iter(each)) if isinstance(each, dict) else str(each) for each in listed]


def check(tree: Tree) -> list[Finding]:
    """Everything that is wrong with the examples, the responses and the held-out sets of a project."""
    found = examples.read(tree.nlu)
    intents = tree.intents()
    held_out, must_pass = exams.read(tree.exams), exams.read_must_pass(tree.exams)
    return [
        *_coverage(found, intents),
        *_labels(found),
        *_secrets(found),
        *_annotations(found, _entities(tree)),
        *_held_out(found, held_out, must_pass, intents),
        *_must_pass(must_pass),
        *_ours(tree.nlu),
        *_responses(tree),
    ]


def _coverage(found: list[Example], intents: list[str]) -> Iterator[Finding]:
    counts = Counter((example.language, example.intent) for example in found)
    learnt = [intent for intent in intents if not intent.startswith(NO_LABEL)]
    for intent in learnt:
        fewest = FEWEST_OF_A_JOURNEY if intent in JOURNEYS else FEWEST
        own = {language: counts[language, intent] for language in SETS}
        for language, count in own.items():
            if count == 0:
                yield Finding(f"data/nlu/{language}", f"intent {intent} has no example")
            elif count < fewest:
                yield Finding(f"data/nlu/{language}", f"intent {intent} has {count} examples, fewer than {fewest}")
        if min(own.values()) and max(own.values()) > 4 * min(own.values()):
            told = ", ".join(f"{language} {count}" for language, count in own.items())
            yield Finding("data/nlu", f"intent {intent} is unequal: {told}", error=False)
    for language, intent in sorted(set(counts) - {(language, intent) for language in SETS for intent in learnt}):
        what = "is the gateway's" if intent in intents else "is not in the domain"
        yield Finding(f"data/nlu/{language}", f"intent {intent} has examples but {what}")


def _labels(found: list[Example]) -> Iterator[Finding]:
    by_wording: dict[tuple[str, str], list[Example]] = {}
    for example in found:
        by_wording.setdefault((example.language, fold(example.text)), []).append(example)
    twice = 0
    for (language, _), same in by_wording.items():
        intents = sorted({example.intent for example in same})
        twice += len(same) - len(intents)
        if len(intents) > 1:
            yield Finding(f"data/nlu/{language}", f"{same[0].text!r} is an example of {' and of '.join(intents)}")
    if twice:
        yield Finding("data/nlu", f"{twice} examples only repeat another", error=False)


def _secrets(found: list[Example]) -> Iterator[Finding]:
    """A number that adds up may be somebody's, and stands in the model's files; the edge lets none through to be understood."""
    for example in found:
        for kind in sorted(ANY_NUMBER.kinds_in(example.text)):
            where = f"data/nlu/{example.language}/{example.path.name}"
            yield Finding(where, f"an example of {example.intent} holds what may be somebody's {kind} number")


def _entities(tree: Tree) -> set[str]:
    return {
        name for each in tree.domain().get("entities") or () for name in ([each] if isinstance(each, str) else each)
    }


def _annotations(found: list[Example], entities: set[str]) -> Iterator[Finding]:
    """`[2 May](date` is read as words by Rasa, and an entity that the domain doesn't know is learnt in vain."""
    for example in found:
        where = f"data/nlu/{example.language}/{example.path.name}"
        for annotated in _ANNOTATED.finditer(example.text):
            name = annotated["plain"] or _entity_in(annotated["json"])
            if name not in entities:
                yield Finding(where, f"{example.text!r} marks {name or 'nothing'}, which is no entity of the domain")
        if _HALF_ANNOTATED.search(_ANNOTATED.sub("", example.text)):
            yield Finding(where, f"{example.text!r} is annotated by half")


def _entity_in(annotation: str) -> str | None:
    try:
        return str(json.loads(annotation)["entity"])
    except (ValueError, KeyError):
        return None


def _held_out(
    found: list[Example], held_out: list[ExamLine], must_pass: list[ExamLine], intents: list[str]
) -> Iterator[Finding]:
    """What judges a model must not have taught it. A short line of another author's may be the same by chance."""
    known = examples.by_wording(found)
    ours = examples.by_wording([example for example in found if example.path.parent.name == examples.OURS])
    common = 0
    for line in [*held_out, *must_pass]:
        wording = (line.language, fold(line.text))
        if line.intent not in intents:
            yield Finding(f"tests/nlu ({line.language})", f"{line.text!r}: there is no intent {line.intent}")
        if wording not in known:
            continue
        if exams.is_common(line.text) and wording not in ours:
            common += 1
        else:
            where = ours.get(wording, known[wording]).path
            yield Finding(
                f"data/nlu/{line.language}/{where.name}", f"{line.text!r} is held out and must not be trained on"
            )
    if common:
        told = f"{common} short held-out lines are also examples, as anybody writes them"
        yield Finding("tests/nlu", told, error=False)


def _must_pass(must_pass: list[ExamLine]) -> Iterator[Finding]:
    for language in SETS if must_pass else ():
        missing = MUST_PASS_INTENTS - {line.intent for line in must_pass if line.language == language}
        if missing:
            yield Finding("tests/nlu/must_pass.jsonl", f"{language} has no line of {', '.join(sorted(missing))}")


def _ours(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.glob(f"*/{examples.OURS}/*.yml")):
        try:
            content = examples.load(path)
        except NotOurs as error:
            yield Finding(str(path.relative_to(folder)), str(error))
            continue
        for item in content["nlu"][0]["examples"]:
            if not {"author", "labelled", "source"} <= set(item.get("metadata") or ()):
                yield Finding(str(path.relative_to(folder)), f"{item['text']!r} has no author, date and source")


def _responses(tree: Tree) -> Iterator[Finding]:
    """Responses that nothing uses: neither rules and stories, nor forms (`utter_ask_<form>_<slot>`), nor the code."""
    domain = tree.domain()
    responses, forms = domain.get("responses") or {}, domain.get("forms") or {}
    used, members = set(), set()
    defined: dict[str, str] = {}
    for form, settings in forms.items():
        for slot in (settings or {}).get("required_slots") or ():
            used |= {f"utter_ask_{slot}", f"utter_ask_{form}_{slot}"}
    folders = [tree.root / "data" / "rules", tree.root / "data" / "stories", *tree.code]
    for path in (path for folder in folders for path in folder.rglob("*") if path.suffix in {".yml", ".py"}):
        content = path.read_text(encoding="utf-8")
        defined |= {name: member for member, name in _MEMBER.findall(content)}
        used |= set(_UTTER.findall(_MEMBER.sub("", content)))
        members |= set(_REFERENCE.findall(content)) | {f"ASK_{slot}" for slot in _ASKED.findall(content)}
    used |= {name for name, member in defined.items() if member in members}
    for name in sorted(set(responses) - used):
        yield Finding("domain.yml", f"response {name} is not used")
