"""Prepares Rasa for a command: light and swift unless asked otherwise, honest always."""

from __future__ import annotations

import logging
import os
import sys
import warnings

from bot import light, swift


def prepare() -> None:
    """Install what `bot.light`, `bot.swift` and `bot.conduct` say; to be called before any other import of Rasa.

    Logs go to standard error, from LOG_LEVEL (WARNING) up: below it Rasa logs what customers write.
    """
    level = os.environ.setdefault("LOG_LEVEL", "WARNING").upper()
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    import sanic  # noqa: F401  # importing it sets a filter, so ours comes after

    warnings.filterwarnings("ignore", category=DeprecationWarning)  # Rasa's and its dependencies', none ours to mend
    warnings.filterwarnings("ignore", message="Slot auto-fill")  # Rasa says it whenever it checks a domain
    if light.wanted() and light.install():
        swift.install()
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.getLevelName(level))
    from bot import conduct

    conduct.install()
