"""The review rules: pure, so every case is an example and every promise a property."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.claims.models import Lane
from backend.kit.money import Money
from backend.review.models import Outcome
from backend.review.rules import Facts, payable, review

TODAY = date(2026, 11, 23)
SIMPLE = Facts(
    claim_type="device_screen", currency="USD", amount_minor=18000, limit_minor=50000, deductible_minor=2500,
    fast_lane_minor=30000, waiting_days=14, photo_required=True, photos=1, incident_on=TODAY - timedelta(1),
    submitted_on=TODAY, policy_starts_on=TODAY - timedelta(120), policy_ends_on=TODAY + timedelta(240),
    earlier_minor=0, same_event=(), same_photo=(), claims_30_days=0, claims_365_days=0, account_age_days=120,
)  # fmt: skip


def codes(facts: Facts) -> set[str]:
    return {reason.code for reason in review(facts).reasons}


def test_a_simple_claim_is_approved_less_the_deductible() -> None:
    verdict = review(SIMPLE)
    assert (verdict.outcome, verdict.lane, verdict.approved) == (Outcome.APPROVE, Lane.FAST, Money("USD", 15500))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"photos": 0}, "photo_missing"),
        ({"incident_on": TODAY - timedelta(121)}, "not_in_force"),
        ({"incident_on": TODAY - timedelta(110)}, "waiting_period"),
        ({"amount_minor": 30001}, "above_fast_lane"),
        ({"amount_minor": 2500}, "below_deductible"),
        ({"earlier_minor": 40000}, "limit_reached"),
        ({"same_event": ("CL-1",)}, "same_event"),
        ({"claims_30_days": 3}, "many_claims"),
        ({"account_age_days": None}, "no_account"),
        ({"account_age_days": 3}, "fresh_account"),
    ],
)
def test_what_goes_to_a_person(change: dict[str, object], code: str) -> None:
    facts = replace(SIMPLE, **change)  # type: ignore[arg-type] # examples by name
    verdict = review(facts)
    assert verdict.outcome is Outcome.ADJUSTER
    assert verdict.approved is None
    assert code in codes(facts)


def test_somebody_elses_photo_is_investigated() -> None:
    verdict = review(replace(SIMPLE, same_photo=("CL-1",)))
    assert (verdict.outcome, verdict.lane) == (Outcome.INVESTIGATION, Lane.INVESTIGATION)


amounts = st.integers(0, 10**7)
facts_of_any_kind = st.builds(
    Facts,
    claim_type=st.just("device_screen"), currency=st.just("USD"), amount_minor=st.integers(1, 10**8),
    limit_minor=amounts, deductible_minor=amounts, fast_lane_minor=amounts, waiting_days=st.integers(0, 60),
    photo_required=st.booleans(), photos=st.integers(0, 3), incident_on=st.dates(date(2025, 1, 1), TODAY),
    submitted_on=st.just(TODAY), policy_starts_on=st.dates(date(2025, 1, 1), TODAY), policy_ends_on=st.dates(TODAY),
    earlier_minor=amounts, same_event=st.sampled_from([(), ("CL-1",)]), same_photo=st.sampled_from([(), ("CL-2",)]),
    claims_30_days=st.integers(0, 9), claims_365_days=st.integers(0, 20),
    account_age_days=st.none() | st.integers(0, 1000),
)  # fmt: skip


@given(facts_of_any_kind)
def test_no_machine_denies_and_no_approval_pays_too_much(facts: Facts) -> None:
    """Whatever the facts: never a denial; an approval is within claim, deductible, limit and fast lane."""
    verdict = review(facts)
    assert verdict.outcome is not Outcome.DENY
    assert verdict.reasons
    if verdict.approved is not None:
        assert verdict.outcome is Outcome.APPROVE
        assert 0 < verdict.approved.minor == facts.amount_minor - facts.deductible_minor
        assert verdict.approved.minor + facts.earlier_minor <= facts.limit_minor
        assert facts.amount_minor <= facts.fast_lane_minor


@given(facts_of_any_kind)
def test_the_same_facts_give_the_same_answer(facts: Facts) -> None:
    assert review(facts) == review(replace(facts))
    assert payable(facts) >= 0
