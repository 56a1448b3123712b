"""Payees' account numbers, where no bank keeps them for us: in by number, out for a payment, and each time on the record."""

from datetime import datetime
from uuid import UUID

from backend.audit import service as audit
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.vault.errors import NoSuchSecret
from backend.vault.models import Purpose, VaultAccess, VaultAccount

PREFIX = "vault_"
ACTOR = "payouts"


async def keep(session: Session, number: str, now: datetime) -> str:
    """The token of an account, with which alone it is found again."""
    account = VaultAccount(id=new_id(), number=number, created_at=now)
    session.add(account)
    await session.flush()
    return f"{PREFIX}{account.id.hex}"


async def known(session: Session, token: str) -> bool:
    return await _account(session, token) is not None


async def reveal_for_payment(session: Session, token: str, payout_id: UUID, now: datetime) -> str:
    """The number, to pay to. Raises NoSuchSecret."""
    account = await _account(session, token)
    if account is None:
        raise NoSuchSecret
    access = VaultAccess(
        id=new_id(), item_id=None, account_id=account.id, actor=ACTOR, purpose=Purpose.PAYMENT,
        reason=f"payment {payout_id.hex}", at=now,
    )  # fmt: skip
    session.add(access)
    data = {"purpose": Purpose.PAYMENT.value, "reason": access.reason, "item": account.id, "of": "account"}
    event = audit.Event(audit.Kind.VAULT, "vault.revealed", ACTOR, payout_id, now, data, "vault_accesses", access.id)
    audit.record(session, event)
    await session.flush()
    return account.number


async def forget(session: Session, token: str) -> None:
    """The number; who looked at it stays."""
    account = await _account(session, token)
    if account is not None:
        account.number = ""


async def _account(session: Session, token: str) -> VaultAccount | None:
    if not token.startswith(PREFIX):
        return None
    try:
        account_id = UUID(hex=token.removeprefix(PREFIX))
    except ValueError:
        return None
    account = await session.get(VaultAccount, account_id)
    return account if account is not None and account.number else None
