"""Labels go into files of ours, and those of people stay as they are."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.training import examples
from backend.training.errors import NotLabelled, NotOurs
from backend.training.examples import Labelled
from backend.training.labels import Choice, Labels

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 23)
INTENTS = ["greet", "help", "EXTERNAL_photo", "nlu_fallback"]


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    """Some of the repository's own examples, in a copy."""
    for language in ("en", "zh"):
        (tmp_path / language).mkdir()
        shutil.copy(ROOT / "data/nlu" / language / "smalltalk.yml", tmp_path / language)
    return tmp_path


def labels(nlu: Path) -> Labels:
    return Labels(nlu, ROOT / "tests/nlu", INTENTS)


def contents(nlu: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in nlu.rglob("*.yml") if path.parent.name != examples.OURS}


def test_files_of_people_stay_byte_for_byte(nlu: Path) -> None:
    before = contents(nlu)
    for text, language in (("zounds, good morrow", "en"), ("哈喽哈喽在不在呀", "zh"), ("halloo you lot", "en")):
        labels(nlu).take(Choice(text, language, "greet", ("0f3a",)), "mei", TODAY)
    assert contents(nlu) == before
    written = (nlu / "en/from_inbox/greet.yml").read_text()
    assert written.startswith("# Written by `anpei nlu label`")
    assert "author: mei\n          labelled: '2026-11-23'\n          source: 0f3a" in written
    assert "zounds, good morrow" in written
    assert {"halloo you lot", "哈喽哈喽在不在呀"} <= {example.text for example in examples.read(nlu)}


def test_a_wording_is_taken_once_and_under_one_label(nlu: Path) -> None:
    own = labels(nlu)
    assert own.take(Choice("zounds, good morrow", "en", "greet"), "mei", TODAY).path
    assert own.take(Choice("ZOUNDS good morrow!", "en", "greet"), "mei", TODAY).path is None
    with pytest.raises(NotLabelled, match=r"is greet in en/from_inbox/greet\.yml"):
        own.take(Choice("zounds good morrow", "en", "help"), "mei", TODAY)


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        (
            Choice("dropped my phone sat nite outside the pub, screen in bits. need to put a claim in", "en", "greet"),
            "exam",
        ),
        (Choice("Agent", "en", "greet"), "exam"),  # a short one too: what is written here is never by chance
        (Choice("zounds", "fr", "greet"), "language"),
        (Choice("zounds", "en", "EXTERNAL_photo"), "intent"),
        (Choice("zounds", "en", "nlu_fallback"), "intent"),
        (Choice(" / ", "en", "greet"), "length"),
        (Choice("zounds " * 60, "en", "greet"), "length"),
    ],
)  # fmt: skip - one case a line reads best
def test_what_cannot_be_an_example_is_refused(nlu: Path, choice: Choice, reason: str) -> None:
    with pytest.raises(NotLabelled) as refused:
        labels(nlu).take(choice, "mei", TODAY)
    assert refused.value.params["reason"] == reason
    assert not list(nlu.glob("*/from_inbox/*.yml"))


def test_personal_data_and_what_rasa_would_read_never_get_in(nlu: Path) -> None:
    text = '/greet{"a": 1} [hi](name) my name is Grace Hopper'
    taken = labels(nlu).take(Choice(text, "en", "greet"), "mei", TODAY)
    assert taken.choice.text == 'greet{"a": 1} hi (name) my name is Sam Lee'


def test_no_label_fits_is_remembered(nlu: Path) -> None:
    own = labels(nlu)
    assert not own.seen("en", "flibber gibbet")
    own.take(Choice("flibber gibbet", "en", None), "mei", TODAY)
    assert own.seen("en", "Flibber gibbet?")
    assert labels(nlu).seen("en", "flibber gibbet")
    assert labels(nlu).seen("en", "hello")  # an example already


def test_a_file_changed_by_hand_is_left_alone(nlu: Path) -> None:
    own = labels(nlu)
    path = own.take(Choice("zounds, good morrow", "en", "greet"), "mei", TODAY).path
    assert path
    path.write_text(path.read_text() + "          note:   mine\n")
    before = path.read_bytes()
    with pytest.raises(NotOurs):
        own.take(Choice("halloo you lot", "en", "greet"), "mei", TODAY)
    assert path.read_bytes() == before


LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Zl", "Zp")), min_size=1, max_size=60).filter(
    str.strip
)


@settings(deadline=None)
@given(st.lists(LINE, min_size=1, max_size=5))
def test_any_text_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    nlu = tmp_path_factory.mktemp("nlu")
    stripped = [text.strip() for text in texts]
    for text in stripped:
        path = examples.add(nlu, Labelled(text, "greet", "en", "mei", TODAY, ()))
    assert [example.text for example in examples.read(nlu)] == stripped
    assert examples.dump(examples.load(path)) == path.read_bytes()
