"""The catalogue keeps what the product promises: everyday claims are decided at once, in every currency."""

from datetime import date, timedelta

import pytest

from backend.kit.errors import NotFound
from backend.policies import catalogue
from backend.review.models import Outcome
from backend.review.rules import Facts, review

TODAY = date(2026, 11, 23)
CURRENCIES = {"USD", "GBP", "CNY", "SGD"}


def everyday(key: str, currency: str, amount_minor: int) -> Facts:
    """Yesterday, with a photo, by a customer of four months who claims for the first time."""
    product = catalogue.product(key)
    return Facts(
        claim_type=key, currency=currency, amount_minor=amount_minor, limit_minor=product.limits[currency],
        deductible_minor=product.deductible[currency], fast_lane_minor=product.fast_lane_limit[currency],
        waiting_days=product.waiting_days, photo_required=product.photo == "required", photos=1,
        incident_on=TODAY - timedelta(1), submitted_on=TODAY, policy_starts_on=TODAY - timedelta(120),
        policy_ends_on=TODAY + timedelta(244), earlier_minor=0, same_event=(), same_photo=(), claims_30_days=0,
        claims_365_days=0, account_age_days=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "amount_minor", "approved_minor"),
    [("USD", 18000, 15500), ("CNY", 120000, 110000)],
    ids=["my phone screen cracked yesterday, the repair is 180 dollars", "手机屏幕昨天摔碎了,修要1200块"],
)
def test_a_cracked_screen_takes_the_fast_lane(currency: str, amount_minor: int, approved_minor: int) -> None:
    verdict = review(everyday("device_screen", currency, amount_minor))
    assert verdict.approved is not None
    assert verdict.approved.minor == approved_minor


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
@pytest.mark.parametrize("product", catalogue.products(), ids=lambda product: product.key)
def test_the_fast_lane_is_open_up_to_its_limit(product: catalogue.Product, currency: str) -> None:
    assert set(product.limits) == CURRENCIES
    top = product.fast_lane_limit[currency]
    assert review(everyday(product.key, currency, top)).outcome is Outcome.APPROVE
    assert review(everyday(product.key, currency, top + 1)).outcome is Outcome.ADJUSTER
    assert review(everyday(product.key, currency, product.deductible[currency])).outcome is Outcome.ADJUSTER


def test_the_five_products() -> None:
    keys = [product.key for product in catalogue.products()]
    assert keys == ["device_screen", "motor_glass", "travel_delay", "outpatient", "home_water"]
    with pytest.raises(NotFound):
        catalogue.product("yacht")
