"""Receipts of payments: a link that opens once, what the page shows, and the file that proves it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.audit import proving, repository
from backend.audit.errors import LinkUsed, NoSuchLeaf
from backend.audit.models import Receipt
from backend.audit.proofs import write
from backend.claims import repository as claims
from backend.customers import repository as customers
from backend.kit.crypto import Keys
from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.kit.ids import ALPHABET
from backend.kit.jobs import Queue, enqueue
from backend.kit.money import Money
from backend.kit.settings import Settings
from backend.notices import service as notices
from backend.payouts import repository as payouts
from backend.payouts.models import PayoutStatus

OPENS_FOR = timedelta(days=30)
AGAIN_AFTER = timedelta(minutes=10)
TOKEN_LENGTH = 26  # of 32 characters: 130 bits
SOURCE = "payouts"  # the leaf of a receipt is the one about the payout's row


@dataclass(frozen=True, slots=True)
class Paid:
    """What the page shows. `account` masked, `paid_at` aware; `zone` IANA, the customer's."""

    number: str
    amount: Money
    account: str
    paid_at: datetime
    zone: str
    ready: bool  # the proof can be downloaded: its checkpoint is signed
    returned: bool  # the bank sent the money back later


async def send(session: Session, settings: Settings, payout_id: UUID, now: datetime) -> None:
    """Tell the customer where the receipt is. Raises NoSuchLeaf (`waiting`) until it can be proved."""
    payout = await payouts.get(session, payout_id)
    if payout.status is not PayoutStatus.SETTLED:
        return  # returned meanwhile: a person has it
    await proving.receipt(session, SOURCE, payout_id, [])
    claim = await claims.get(session, payout.claim_id)
    link = await issue(session, settings, payout_id, now)
    await notices.receipt_ready(session, settings, claim, link, now)


async def issue(session: Session, settings: Settings, payout_id: UUID, now: datetime) -> str:
    """A fresh link; one given out before opens nothing any more."""
    token = "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH)).lower()
    await repository.put_receipt(session, payout_id, _keys(settings).hash(token), now)
    return address(settings, token)


def address(settings: Settings, token: str) -> str:
    """The link's."""
    return f"{settings.pages_address}/receipt/{token}"


async def offer_again(session: Session, payout_id: UUID, now: datetime) -> bool:
    """A fresh link for somebody who asks after their payment and has used up the one before; True if one is on its way."""
    found = await repository.receipt(session, payout_id)
    if found is None or now - found.issued_at < AGAIN_AFTER:
        return False  # the first is on its way, or one has just come
    if found.opened_at is None and now - found.issued_at <= OPENS_FOR:
        return False
    arguments = {"payout_id": str(payout_id)}
    await enqueue(session, "audit.send_receipt", arguments, queue=Queue.UPKEEP, once=f"receipt:{payout_id}")
    return True


async def open_link(session: Session, settings: Settings, token: str, now: datetime) -> UUID:
    """Use up a link; the payout it is for. Raises NotFound, LinkUsed."""
    found = await _find(session, settings, token)
    if found.opened_at is not None or now - found.issued_at > OPENS_FOR:
        raise LinkUsed
    found.opened_at = now
    return found.payout_id


async def unopened(session: Session, settings: Settings, token: str, now: datetime) -> bool:
    """Whether the link would open. Raises NotFound."""
    found = await _find(session, settings, token)
    return found.opened_at is None and now - found.issued_at <= OPENS_FOR


async def shown(session: Session, payout_id: UUID) -> Paid:
    payout = await payouts.get(session, payout_id)
    claim = await claims.get(session, payout.claim_id)
    customer = await customers.get(session, claim.customer_id)
    account = await customers.account(session, payout.account_id)
    entry = await repository.entry_of(session, SOURCE, payout_id)
    if entry is None or payout.settled_at is None:
        raise NotFound("receipt")
    try:
        await proving.signed_for(session, entry)
        ready = entry.payload is not None
    except NoSuchLeaf:
        ready = False
    returned = payout.status is not PayoutStatus.SETTLED
    return Paid(claim.number, payout.amount, account.masked, payout.settled_at, customer.time_zone, ready, returned)


async def file(session: Session, payout_id: UUID) -> tuple[str, str]:
    """(file name, tlog-proof@v1); it also proves that the log continues the customer's earlier receipts.

    Raises NoSuchLeaf.
    """
    payout = await payouts.get(session, payout_id)
    claim = await claims.get(session, payout.claim_id)
    earlier = await repository.settled_before(session, claim.customer_id, payout, proving.MOST_EARLIER)
    receipt = await proving.receipt(session, SOURCE, payout_id, earlier)
    return f"anpei-{claim.number}.tlog-proof", write(receipt)


async def _find(session: Session, settings: Settings, token: str) -> Receipt:
    found = await repository.receipt_by(session, _keys(settings).hashes(token))
    if found is None:
        raise NotFound("receipt")
    return found


def _keys(settings: Settings) -> Keys:
    return settings.keys("receipt-link")
