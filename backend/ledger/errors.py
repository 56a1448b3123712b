"""AnpeiError ─ LedgerError ─┬─ NothingBooked
└─ Overdrawn
"""

from backend.kit.errors import AnpeiError


class LedgerError(AnpeiError):
    code = "ledger"
    message = "The books don't allow this."


class NothingBooked(LedgerError):
    """A settlement or a failure of a payment that was never ordered. `payout`: its id."""

    code = "ledger_nothing_booked"
    message = "This payment isn't in the books."


class Overdrawn(LedgerError):
    """More would be paid than is owed. `claim`: its id, `owed_minor`, `wanted_minor`."""

    code = "ledger_overdrawn"
    message = "More would be paid than is owed."
