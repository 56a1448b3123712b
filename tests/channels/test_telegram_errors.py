"""What Telegram's refusals mean, complete over everything its client raises."""

from datetime import timedelta

import httpx
import pytest
from telegram import error as errors

from channels.telegram.errors import failure, seconds

# Class → (arguments, code, permanent)
MEANING = {
    "BadRequest": (("chat not found",), "bad_request", True),
    "ChatMigrated": ((-100,), "chat_migrated", True),
    "Conflict": (("webhook",), "conflict", False),
    "EndPointNotFound": (("x",), "unauthorised", False),
    "Forbidden": (("bot was blocked by the user",), "blocked", True),
    "InvalidToken": (("x",), "unauthorised", False),
    "NetworkError": (("Bad Gateway",), "server_error", False),
    "PassportDecryptionError": (("x",), "telegram_error", True),
    "RetryAfter": ((3,), "429", False),
    "TelegramError": (("x",), "telegram_error", True),
    "TimedOut": ((), "server_error", False),
}


def test_the_map_is_complete() -> None:
    assert set(MEANING) == set(errors.__all__)


@pytest.mark.parametrize("name", MEANING)
def test_every_error_means_something(name: str) -> None:
    arguments, code, permanent = MEANING[name]
    found = failure(getattr(errors, name)(*arguments))
    assert (found.provider_code, found.permanent) == (code, permanent)


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (httpx.ConnectError("x"), "unreachable"), (httpx.ConnectTimeout("x"), "unreachable"),
        (httpx.PoolTimeout("x"), "unreachable"), (httpx.ReadTimeout("x"), "unknown"), (httpx.ReadError("x"), "unknown"),
        (httpx.RemoteProtocolError("x"), "unknown"), (httpx.WriteTimeout("x"), "unknown"),
    ],
)  # fmt: skip
def test_a_broken_connection_is_told_apart_by_what_had_left(cause: Exception, code: str) -> None:
    error = errors.TimedOut()
    error.__cause__ = cause
    assert failure(error).provider_code == code


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_the_wait_after_too_many() -> None:
    assert seconds(errors.RetryAfter(7)) == 7
    assert seconds(errors.RetryAfter(timedelta(seconds=8))) == 8
