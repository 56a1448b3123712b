"""The life cycle of a payout. Pure.

    created → held → queued → sending → sent → settled | rejected | returned
         ↓      ↓     ↓ ↑         ↓                ↓
         cancelled ←──┘ └───── unknown          returned

`created` lasts only while the bank is asked whose account it is.

What we do ourselves goes as far as `sending`. Where the money is, only the bank can say: `sent` and everything after
it are reached by its answers alone.
"""

from datetime import datetime, timedelta

from backend.kit.money import Money
from backend.payouts.errors import Contradiction, OddStep
from backend.payouts.models import HoldReason
from backend.payouts.models import PayoutStatus as S
from backend.payouts.rails import BankStatus, PayeeMatch

# What a bank takes for its own work, in major units; more than this is looked at, whatever the bank calls it.
MOST_OF_A_CHARGE = 100

# Our own steps, each with its name in the payout's history.
STEPS: dict[tuple[S, S], str] = {
    (S.CREATED, S.HELD): "held_for_approval",
    (S.CREATED, S.QUEUED): "queued",
    (S.CREATED, S.CANCELLED): "replaced",  # decided otherwise before the bank had said whose account it is
    (S.HELD, S.QUEUED): "released",
    (S.HELD, S.CANCELLED): "refused",  # no byte of it has left, nor will
    (S.QUEUED, S.CANCELLED): "taken_back",  # its account isn't the customer's any more, and no byte of it has left
    (S.QUEUED, S.UNKNOWN): "not_sent_again",  # the same, but an earlier attempt may have arrived after all
    (S.QUEUED, S.SENDING): "began_sending",
    (S.SENDING, S.QUEUED): "never_left",  # no connection was made: no byte of it can have arrived
    (S.SENDING, S.UNKNOWN): "lost_sight",  # time-out, broken connection, or our worker died
    (S.UNKNOWN, S.QUEUED): "bank_never_got_it",  # asked, long enough after; the same bytes under the same key go again
}

WAITING = frozenset({S.CREATED, S.HELD})  # owed, and not ordered: no byte of it has left
UNSENT = WAITING | {S.QUEUED}  # beyond that, it may have left
IN_FLIGHT = frozenset({S.SENDING, S.UNKNOWN, S.SENT})
BANK_KNOWS = frozenset({S.SENT, S.SETTLED, S.REJECTED, S.RETURNED})
FAILED = frozenset({S.REJECTED, S.RETURNED})
OVER = FAILED | {S.CANCELLED}  # nothing of it moves or has arrived
# Statuses in which any answer may arrive: also `queued`, from a sender that was believed dead.
_ANSWERABLE = frozenset({S.QUEUED, S.SENDING, S.UNKNOWN})
_MEANS = {
    BankStatus.ACCEPTED: S.SENT,
    BankStatus.SETTLED: S.SETTLED,
    BankStatus.REJECTED: S.REJECTED,
    BankStatus.RETURNED: S.RETURNED,
}
# What the bank may say next. An answer that says less than we know is an old one and changes nothing.
_AFTER: dict[S, frozenset[S]] = {
    S.SENT: frozenset({S.SETTLED, S.REJECTED, S.RETURNED}),
    S.SETTLED: frozenset({S.RETURNED}),
    S.REJECTED: frozenset(),
    S.RETURNED: frozenset(),
}
_OLD_NEWS: dict[S, frozenset[S]] = {
    S.SENT: frozenset({S.SENT}),
    S.SETTLED: frozenset({S.SENT, S.SETTLED}),
    S.REJECTED: frozenset({S.SENT, S.REJECTED}),
    S.RETURNED: frozenset({S.SENT, S.SETTLED, S.RETURNED}),
}

# When we lose sight of a request it has ended for us (answered, broken, or timed out after 10 s): what the bank has not
# seen 5 s later has been lost on the way. Were it to arrive still, its key lets the money move once only.
NEVER_GOT_IT_AFTER = timedelta(seconds=5)
MAX_ASKS = 16  # 1, 2, 4 … 300 s: three quarters of an hour; then the sweep asks, every ten minutes
LONGEST_WAIT = timedelta(minutes=5)
# When to ask whether a settled payment came back: returns arrive within days (SEPA allows three banking days).
RETURN_CHECKS = (timedelta(seconds=30), timedelta(hours=1), timedelta(days=1), timedelta(days=4))
STUCK_AFTER = timedelta(minutes=10)

# Above this a second person looks, in minor units; where none is given, always (docs/decisions/0022).
HOLD_ABOVE = {"USD": 200_000, "GBP": 160_000, "EUR": 185_000, "CNY": 1_400_000, "SGD": 260_000}
# After this somebody is asked to look into it.
HELD_TOO_LONG = timedelta(days=1)
UNKNOWN_TOO_LONG = timedelta(hours=2)
FILE_TOO_LONG = timedelta(days=2)  # a bank answers a file with a file, the next banking day
CREATED_TOO_LONG = timedelta(hours=2)
SENT_TOO_LONG = timedelta(days=5)  # banking days, a weekend and a holiday among them


# Names change with marriages, and accounts with banks.
PAYEE_FRESH_FOR = timedelta(days=180)


def hold_because(amount: Money, match: PayeeMatch | None = None, *, vouched: bool = False) -> HoldReason | None:
    """Why a payment waits for a second person; None where it doesn't. `match`: None where it isn't known yet.

    `vouched`: a person has let money go to this account before, whatever the bank says of its name, and it arrived.
    """
    if match is PayeeMatch.NO and not vouched:
        return HoldReason.PAYEE
    return HoldReason.LARGE if amount.minor > HOLD_ABOVE.get(amount.currency, 0) else None


def step(have: S, want: S) -> str:
    """The name of one of our own steps. Raises OddStep."""
    name = STEPS.get((have, want))
    if name is None:
        raise OddStep(f"{have} → {want}", have=have.value, want=want.value)
    return name


def after_answer(have: S, said: BankStatus) -> S | None:
    """The status after what the bank said; None where that is nothing new. Raises Contradiction."""
    means = _MEANS[said]
    if have in _ANSWERABLE or means in _AFTER.get(have, frozenset()):
        return means
    if means in _OLD_NEWS.get(have, frozenset()):
        return None
    raise Contradiction(f"{have}, but the bank says {said}", have=have.value, said=said.value)


def next_ask(asked: int) -> timedelta | None:
    """How long to wait before asking the bank again, having asked `asked` times; None when it's the sweep's turn."""
    if asked >= MAX_ASKS:
        return None
    return min(timedelta(seconds=2**asked), LONGEST_WAIT)


def surely_not_taken(unknown_since: datetime, now: datetime) -> bool:
    """Whether "never heard of it" may be believed: not while our own request may still be on its way."""
    return now - unknown_since >= NEVER_GOT_IT_AFTER


def is_usual_charge(charge: bool, amount: Money) -> bool:
    """Whether a movement that the bank calls its fee is of a size for one."""
    return charge and amount.major <= MOST_OF_A_CHARGE
