"""Proof between our processes: it lasts minutes, and only who knows the secret makes it."""

import base64
import hmac

import jwt
import pytest

from backend.kit.passes import CALLERS, FRESH_SECONDS, LEEWAY_SECONDS, LIFE_SECONDS, Door, Passes

SECRET = "k" * 40
NOW = 1_800_000_000.0


def at(moment: float, secret: str = SECRET) -> Passes:
    return Passes(secret, "gateway", lambda: moment)


def test_it_is_a_jwt_as_rasa_reads_them() -> None:
    claims = jwt.decode(
        at(NOW).bearer().removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_exp": False}
    )
    assert claims["user"] == {"username": "gateway", "role": "admin"}
    assert claims["exp"] == NOW + LIFE_SECONDS


def test_another_is_made_each_minute() -> None:
    moment = NOW
    passes = Passes(SECRET, "gateway", lambda: moment)
    first = passes.bearer()
    moment += FRESH_SECONDS - 1
    assert passes.bearer() == first
    moment += 1
    assert passes.bearer() != first


@pytest.mark.parametrize(
    ("age", "admitted"),
    [(0, True), (LIFE_SECONDS, True), (LIFE_SECONDS + LEEWAY_SECONDS, False), (-LEEWAY_SECONDS - 1, False)],
)
def test_it_is_good_for_minutes(age: float, *, admitted: bool) -> None:
    """Asked twice: what was let in before is not let in for longer."""
    given = at(NOW).bearer()
    assert Door(SECRET, lambda: NOW + age).admits(given) is admitted
    moment = NOW
    door = Door(SECRET, lambda: moment)
    assert door.admits(given)
    moment = NOW + LIFE_SECONDS + LEEWAY_SECONDS
    assert not door.admits(given)


def test_nothing_else_is_let_in() -> None:
    door = Door(SECRET, lambda: NOW)
    given = at(NOW).bearer()
    head, body, mac = given.removeprefix("Bearer ").split(".")
    none = jwt.encode({"exp": NOW + 60}, None, algorithm="none")
    for_ever = jwt.encode({"exp": NOW + 10**9}, SECRET, algorithm="HS256")
    no_end = jwt.encode({"sub": "x"}, SECRET, algorithm="HS256")
    for wrong in (
        "", "Bearer ", f"Bearer {SECRET}", f"Basic {head}.{body}.{mac}", f"Bearer {head}.{body}.{mac[:-2]}AA",
        f"Bearer {head}.{body}", f"Bearer {none}", f"Bearer {for_ever}", f"Bearer {no_end}", at(NOW, "o" * 40).bearer(),
        "Bearer é.é.é",
    ):  # fmt: skip
        assert not door.admits(wrong), wrong
    assert door.admits(given)


def test_without_a_secret_nobody_is_let_in() -> None:
    head, body, _ = at(NOW).bearer().split(".")
    unsigned = base64.urlsafe_b64encode(hmac.digest(b"", f"{head}.{body}".removeprefix("Bearer ").encode(), "sha256"))
    assert not Door("", lambda: NOW).admits(f"{head}.{body}.{unsigned.decode().rstrip('=')}")


def test_each_of_several_callers_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes in turn; and however many there are, few are remembered."""
    read = []
    door = Door(SECRET, lambda: NOW)
    decode = jwt.decode
    monkeypatch.setattr(jwt, "decode", lambda *args, **options: (read.append(1), decode(*args, **options))[1])
    callers = [Passes(SECRET, f"gateway {each}", lambda: NOW).bearer() for each in range(CALLERS)]
    for _ in range(3):
        assert all(door.admits(each) for each in callers)
    assert len(read) == CALLERS
    assert door.admits(Passes(SECRET, "another", lambda: NOW).bearer())
    assert door.admits(callers[0])
    assert len(read) == CALLERS + 2
