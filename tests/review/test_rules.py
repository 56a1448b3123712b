"""The review rules: pure, so every case is an example and every promise a property."""

import inspect
import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.claims.models import Lane
from backend.kit.money import Money
from backend.review import rules_v2
from backend.review.models import Outcome
from backend.review.rules import Facts, as_json, deductible_due, payable, read, review

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
        ({"photos": 0, "photos_declined": True}, "photo_declined"),
        ({"incident_on": TODAY - timedelta(121)}, "not_in_force"),
        ({"incident_on": TODAY - timedelta(110)}, "waiting_period"),
        ({"policy_starts_on": TODAY - timedelta(5), "incident_on": TODAY, "waiting_days": 0}, "fresh_policy"),
        ({"amount_minor": 30001}, "above_fast_lane"),
        ({"amount_minor": 2500}, "below_deductible"),
        ({"earlier_minor": 40000}, "limit_reached"),
        ({"event_limit_minor": 15000}, "event_limit_reached"),
        ({"event_limit_minor": 30000, "event_earlier_minor": 20000}, "event_limit_reached"),
        ({"same_event": ("CL-1",)}, "same_event"),
        ({"similar_photo": ("CL-1",)}, "similar_photo"),
        ({"same_photo_own": ("CL-1",)}, "same_photo_own"),
        ({"claims_30_days": 3}, "many_claims"),
        ({"claims_365_days": 8}, "many_claims"),
        ({"same_kind_90_days": 3}, "many_of_kind"),
        ({"account_age_days": None}, "no_account"),
        ({"account_currency": "GBP"}, "no_account"),
        ({"account_age_days": 3}, "fresh_account"),
        ({"account_changing": True}, "account_changing"),
        ({"contact_changed_days": 29}, "contact_changed"),
        ({"usual_count": 50, "usual_minor": 9000, "usual_most_minor": 17999}, "unusual_amount"),
        ({"score_permille": 995, "score_reasons": ("amount_high",)}, "unusual_pattern"),
    ],
)
def test_what_goes_to_a_person(change: dict[str, object], code: str) -> None:
    facts = replace(SIMPLE, **change)  # type: ignore[arg-type] # examples by name
    verdict = review(facts)
    assert (verdict.outcome, verdict.lane, verdict.approved) == (Outcome.ADJUSTER, Lane.ADJUSTER, None)
    assert code in codes(facts)


@pytest.mark.parametrize(
    "change",
    [
        {"usual_count": 49, "usual_most_minor": 100},  # too few to say what is usual
        {"usual_count": 50, "usual_most_minor": 18000},
        {"contact_changed_days": 30},
        {"claims_30_days": 2, "claims_365_days": 7, "same_kind_90_days": 2},
        {"score_permille": 994},
        {"event_limit_minor": 15500},
        {"photos": 2, "photos_unreadable": 1},  # one can be read
        {"account_age_days": 30, "account_changed": True},
    ],
)
def test_what_holds_nothing_up(change: dict[str, object]) -> None:
    assert review(replace(SIMPLE, **change)).outcome is Outcome.APPROVE  # type: ignore[arg-type] # as above


@pytest.mark.parametrize(
    ("change", "code"),
    [({"photos": 0}, "photo_missing"), ({"photos": 2, "photos_unreadable": 2}, "photo_unreadable")],
)
def test_what_the_customer_is_asked_for(change: dict[str, object], code: str) -> None:
    verdict = review(replace(SIMPLE, **change))  # type: ignore[arg-type] # as above
    assert verdict.outcome is Outcome.ASK
    assert [reason.code for reason in verdict.reasons] == [code]


@pytest.mark.parametrize(
    "change",
    [
        {"same_photo": ("CL-1",)},
        {"contact_changed_days": 3, "account_changing": True},
        {"contact_changed_days": 3, "account_changed": True, "account_age_days": 4},
    ],
)
def test_what_is_investigated(change: dict[str, object]) -> None:
    """Somebody else's photo; an account and a contact changed together. The finding that led there comes first."""
    verdict = review(replace(SIMPLE, **change, photos_unreadable=1))  # type: ignore[arg-type] # as above
    assert (verdict.outcome, verdict.lane) == (Outcome.INVESTIGATION, Lane.INVESTIGATION)
    assert verdict.reasons[0].as_json()["severity"] == "suspicion"


