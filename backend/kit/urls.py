"""One database, two ways to write its URL: with the driver named, as SQLAlchemy wants it, and plain, as libpq does."""

WITH_DRIVER, PLAIN = "postgresql+psycopg", "postgresql"


def sqlalchemy_url(url: str) -> str:
    """Operators write postgresql://…; SQLAlchemy wants the driver named."""
    scheme, found, rest = url.partition("://")
    return f"{WITH_DRIVER}://{rest}" if found and scheme in {"postgres", PLAIN} else url


def plain_url(url: str) -> str:
    """For psycopg and libpq, from SQLAlchemy's."""
    scheme, found, rest = url.partition("://")
    return f"{PLAIN}://{rest}" if found and scheme == WITH_DRIVER else url
