"""What goes into the inbox, and what counts as the same message."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.training.rules import (
    Heard,
    Label,
    Reason,
    before_handoff,
    entries,
    entry_id,
    fold,
    reasons,
    sampled,
    small_margin,
)
from tests.conftest import NOW

CONVERSATION = UUID(int=1)
SURE = (Label("greet", 0.9), Label("help", 0.05))
TORN = (Label("greet", 0.45), Label("help", 0.40))


def heard(text: str, *, ranking: tuple[Label, ...] = SURE, minutes: int = 0, **more: object) -> Heard:
    at = NOW + timedelta(minutes=minutes)
    return Heard(uuid4(), CONVERSATION, text, "en", at, ranking, **more)  # type: ignore[arg-type] # a test's own facts


@pytest.mark.parametrize(
    ("message", "led", "expected"),
    [
        (heard("hm", missed=True), False, {Reason.FALLBACK}),
        (heard("hm", ranking=TORN), False, {Reason.MARGIN}),
        (heard("hm", ranking=TORN, missed=True), False, {Reason.FALLBACK}),
        (heard("hm"), True, {Reason.HANDOFF}),
        (heard("hm", flagged=True), False, {Reason.FLAGGED}),
        (heard("hm"), False, set()),
    ],
)
def test_why_a_message_is_in_the_inbox(message: Heard, led: bool, expected: set[Reason]) -> None:
    assert reasons(message, led_to_a_person=led) - {Reason.RANDOM} == expected


def test_a_twentieth_is_taken_at_random_and_always_the_same() -> None:
    ids = [UUID(int=n) for n in range(10_000)]
    chosen = {message_id for message_id in ids if sampled(message_id)}
    assert 400 < len(chosen) < 600
    assert chosen == {message_id for message_id in ids if sampled(message_id)}


def test_what_nobody_has_read_is_not_sampled() -> None:
    """A message to a person is not the bot's business, unless somebody says so."""
    found = [heard("hm", ranking=()) for _ in range(500)]
    assert not any(reasons(message, led_to_a_person=False) for message in found)


def test_the_last_two_before_a_person_count_but_not_the_wish_itself() -> None:
    wish = heard("get me a person", ranking=(Label("talk_to_human", 0.9),), minutes=9)
    long_ago, first, second = heard("a", minutes=-40), heard("b", minutes=5), heard("c", minutes=7)
    after = heard("d", minutes=11)
    found = before_handoff([long_ago, first, second, wish, after], [NOW + timedelta(minutes=10)])
    assert found == {first.message_id, second.message_id}
    assert before_handoff([first], []) == set()


def test_one_wording_is_one_entry() -> None:
    """Case, width, punctuation and numbers aside; counted, with where each came from."""
    messages = [heard("Where is it?"), heard("where is it", minutes=3, ranking=TORN), heard("WHERE IS IT!!")]
    [entry] = entries(messages)
    assert (entry.count, len(entry.sources), len(entry.conversations)) == (3, 3, 1)
    assert entry.labels == TORN  # of the latest
    assert len(entries([heard("about 300"), heard("about 450")])) == 1


def test_what_is_nearly_the_same_stands_together() -> None:
    """The largest group first, and in it the most frequent wording."""
    texts = ["my parcel is wet", *["what about my flight then"] * 2, "what about my flight", "and what about my flight"]
    found = entries([heard(text) for text in texts])
    assert [entry.group for entry in found[:3]] == [found[0].id] * 3
    assert found[0].text == "what about my flight then"
    assert found[3].group == found[3].id != found[0].id


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["hello", "hello there", "你好啊", "where is my claim", "where's my claim"]), max_size=12)
)
def test_nothing_is_lost_or_counted_twice(texts: list[str]) -> None:
    found = entries([heard(text) for text in texts])
    assert sum(entry.count for entry in found) == len(texts)
    assert {entry.id for entry in found} == {entry_id("en", text) for text in texts}
    ids = {entry.id for entry in found}
    assert all(entry.group in ids for entry in found)


@settings(deadline=None)
@given(st.text())
def test_folding_twice_folds_no_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=3))
def test_a_margin_is_between_the_two_likeliest(values: list[float]) -> None:
    values.sort(reverse=True)
    ranking = [Label(str(n), value) for n, value in enumerate(values)]
    assert small_margin(ranking) == (values[0] - values[1] < 0.15)
    assert not small_margin(ranking[:1])
