"""The webhook's secret, and buttons that only we can make."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.crypto import keys_of
from channels.errors import Forged
from channels.telegram.verify import BUTTONS, MAX_CALLBACK_BYTES, Button, read_button, sign_button, verify

SECRET = "a-secret_Of-256-bits"
KEYS = keys_of((b"secret",), BUTTONS)
BUTTON = Button(UUID("0199a1b2-0000-7000-8000-000000000001"), 1)
DATA = sign_button(KEYS, BUTTON, "42")


def test_the_secret_passes() -> None:
    verify(SECRET, SECRET)


@pytest.mark.parametrize(
    ("secret", "given_secret", "reason"),
    [(SECRET, None, "unsigned"), (SECRET, "", "unsigned"), ("", "", "not_configured"), (SECRET, "x", "bad_secret")],
)
def test_anything_else_does_not(secret: str, given_secret: str | None, reason: str) -> None:
    with pytest.raises(Forged) as error:
        verify(secret, given_secret)
    assert error.value.reason == reason


@given(st.integers(0, len(SECRET) - 1), st.characters(exclude_categories=["Cs"]))
def test_any_altered_character_of_the_secret_is_rejected(index: int, char: str) -> None:
    altered = SECRET[:index] + char + SECRET[index + 1 :]
    if altered != SECRET:
        with pytest.raises(Forged):
            verify(SECRET, altered)


@given(st.uuids(), st.integers(0, 99), st.integers(1, 2**52))
def test_a_button_comes_back_as_it_was(message_id: UUID, index: int, chat: int) -> None:
    data = sign_button(KEYS, Button(message_id, index), str(chat))
    assert len(data.encode()) <= MAX_CALLBACK_BYTES
    assert read_button(KEYS, data, str(chat)) == Button(message_id, index)


@given(st.integers(0, len(DATA) - 1), st.characters(exclude_categories=["Cs"]))
def test_any_altered_character_of_a_button_is_rejected(index: int, char: str) -> None:
    altered = DATA[:index] + char + DATA[index + 1 :]
    assert (read_button(KEYS, altered, "42") is None) == (altered != DATA)


@given(st.text(max_size=64))
def test_what_we_did_not_make_is_rejected(data: str) -> None:
    assert read_button(KEYS, data, "42") is None


def test_a_button_works_in_its_own_chat_only() -> None:
    assert read_button(KEYS, DATA, "43") is None
    assert read_button(KEYS, None, "42") is None
