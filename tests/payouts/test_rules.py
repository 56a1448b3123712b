"""The life cycle of a payout: what may follow what, and on whose word."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.payouts import rules
from backend.payouts.errors import Contradiction, OddStep
from backend.payouts.models import PayoutStatus as S
from backend.payouts.rails import BankStatus

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ANSWERS = st.lists(st.sampled_from(BankStatus), max_size=12)


def test_where_the_money_is_only_the_bank_can_say() -> None:
    """None of our own steps leads to a status that tells where the money is."""
    assert {want for _, want in rules.STEPS} & rules.BANK_KNOWS == set()
    assert {have for have, _ in rules.STEPS} & rules.BANK_KNOWS == set()


def test_every_status_can_be_reached_and_every_live_one_left() -> None:
    reached = {S.CREATED} | {want for _, want in rules.STEPS} | rules.BANK_KNOWS
    assert reached == set(S)
    for status in set(S) - rules.BANK_KNOWS - rules.OVER:
        assert any(have is status for have, _ in rules.STEPS)


@given(st.sampled_from(S), st.sampled_from(S))
def test_what_is_not_in_the_table_is_refused(have: S, want: S) -> None:
    if (have, want) in rules.STEPS:
        assert rules.step(have, want)
    else:
        with pytest.raises(OddStep):
            rules.step(have, want)


@given(st.sampled_from([S.QUEUED, S.SENDING, S.UNKNOWN]), ANSWERS)
def test_answers_in_any_order_never_lead_back(start: S, answers: list[BankStatus]) -> None:
    """Late, repeated and contradicting answers: a payout moves on or stays, and never leaves a refusal."""
    rank = {S.SENT: 1, S.SETTLED: 2, S.REJECTED: 3, S.RETURNED: 3}
    have = start
    for said in answers:
        try:
            want = rules.after_answer(have, said)
        except Contradiction:
            continue
        if want is not None:
            assert rank[want] > rank.get(have, 0)
            have = want


@given(ANSWERS)
def test_what_was_rejected_is_never_paid(answers: list[BankStatus]) -> None:
    for said in answers:
        if said in {BankStatus.SETTLED, BankStatus.RETURNED}:
            with pytest.raises(Contradiction):
                rules.after_answer(S.REJECTED, said)
        else:
            assert rules.after_answer(S.REJECTED, said) is None


@pytest.mark.parametrize("have", [S.CREATED, S.HELD])
@pytest.mark.parametrize("said", list(BankStatus))
def test_the_bank_cannot_know_what_was_never_queued(have: S, said: BankStatus) -> None:
    with pytest.raises(Contradiction):
        rules.after_answer(have, said)


def test_banks_return_what_they_settled() -> None:
    assert rules.after_answer(S.SETTLED, BankStatus.RETURNED) is S.RETURNED


def test_questions_grow_rarer_and_end() -> None:
    waits = [rules.next_ask(asked) for asked in range(rules.MAX_ASKS)]
    known = [wait for wait in waits if wait is not None]
    assert len(known) == len(waits)
    assert known == sorted(known)
    assert known[0] <= timedelta(seconds=1)
    assert known[-1] == rules.LONGEST_WAIT
    assert rules.next_ask(rules.MAX_ASKS) is None


def test_the_sweep_waits_longer_than_any_question() -> None:
    """Or it would find stuck what has only been asked to be patient."""
    assert rules.STUCK_AFTER > rules.LONGEST_WAIT


def test_absence_is_believed_only_after_a_while() -> None:
    assert not rules.surely_not_taken(NOW, NOW + timedelta(seconds=1))
    assert rules.surely_not_taken(NOW, NOW + rules.NEVER_GOT_IT_AFTER)
