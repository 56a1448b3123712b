"""What Telegram's refusals mean for a message, as python-telegram-bot raises them.

TelegramError
├── Forbidden         the customer has blocked the bot or is gone: permanent
├── InvalidToken      ours to put right (so is EndPointNotFound): tried again
├── RetryAfter        429: nothing may be sent to anybody before then
├── ChatMigrated      a group, which we never write to: permanent
├── Conflict          another webhook or poller: tried again
├── NetworkError      5xx: tried again; a broken connection: unknown, unless it never came about
│   ├── BadRequest    the same message would be refused again: permanent
│   └── TimedOut      unknown, unless the request had not left yet
└── PassportDecryptionError  never raised by what we call
"""

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from backend.conversations.ports import UNKNOWN, SendFailed

# Raised before a byte of the request has left.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def failure(error: TelegramError) -> SendFailed:  # noqa: PLR0911 - one row of the tree above each
    """The SendFailed that tells what `error` means."""
    match error:
        case RetryAfter():
            return SendFailed("429", retry_after=seconds(error))
        case Forbidden():
            return SendFailed("blocked", permanent=True)
        case InvalidToken() | EndPointNotFound():
            return SendFailed("unauthorised")
        case ChatMigrated():
            return SendFailed("chat_migrated", permanent=True)
        case BadRequest():
            return SendFailed("bad_request", permanent=True)
        case Conflict():
            return SendFailed("conflict")
        case NetworkError():
            return _network(error)
    return SendFailed("telegram_error", permanent=True)


def _network(error: NetworkError) -> SendFailed:
    if isinstance(error.__cause__, NOT_SENT):
        return SendFailed("unreachable")
    if isinstance(error.__cause__, httpx.HTTPError):
        return SendFailed(UNKNOWN)  # it has left and may have been taken; Telegram has no receipts to wait for
    return SendFailed("server_error")


def seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()
