"""Queries about payments by file."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.payouts.files.models import BankFile, BankFileKind, FileOrder, PaymentFile, StatementLine
from backend.payouts.iso20022.reading import BankLine
from backend.payouts.models import Payout


async def add_order(session: Session, payout_id: UUID, key: str, body: bytes, now: datetime) -> bool:
    """False where it is there already."""
    made = await session.execute(
        insert(FileOrder)
        .values(payout_id=payout_id, key=key, body=body, ordered_at=now)
        .on_conflict_do_nothing()
        .returning(FileOrder.payout_id)
    )
    return made.scalar() is not None


async def order(session: Session, payout_id: UUID) -> FileOrder | None:
    return await session.get(FileOrder, payout_id)


async def payout(session: Session, payout_id: UUID) -> Payout | None:
    return await session.get(Payout, payout_id)


async def waiting(session: Session, limit: int) -> list[FileOrder]:
    """Orders in no file yet, oldest first, locked; what another holds is left to it."""
    found = await session.scalars(
        select(FileOrder)
        .where(FileOrder.file_id.is_(None), FileOrder.refused.is_(None))
        .order_by(FileOrder.ordered_at, FileOrder.payout_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(found)


async def unwritten(session: Session) -> list[PaymentFile]:
    found = select(PaymentFile).where(PaymentFile.written_at.is_(None)).order_by(PaymentFile.made_at)
    return list(await session.scalars(found))


async def payment_file(session: Session, file_id: UUID) -> PaymentFile:
    return await session.get_one(PaymentFile, file_id)


async def file_named(session: Session, message_id: str) -> PaymentFile | None:
    return (await session.scalars(select(PaymentFile).where(PaymentFile.message_id == message_id))).one_or_none()


async def payouts_in(session: Session, file_id: UUID) -> list[UUID]:
    found = select(FileOrder.payout_id).where(FileOrder.file_id == file_id).order_by(FileOrder.payout_id)
    return list(await session.scalars(found))


async def bank_file(session: Session, digest: str) -> BankFile | None:
    return (await session.scalars(select(BankFile).where(BankFile.digest == digest))).one_or_none()


async def taken(session: Session, kind: BankFileKind, message_id: str) -> BankFile | None:
    """The file that was taken under a message id."""
    query = select(BankFile).where(BankFile.kind == kind, BankFile.message_id == message_id, BankFile.refused.is_(None))
    return (await session.scalars(query)).one_or_none()


async def add_line(session: Session, file_id: UUID, line: BankLine, booked_on: date) -> bool:
    """False where the bank has told of this movement before."""
    made = await session.execute(
        insert(StatementLine)
        .values(
            id=new_id(),
            file_id=file_id,
            key=line.key,
            end_to_end_id=line.end_to_end_id,
            direction=line.direction,
            amount_minor=line.amount.minor,
            currency=line.amount.currency,
            booked_on=booked_on,
            bank_reference=line.bank_reference,
            reason=line.reason,
            charge=line.charge,
        )
        .on_conflict_do_nothing(index_elements=[StatementLine.key])
        .returning(StatementLine.id)
    )
    return made.scalar() is not None


async def lines(session: Session, first: date, last: date) -> list[StatementLine]:
    """Movements booked on these days, both included."""
    query = select(StatementLine).where(StatementLine.booked_on.between(first, last))
    return list(await session.scalars(query.order_by(StatementLine.booked_on, StatementLine.key)))


async def forget_contents(session: Session, payout_ids: Sequence[UUID]) -> None:
    """The bytes of every written file that holds one of these payments; that it was written, and with what digest, stays."""
    theirs = select(FileOrder.file_id).where(FileOrder.payout_id.in_(payout_ids))
    query = select(PaymentFile).where(PaymentFile.id.in_(theirs), PaymentFile.written_at.is_not(None))
    for file in await session.scalars(query):
        file.content = b""
