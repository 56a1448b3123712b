"""Each journey begins on the first day."""

import pytest

from tests.support.live import Live


@pytest.fixture(autouse=True)
def first_day(live: Live) -> None:
    live.forget()
