"""When the money comes, in the customer's own calendar."""

from datetime import UTC, datetime

import pytest

from backend.claims.models import Claim
from backend.payouts.endpoints import _view
from backend.payouts.schemas import PaymentState


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Shanghai", "Thu 26 Nov 2026"), ("America/New_York", "Wed 25 Nov 2026")]
)
def test_the_day_is_the_customers(zone: str, day: str) -> None:
    """Half past eleven at night in UTC is the next morning in Shanghai."""
    claim = Claim(number="CL-7K2M9QXD", due_at=datetime(2026, 11, 25, 23, 27, tzinfo=UTC))
    view = _view(claim, PaymentState.WAITING, None, None, zone)
    assert view.date_text is not None
    assert view.date_text["en"] == day
