"""The books of one claim, by example and by property."""

from hypothesis import given
from hypothesis import strategies as st

from backend.ledger import rules
from backend.ledger.models import Account
from backend.ledger.rules import Postings

NOTHING = rules.balances([])
MINOR = st.integers(0, 10**12)
HAVE = st.fixed_dictionaries(
    {Account.RESERVES: MINOR, Account.PAYABLE: MINOR, Account.IN_TRANSIT: MINOR, Account.BANK: MINOR}
).map(lambda owed: {**{account: -minor for account, minor in owed.items()}, Account.INCURRED: sum(owed.values())})


def after(have: Postings, *steps: Postings) -> Postings:
    for step in steps:
        have = rules.balances([*have.items(), *step.items()])
    return have


def test_a_claim_from_filing_to_payment() -> None:
    have = after(NOTHING, rules.reserve(NOTHING, 28_000))
    assert have == {
        Account.INCURRED: 28_000,
        Account.RESERVES: -28_000,
        Account.PAYABLE: 0,
        Account.IN_TRANSIT: 0,
        Account.BANK: 0,
    }
    have = after(have, rules.decide(have, 25_000))
    assert have == {
        Account.INCURRED: 25_000,
        Account.RESERVES: 0,
        Account.PAYABLE: -25_000,
        Account.IN_TRANSIT: 0,
        Account.BANK: 0,
    }
    have = after(have, rules.order(25_000), rules.settle(25_000))
    assert have == {
        Account.INCURRED: 25_000,
        Account.RESERVES: 0,
        Account.PAYABLE: 0,
        Account.IN_TRANSIT: 0,
        Account.BANK: -25_000,
    }


def test_an_appeal_that_brings_more() -> None:
    have = {
        Account.INCURRED: 25_000,
        Account.RESERVES: 0,
        Account.PAYABLE: 0,
        Account.IN_TRANSIT: 0,
        Account.BANK: -25_000,
    }
    have = after(have, rules.reserve(have, 28_000))
    assert (have[Account.RESERVES], have[Account.INCURRED]) == (-3_000, 28_000)
    have = after(have, rules.decide(have, 27_000))
    assert (have[Account.RESERVES], have[Account.PAYABLE], have[Account.INCURRED]) == (0, -2_000, 27_000)


def test_a_denial_after_a_rejected_payment_owes_nothing() -> None:
    have = after(NOTHING, rules.decide(NOTHING, 5_000), rules.order(5_000), rules.mirror(rules.order(5_000)))
    assert after(have, rules.release(have)) == NOTHING


@given(HAVE, MINOR)
def test_whatever_is_booked_sums_to_zero(have: Postings, minor: int) -> None:
    for postings in (
        rules.reserve(have, minor), rules.decide(have, minor), rules.release(have), rules.order(minor),
        rules.settle(minor),
    ):  # fmt: skip
        assert sum(postings.values()) == 0
        assert after(have, postings, rules.mirror(postings)) == have


@given(HAVE, MINOR)
def test_a_decision_leaves_what_it_approves_and_no_reserve(have: Postings, approved: int) -> None:
    decided = after(have, rules.decide(have, approved))
    assert rules.committed(decided) == approved
    assert decided[Account.RESERVES] == 0
    assert decided[Account.INCURRED] == approved
    assert rules.decide(decided, approved) == {}


@given(HAVE, MINOR)
def test_a_reserve_covers_the_rest_and_is_not_made_twice(have: Postings, estimate: int) -> None:
    reserved = after(have, rules.reserve(have, estimate))
    assert -reserved[Account.RESERVES] == max(0, estimate - rules.committed(have))
    assert rules.reserve(reserved, estimate) == {}
