"""What Twilio's refusals mean for a message.

Codes: https://www.twilio.com/docs/api/errors. A code that is not listed is judged by its HTTP status: 429 and 5xx may
pass with time; for any other, the same request would be refused the same way.
"""

from http import HTTPStatus

import aiohttp
from twilio.base.exceptions import (  # type: ignore[import-untyped] # ships no types
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)

from backend.conversations.ports import UNKNOWN, SendFailed

TOO_MANY = 429
RECEIPT_SECONDS = 30.0  # in which the first receipt of a message that Twilio has taken is here, and many times over
OPTED_OUT = 21610

PERMANENT = {
    OPTED_OUT: "the customer has written STOP; only their START ends it",
    21211: "not a phone number",
    21214: "the number can't be reached",
    21217: "not a phone number",
    21408: "no permission to send to that region",
    21602: "no text",
    21612: "no way from our number to theirs",
    21614: "not a mobile number",
    21617: "longer than 1600 characters",
    30004: "blocked by the recipient",
    30005: "unknown number",
    30006: "a landline, or a carrier that can't be reached",
    30007: "filtered by the carrier: the same text must never be sent again",
}
PASSING = {
    20003: "wrong credentials: ours to put right, and nothing the customer did",
    20429: "too many requests",
    21611: "our number's queue is full",
    30001: "queue overflow",
    30002: "account suspended: ours to put right",
    30003: "the phone is off or out of reach",
    30008: "unknown reason, says the carrier",
    30022: "over the rate of our number",
}

# Raised before a byte of the request has left.
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


def failure(error: Exception) -> SendFailed:
    """The SendFailed that tells what `error`, raised by Twilio's client or its transport, means."""
    if isinstance(error, (TwilioRestException, TwilioServiceException)):
        return _refusal(error.status, error.code)
    if isinstance(error, NOT_SENT):
        return SendFailed("unreachable")
    if isinstance(error, (aiohttp.ClientError, TimeoutError, ValueError)):
        # It has left, and no answer that can be read came back: it may have been taken, and a receipt may tell.
        return SendFailed(UNKNOWN, retry_after=RECEIPT_SECONDS)
    if isinstance(error, TwilioException):
        return SendFailed("not_configured", permanent=True)  # raised before any request, over missing credentials
    raise error


def _refusal(status: int, code: int | None) -> SendFailed:
    number = code or status
    if number in PERMANENT:
        return SendFailed(str(number), permanent=True, stopped=number == OPTED_OUT)
    if number in PASSING or status == TOO_MANY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendFailed(str(number), retry_after=1.0 if status == TOO_MANY else None)
    return SendFailed(str(number), permanent=True)
