"""Structured logs on standard output: JSON in production, readable in development. Phone numbers never get through."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from backend.kit.settings import Settings
from backend.vault.rules import mask_numbers

_PHONE = re.compile(r"\+\d{7,15}")


def scrub(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Last line of defence: a number that should not have been logged is masked."""
    for key, value in event.items():
        if isinstance(value, str) and key not in {"timestamp", "level"}:
            event[key] = _PHONE.sub(lambda m: f"••{m.group()[-4:]}", mask_numbers(value))
    return event


def configure(settings: Settings) -> None:
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if settings.development
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "httpcore", "twilio.http_client", "telegram", "procrastinate"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            scrub,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
