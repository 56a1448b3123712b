"""Text made even, the same way wherever it is read."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from actions.normalise.text import fold

ROOT = Path(__file__).resolve().parents[2]


def test_traditional_characters_are_read_as_simplified() -> None:
    assert fold("門診單據,報險") == "门诊单据,报险"


def test_the_model_and_the_parsers_simplify_alike() -> None:
    """Two copies, because Rasa's world imports none of ours."""
    ours, model = ROOT / "actions" / "normalise" / "simplified.txt", ROOT / "bot" / "simplified.txt"
    assert ours.read_text(encoding="utf-8") == model.read_text(encoding="utf-8")


@given(st.text(alphabet="電話门診aB1 １", max_size=30))
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
