"""The transaction of a webhook: what is acknowledged is stored, and what is not stored is said so."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import SQLAlchemyError

from channels.errors import NotStored

log = structlog.get_logger()


@contextmanager
def storing() -> Iterator[None]:
    """Raises NotStored where the database did not take what the block stores."""
    try:
        yield
    except (SQLAlchemyError, psycopg.Error, ConnectorException, OSError) as error:
        log.exception("webhook.not_stored")
        raise NotStored from error
