"""What follows from ANPEI_SECRET, of one or of several: the first makes, all of them know what they made."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from anpei.supervisor import actions_token
from backend.kit import crypto
from backend.kit.crypto import Keys, keys_of
from backend.kit.settings import InsecureSettings, Settings
from tests.support.secrets import NEW, OLD, after, before, both

SECRET = st.binary(min_size=1, max_size=60)
SECRETS = st.lists(SECRET, min_size=1, max_size=4, unique=True)
PARTS = st.lists(st.text(alphabet=st.characters(exclude_characters="\x1f", exclude_categories=["Cs"])), max_size=3)


def keys(*secrets: bytes, purpose: str = "a purpose") -> Keys:
    return keys_of(secrets, purpose)


@given(SECRETS, st.data(), PARTS, st.integers(1, 64))
def test_what_any_of_them_made_is_known(
    secrets: list[bytes], data: st.DataObject, parts: list[str], length: int
) -> None:
    one = keys(data.draw(st.sampled_from(secrets)))
    hashed, sealed = one.hash(*parts, length=length), one.seal("".join(parts), context="here")
    several = keys(*secrets)
    assert several.made(hashed, *parts, length=length)
    assert hashed in several.hashes(*parts, length=length)
    assert several.unseal(sealed, context="here") == "".join(parts)


@given(st.lists(SECRET, min_size=2, max_size=4, unique=True), PARTS)
def test_what_none_of_them_made_is_not(secrets: list[bytes], parts: list[str]) -> None:
    several, stranger = keys(*secrets[:-1]), keys(secrets[-1])
    assert not several.made(stranger.hash(*parts), *parts)
    assert not several.made("", *parts)
    for sealed, context in ((stranger.seal("x", context="here"), "here"), (several.seal("x", context="here"), "there")):
        with pytest.raises(InvalidTag):
            several.unseal(sealed, context=context)


@given(SECRETS, PARTS)
def test_the_first_makes_all_that_is_new(secrets: list[bytes], parts: list[str]) -> None:
    several, first = keys(*secrets), keys(secrets[0])
    assert several.hash(*parts) == several.hashes(*parts)[0] == first.hash(*parts)
    assert first.unseal(several.seal("x", context="here"), context="here") == "x"
    assert several.newest_last[-1] == several.newest == first.newest


@given(SECRET, PARTS)
def test_of_one_secret_there_is_one_hash(secret: bytes, parts: list[str]) -> None:
    """A look-up asks for as many rows as there are secrets: no more than before for who has one."""
    assert keys(secret).hashes(*parts) == (crypto.keyed_hash(crypto.derive(secret, "a purpose"), *parts),)


@given(SECRET)
def test_each_purpose_has_keys_of_its_own(secret: bytes) -> None:
    assert keys(secret).newest != keys(secret, purpose="another").newest


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (OLD, [OLD]),
        (f"{NEW},{OLD}", [NEW, OLD]),
        (f"{NEW} ,\n {OLD}", [NEW, OLD]),
        (f"{NEW},{OLD},", [NEW, OLD]),
        (f"{OLD}\n", [f"{OLD}\n"]),  # from a file: it was part of the secret when there was but one
    ],
)
def test_how_several_are_written(given: str, read: list[str]) -> None:
    assert [each.decode() for each in Settings(secret=SecretStr(given)).secrets] == read


@pytest.mark.parametrize("none", ["", ",", " , "])
def test_nothing_is_signed_with_nothing(none: str) -> None:
    with pytest.raises(InsecureSettings, match="ANPEI_SECRET"):
        _ = Settings(secret=SecretStr(none)).secrets


def test_our_processes_start_together_and_take_the_first() -> None:
    settings = Settings()
    assert actions_token(both(settings)) == actions_token(after(settings)) != actions_token(before(settings))


def test_a_secret_stands_in_no_repr() -> None:
    assert str(keys(b"secret").newest) not in repr(keys(b"secret"))
