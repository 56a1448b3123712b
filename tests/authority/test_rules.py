"""How far authority reaches: nearer grants first, the standard where nothing is granted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.authority.models import Act
from backend.authority.rules import STANDARD, Given, holds, reach, reaches
from backend.kit.money import Money

APPROVE = Act.APPROVE_CLAIM


@pytest.mark.parametrize(
    ("grants", "product", "currency", "most"),
    [
        ((), "outpatient", "USD", 100_000),
        ((), "outpatient", "JPY", 0),  # a currency nobody thought of is nobody's
        ((Given(APPROVE, None, "USD", 250_000),), "outpatient", "USD", 250_000),
        ((Given(APPROVE, None, "USD", 250_000),), "outpatient", "GBP", 80_000),
        ((Given(APPROVE, None, "USD", 0),), "outpatient", "USD", 0),
        ((Given(APPROVE),), "outpatient", "CNY", None),
        ((Given(APPROVE), Given(APPROVE, "outpatient", "USD", 5_000)), "outpatient", "USD", 5_000),
        ((Given(APPROVE, "motor_glass", "USD", 900_000),), "outpatient", "USD", 100_000),
        ((Given(APPROVE, None, "USD", 1), Given(APPROVE, None, "USD", 7)), None, "USD", 7),
    ],
)  # fmt: skip
def test_reach(grants: tuple[Given, ...], product: str | None, currency: str, most: int | None) -> None:
    assert reach(grants, APPROVE, product, currency) == most


def test_a_role_is_nobodys_by_standard() -> None:
    assert not holds((), Act.INVESTIGATE)
    assert holds((Given(Act.INVESTIGATE),), Act.INVESTIGATE)
    assert reach((), Act.RELEASE_PAYOUT, None, "USD") == 0


grants = st.builds(
    Given,
    act=st.sampled_from(list(Act)), product=st.sampled_from([None, "outpatient", "motor_glass"]),
    currency=st.sampled_from([None, "USD", "CNY"]), limit_minor=st.none() | st.integers(0, 10**7),
)  # fmt: skip


@given(st.lists(grants, max_size=6), st.sampled_from(list(Act)), st.sampled_from(["USD", "CNY"]), st.integers(0, 10**8))
def test_more_never_reaches_where_less_does_not(held: list[Given], act: Act, currency: str, minor: int) -> None:
    """Monotone in the amount, blind to grants of other acts and currencies, and nothing out of nowhere."""
    assert reaches(held, act, "outpatient", Money(currency, minor)) <= reaches(
        held, act, "outpatient", Money(currency, minor // 2)
    )
    relevant = [
        g for g in held if g.act is act and g.currency in {None, currency} and g.product in {None, "outpatient"}
    ]
    assert reach(held, act, "outpatient", currency) == reach(relevant, act, "outpatient", currency)
    if not relevant:
        assert reach(held, act, "outpatient", currency) == STANDARD.get(act, {}).get(currency, 0)
