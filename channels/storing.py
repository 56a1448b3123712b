"""The transaction of a webhook: what is acknowledged is stored, and what is not stored is said so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import SQLAlchemyError

from backend.kit.db import Session
from backend.kit.services import Services
from channels.errors import NotStored

log = structlog.get_logger()


@asynccontextmanager
async def storing(services: Services) -> AsyncIterator[Session]:
    """As `services.db.transaction()`. Raises NotStored where the database did not take it."""
    try:
        async with services.db.transaction() as session:
            yield session
    except (SQLAlchemyError, ConnectorException, OSError) as error:
        log.exception("webhook.not_stored")
        raise NotStored from error
