"""The database's schema: brought up to date at every start, compared with the models in a test."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from backend.kit.settings import Settings


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "backend" / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str, master: bytes | None = None, secrets: Sequence[bytes] | None = None) -> None:
    """Apply what is missing. Safe to call from several processes at once.

    `master`: key material of the master key, which seals what is there; `secrets`: what was sealed with before; None for
    the environment's. Raises MissingSettings where they don't open what is there.
    """
    config = alembic_config(url)
    config.attributes["master"] = Settings().master_secret if master is None else master
    config.attributes["secrets"] = tuple(Settings().secrets if secrets is None else secrets)
    command.upgrade(config, "head")


def comparable(url: str) -> Config:
    """A configuration that knows the models: to compare the database with them, and to write migrations."""
    import anpei.models  # noqa: PLC0415 - a start applies migrations without loading a single model

    config = alembic_config(url)
    config.attributes["metadata"] = anpei.models.METADATA
    return config


def revise(url: str, message: str) -> Any:
    """Write a migration for what the models have and the database has not."""
    return command.revision(comparable(url), message=message, autogenerate=True)
