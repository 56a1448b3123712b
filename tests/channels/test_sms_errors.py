"""What Twilio's refusals mean, complete over everything its client and transport raise."""

import aiohttp
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from channels.sms.errors import PASSING, PERMANENT, failure


def refused(status: int, code: int | None) -> TwilioRestException:
    return TwilioRestException(status, "/Messages.json", "no", code)


@pytest.mark.parametrize("code", [21610, 30005, 30006, 21211, 21614, 30007, 21617])
def test_permanent(code: int) -> None:
    found = failure(refused(400, code))
    assert (found.permanent, found.unknown, found.provider_code) == (True, False, str(code))


@pytest.mark.parametrize(("status", "code"), [(400, 30001), (400, 30003), (400, 30008), (429, 20429), (503, None)])
def test_worth_another_try(status: int, code: int | None) -> None:
    found = failure(refused(status, code))
    assert (found.permanent, found.unknown) == (False, False)


def test_no_code_is_both() -> None:
    assert not PERMANENT.keys() & PASSING.keys()


def test_an_unlisted_refusal_would_be_refused_again() -> None:
    assert failure(refused(400, 99999)).permanent
    assert failure(refused(404, 20404)).permanent


def test_a_problem_document_is_read_too() -> None:
    problem = TwilioServiceException("https://x", "Unsubscribed", 400, 21610)
    assert failure(problem).permanent


def exceptions_of_aiohttp() -> list[type[Exception]]:
    found: list[type[Exception]] = [TimeoutError]
    waiting: list[type[Exception]] = [aiohttp.ClientError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("kind", exceptions_of_aiohttp(), ids=lambda kind: kind.__name__)
def test_every_transport_error_means_something(kind: type[Exception]) -> None:
    """Never sent: again. Sent without an answer: unknown, and never again blindly."""
    never_left = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    found = failure(kind.__new__(kind))
    assert not found.permanent
    assert found.unknown == (not issubclass(kind, never_left))


def test_missing_credentials_are_no_passing_trouble() -> None:
    assert failure(TwilioException("Credentials are required")).provider_code == "not_configured"


def test_a_mistake_of_ours_stays_one() -> None:
    with pytest.raises(KeyError):
        failure(KeyError("bug"))
