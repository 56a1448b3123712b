"""The database's schema: brought up to date at every start, compared with the models in a test."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

import backend.claims.models
import backend.conversations.models
import backend.customers.models
import backend.handoff.models
import backend.identity.models
import backend.payouts.models
import backend.policies.models
import backend.review.models  # noqa: F401 - importing a models module puts its tables into the metadata
from backend.kit.db import Model


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "backend" / "migrations"))
    config.attributes["url"] = url
    config.attributes["metadata"] = Model.metadata
    return config


def migrate(url: str) -> None:
    """Apply what is missing. Safe to call from several processes at once."""
    command.upgrade(alembic_config(url), "head")


def revise(url: str, message: str) -> Any:
    """Write a migration for what the models have and the database has not."""
    return command.revision(alembic_config(url), message=message, autogenerate=True)
