"""The life cycle of a payout. Pure.

A terminal state is reached only on the bank's word; `unknown` is left only by asking the bank.
"""

from datetime import datetime, timedelta

from backend.payouts.errors import Contradiction, OddTransition
from backend.payouts.models import PayoutStatus as S
from backend.payouts.rails import BankStatus

# The steps this house takes by itself, each with its name. What the bank says is in AFTER.
STEPS: dict[tuple[S, S], str] = {
    (S.CREATED, S.QUEUED): "released",
    (S.CREATED, S.HELD): "held",
    (S.HELD, S.QUEUED): "approved",
    (S.QUEUED, S.SENDING): "sending",
    (S.SENDING, S.QUEUED): "never_left",
    (S.SENDING, S.UNKNOWN): "lost_sight",
    (S.UNKNOWN, S.QUEUED): "never_arrived",
}
SAID: dict[BankStatus, S] = {
    BankStatus.ACCEPTED: S.SENT,
    BankStatus.SETTLED: S.SETTLED,
    BankStatus.REJECTED: S.REJECTED,
    BankStatus.RETURNED: S.RETURNED,
}
IN_FLIGHT = frozenset({S.SENDING, S.UNKNOWN, S.SENT})
FAILED = frozenset({S.REJECTED, S.RETURNED})
# What the bank's word may change. Later news about a finished payment is old news or a contradiction.
AFTER: dict[S, frozenset[S]] = {
    S.SENDING: frozenset({S.SENT, S.SETTLED, S.REJECTED, S.RETURNED}),
    S.UNKNOWN: frozenset({S.SENT, S.SETTLED, S.REJECTED, S.RETURNED}),
    S.SENT: frozenset({S.SETTLED, S.REJECTED, S.RETURNED}),
    S.SETTLED: frozenset({S.RETURNED}),  # banks return what they have paid
    S.REJECTED: frozenset(),
    S.RETURNED: frozenset(),
}
OLD_NEWS: dict[S, frozenset[S]] = {
    S.SETTLED: frozenset({S.SENT}),
    S.REJECTED: frozenset({S.SENT}),
    S.RETURNED: frozenset({S.SENT, S.SETTLED}),
}

ASK_FIRST = timedelta(seconds=1)
ASK_AT_MOST = timedelta(minutes=10)
MAX_ASKS = 60  # doubling to ten minutes: about nine hours; after that the sweep asks
STUCK_AFTER = timedelta(minutes=15)  # longer than the longest wait between two questions
BELIEVE_ABSENCE_AFTER = timedelta(seconds=2)  # a request may still be on its way when it is first asked about
RETURN_CHECKS = (timedelta(hours=1), timedelta(days=1), timedelta(days=5))


def step(have: S, want: S) -> str:
    """The name of a step of ours. Raises OddTransition where there is none."""
    name = STEPS.get((have, want))
    if name is None:
        raise OddTransition(f"{have} → {want}", have=have.value, want=want.value)
    return name


def after_answer(have: S, said: BankStatus) -> S | None:
    """The status the bank's word leads to, None where it says nothing new. Raises Contradiction."""
    want = SAID[said]
    if want is have or want in OLD_NEWS.get(have, ()):
        return None
    if want not in AFTER.get(have, ()):
        raise Contradiction(f"{have}, but the bank says {said}", have=have.value, said=said.value)
    return want


def surely_not_taken(last_step_at: datetime, now: datetime) -> bool:
    """Whether "never heard of it" may be believed: not while the request may still be under way."""
    return now - last_step_at >= BELIEVE_ABSENCE_AFTER


def next_ask(asked: int) -> timedelta | None:
    """How long to wait before question number `asked` (from 0); None after the last."""
    if asked >= MAX_ASKS:
        return None
    return min(ASK_FIRST * 2 ** min(asked, 12), ASK_AT_MOST)
