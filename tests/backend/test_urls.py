"""The two ways to write a database's URL."""

import pytest

from backend.kit.urls import plain_url, sqlalchemy_url


@pytest.mark.parametrize(
    ("given", "with_driver", "plain"),
    [
        ("postgres://a@h/d", "postgresql+psycopg://a@h/d", "postgres://a@h/d"),
        ("postgresql://a@h/d?x=1", "postgresql+psycopg://a@h/d?x=1", "postgresql://a@h/d?x=1"),
        ("postgresql+psycopg://a:+psycopg@h/d", "postgresql+psycopg://a:+psycopg@h/d", "postgresql://a:+psycopg@h/d"),
        ("", "", ""),
    ],
)
def test_each_of_the_other(given: str, with_driver: str, plain: str) -> None:
    """What stands in a password stays."""
    assert (sqlalchemy_url(given), plain_url(given)) == (with_driver, plain)
