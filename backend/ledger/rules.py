"""What each fact does to the books of one claim. Pure: balances in, entries out.

    filed        claims_incurred  → case_reserves
    decided      case_reserves    → claims_payable      (what is left over or missing: claims_incurred)
    ordered      claims_payable   → payments_in_transit
    settled      payments_in_transit → bank
    rejected, returned: the transactions above, reversed

Amounts are minor units of the claim's one currency, positive for a debit and negative for a credit.
"""

from collections.abc import Iterable, Mapping

from backend.ledger.models import Account

type Postings = dict[Account, int]
# Accounts that may never be in debit for a claim: a reserve below nothing, more paid than owed, more settled than
# ordered. The database holds them to it as well.
NEVER_IN_DEBIT = frozenset({Account.RESERVES, Account.PAYABLE, Account.IN_TRANSIT, Account.BANK})


def balances(entries: Iterable[tuple[Account, int]]) -> Postings:
    """The sum of each account; zero where nothing was booked."""
    sums = dict.fromkeys(Account, 0)
    for account, minor in entries:
        sums[account] += minor
    return sums


def committed(have: Mapping[Account, int]) -> int:
    """What has been approved so far and stands: owed, ordered and paid."""
    return -(have[Account.PAYABLE] + have[Account.IN_TRANSIT] + have[Account.BANK])


def reserve(have: Mapping[Account, int], estimate_minor: int) -> Postings:
    """Bring the reserve to what the claim may still cost, beyond what is committed."""
    want = max(0, estimate_minor - committed(have))
    more = want + have[Account.RESERVES]
    return _posted({Account.INCURRED: more, Account.RESERVES: -more})


def decide(have: Mapping[Account, int], approved_minor: int) -> Postings:
    """Owe `approved_minor` in all for the claim; what was reserved is spent or released.

    Less than is owed already takes the rest back, as far as it hasn't been ordered.
    """
    reserved, owed = -have[Account.RESERVES], approved_minor - committed(have)
    return _posted({Account.RESERVES: reserved, Account.PAYABLE: -owed, Account.INCURRED: owed - reserved})


def release(have: Mapping[Account, int]) -> Postings:
    """Owe nothing further: neither reserve nor payable remains; what was ordered or paid stands."""
    return decide(have, -(have[Account.IN_TRANSIT] + have[Account.BANK]))


def stand(have: Mapping[Account, int]) -> Postings:
    """Reserve nothing further: what is owed, ordered and paid stands."""
    return decide(have, committed(have))


def order(minor: int) -> Postings:
    return {Account.PAYABLE: minor, Account.IN_TRANSIT: -minor}


def settle(minor: int) -> Postings:
    return {Account.IN_TRANSIT: minor, Account.BANK: -minor}


def mirror(postings: Mapping[Account, int]) -> Postings:
    return {account: -minor for account, minor in postings.items()}


def _posted(postings: Postings) -> Postings:
    return {account: minor for account, minor in postings.items() if minor}
