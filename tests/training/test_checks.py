"""Each hole that `rasa data validate` leaves is closed, in a small project and in this one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.training import checks
from backend.training.checks import Tree, check

ROOT = Path(__file__).parent.parent.parent
HELD_OUT = "this line is held out and long enough to be told from others"
LANGUAGES = {"en": "hello number {}", "zh": "你好第{}次"}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def examples(intent: str, lines: list[str]) -> str:
    block = "".join(f"      - {line}\n" for line in lines)
    return f'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples: |\n{block}'


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A project of one intent with nothing wrong."""
    responses = "responses:\n  utter_greet:\n    - text: Hello\n"
    write(tmp_path / "domain.yml", f"intents: [greet, EXTERNAL_photo]\nentities: [date]\n{responses}")
    write(tmp_path / "data/rules/all.yml", "rules:\n  - steps:\n      - action: utter_greet\n")
    for language, pattern in LANGUAGES.items():
        write(tmp_path / f"data/nlu/{language}/a.yml", examples("greet", [pattern.format(n) for n in range(60)]))
    write(tmp_path / "tests/nlu/en.jsonl", json.dumps({"text": HELD_OUT, "intent": "greet"}) + "\n")
    return Tree(tmp_path)


def test_a_sound_project_has_no_findings(tree: Tree) -> None:
    assert check(tree) == []


def add(tree: Tree, language: str, intent: str, *lines: str) -> None:
    write(tree.nlu / language / "b.yml", examples(intent, list(lines)))


def no_language(tree: Tree) -> None:
    (tree.nlu / "zh/a.yml").unlink()


def domain(tree: Tree, before: str, after: str) -> None:
    path = tree.root / "domain.yml"
    path.write_text(path.read_text().replace(before, after))


def fewer(tree: Tree) -> None:
    write(tree.nlu / "en/a.yml", examples("greet", [f"hello number {n}" for n in range(59)]))


def by_hand(tree: Tree) -> None:
    write(tree.nlu / "en/from_inbox/greet.yml", examples("greet", ["halloo"]))


def must_pass(tree: Tree) -> None:
    line = {"text": "stop", "lang": "en", "intent": "greet"}
    write(tree.exams / "must_pass.jsonl", json.dumps(line) + "\n")


CASES: list[tuple[Callable[[Tree], object], str]] = [
    (lambda tree: domain(tree, "EXTERNAL_photo", "EXTERNAL_photo, help"), "intent help has no example"),
    (no_language, "intent greet has no example"),
    (fewer, "intent greet has 59 examples, fewer than 60"),
    (lambda tree: add(tree, "en", "bye", "see you"), "intent bye has examples but is not in the domain"),
    (
        lambda tree: add(tree, "en", "EXTERNAL_photo", "a photo"),
        "intent EXTERNAL_photo has examples but is the gateway's",
    ),
    (lambda tree: add(tree, "en", "bye", "Hello, number 3!"), "is an example of bye and of greet"),
    (lambda tree: add(tree, "en", "greet", HELD_OUT.upper()), "is held out and must not be trained on"),
    (lambda tree: add(tree, "en", "greet", "hi, GB94 BARC 1020 1530 0934 59"), "may be somebody's account number"),
    (lambda tree: add(tree, "en", "greet", "hi on [2 May](dat)"), "marks dat, which is no entity of the domain"),
    (lambda tree: add(tree, "en", "greet", 'hi on [2 May]{"role": "x"}'), "marks nothing, which is no entity"),
    (lambda tree: add(tree, "en", "greet", "hi on [2 May](date"), "is annotated by half"),
    (
        lambda tree: domain(tree, "  utter_greet", "  utter_bye:\n    - text: Bye\n  utter_greet"),
        "utter_bye is not used",
    ),
    (by_hand, "changed by hand"),
    (must_pass, "en has no line of cancel, report_emergency, report_suspicious, talk_to_human"),
]  # fmt: skip - one case a line reads best


@pytest.mark.parametrize(("spoil", "told"), CASES)
def test_what_is_wrong_is_found(tree: Tree, spoil: Callable[[Tree], object], told: str) -> None:
    spoil(tree)
    found = check(tree)
    assert any(finding.error and told in finding.what for finding in found), found


def test_a_good_annotation_is_none_of_these(tree: Tree) -> None:
    add(tree, "en", "greet", "hi on [2 May](date)", 'hi on [3 May]{"entity": "date"}')
    assert check(tree) == []


def test_a_short_line_may_be_the_same_by_chance(tree: Tree) -> None:
    """Told, not refused; unless it comes from the inbox."""
    write(tree.exams / "en.jsonl", json.dumps({"text": "hello number 3", "intent": "greet"}) + "\n")
    assert [finding.error for finding in check(tree)] == [False]


def test_this_repository_is_sound() -> None:
    found = check(Tree(ROOT, tuple(ROOT / name for name in ("actions", "backend", "channels"))))
    assert [finding for finding in found if finding.error] == []


def test_every_journey_is_an_intent() -> None:
    assert set(Tree(ROOT).intents()) >= checks.JOURNEYS