@pytest.mark.parametrize(
    ("taken", "due"), [(0, 2500), (5000, 2500), (6000, 1500), (7500, 0), (9000, 0)]
)  # fmt: skip
def test_a_years_deductibles_have_an_end(taken: int, due: int) -> None:
    facts = replace(SIMPLE, deductible_year_minor=7500, deductible_taken_minor=taken)
    assert deductible_due(facts) == due
    approved = review(facts).approved
    assert approved is not None
    assert approved.minor == 18000 - due
    assert ("deductible_applied" in codes(facts)) is bool(due)


def test_every_finding_has_its_weight() -> None:
    """What a rule can find is in SEVERITY, and everything in SEVERITY can be found."""
    source = inspect.getsource(rules_v2)
    named = set(re.findall(r'Reason\(\s*"(\w+)"', source)) | {"photo_missing", "photo_declined"}
    assert named == set(rules_v2.SEVERITY)


amounts = st.integers(0, 10**7)
facts_of_any_kind = st.builds(
    Facts,
    claim_type=st.just("device_screen"), currency=st.just("USD"), amount_minor=st.integers(1, 10**8),
    limit_minor=amounts, deductible_minor=amounts, fast_lane_minor=amounts, waiting_days=st.integers(0, 60),
    photo_required=st.booleans(), photos=st.integers(0, 3), incident_on=st.dates(date(2025, 1, 1), TODAY),
    submitted_on=st.just(TODAY), policy_starts_on=st.dates(date(2025, 1, 1), TODAY), policy_ends_on=st.dates(TODAY),
    earlier_minor=amounts, same_event=st.sampled_from([(), ("CL-1",)]), same_photo=st.sampled_from([(), ("CL-2",)]),
    claims_30_days=st.integers(0, 9), claims_365_days=st.integers(0, 20),
    account_age_days=st.none() | st.integers(0, 1000), event_limit_minor=st.none() | amounts,
    event_earlier_minor=amounts, deductible_year_minor=st.none() | amounts, deductible_taken_minor=amounts,
    photos_unreadable=st.integers(0, 3), photos_declined=st.booleans(), account_changed=st.booleans(),
    account_changing=st.booleans(), contact_changed_days=st.none() | st.integers(0, 365),
    usual_count=st.integers(0, 100), usual_minor=amounts, usual_most_minor=st.none() | amounts,
    score_permille=st.none() | st.integers(0, 1000), account_currency=st.sampled_from([None, "USD", "GBP"]),
)  # fmt: skip


@given(facts_of_any_kind)
def test_no_machine_denies_and_no_approval_pays_too_much(facts: Facts) -> None:
    """Whatever the facts: never a denial; an approval is within claim, deductible, limit and fast lane."""
    verdict = review(facts)
    assert verdict.outcome is not Outcome.DENY
    assert verdict.reasons
    if verdict.approved is not None:
        assert verdict.outcome is Outcome.APPROVE
        assert 0 < verdict.approved.minor == facts.amount_minor - deductible_due(facts)
        assert verdict.approved.minor + facts.earlier_minor <= facts.limit_minor
        if facts.event_limit_minor is not None:
            assert verdict.approved.minor + facts.event_earlier_minor <= facts.event_limit_minor
        assert facts.amount_minor <= facts.fast_lane_minor


@given(facts_of_any_kind)
def test_the_same_facts_give_the_same_answer(facts: Facts) -> None:
    assert review(facts) == review(replace(facts))
    assert payable(facts) >= 0


@given(facts_of_any_kind, st.integers(0, 1000))
def test_a_score_alone_sends_nobody_further_than_to_an_adjuster(facts: Facts, permille: int) -> None:
    """It may take the fast lane away; what the rules investigate or ask for it neither causes nor prevents."""
    without, with_score = review(replace(facts, score_permille=None)), review(replace(facts, score_permille=permille))
    if with_score.outcome is not without.outcome:
        assert with_score.outcome is Outcome.ADJUSTER
        assert without.outcome in {Outcome.APPROVE, Outcome.ASK}
        assert permille >= rules_v2.UNUSUAL_PERMILLE


@given(facts_of_any_kind)
def test_facts_survive_being_stored(facts: Facts) -> None:
    assert read(json.loads(json.dumps(as_json(facts)))) == facts


@given(facts_of_any_kind)
def test_more_claimed_before_never_pays_more(facts: Facts) -> None:
    """Aggregates count against the limit, whatever else is true."""
    assert payable(replace(facts, earlier_minor=facts.earlier_minor + 1000)) <= payable(facts)
    assert payable(facts) <= facts.amount_minor
