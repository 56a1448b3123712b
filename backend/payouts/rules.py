"""The life cycle of a payout. Pure.

A terminal state is reached only on the bank's evidence; `unknown` is left only by asking the bank.
"""

from datetime import timedelta

from backend.payouts.models import PayoutStatus as S

NEXT: dict[S, frozenset[S]] = {
    S.CREATED: frozenset({S.HELD, S.QUEUED}),
    S.HELD: frozenset({S.QUEUED}),
    S.QUEUED: frozenset({S.SENDING}),
    S.SENDING: frozenset({S.SENDING, S.UNKNOWN, S.SENT, S.SETTLED, S.REJECTED, S.RETURNED}),
    S.UNKNOWN: frozenset({S.SENDING, S.SENT, S.SETTLED, S.REJECTED, S.RETURNED}),
    S.SENT: frozenset({S.SETTLED, S.REJECTED, S.RETURNED}),
    S.SETTLED: frozenset({S.RETURNED}),  # banks return what they have paid
    S.REJECTED: frozenset(),
    S.RETURNED: frozenset(),
}
# What only the bank can tell. Nothing in this house reaches these states by itself.
EVIDENCE = frozenset({S.SENT, S.SETTLED, S.REJECTED, S.RETURNED})

ASK_FIRST = timedelta(seconds=1)
ASK_AT_MOST = timedelta(minutes=10)


def may(have: S, want: S) -> bool:
    return want in NEXT[have]


def ask_again_in(asked: int) -> timedelta:
    """How long to wait before asking the bank again: doubling, with a ceiling. `asked` counts from 0."""
    return min(ASK_FIRST * 2 ** min(asked, 12), ASK_AT_MOST)
