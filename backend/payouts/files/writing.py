"""From orders to files: made and committed in one transaction, written in the next. Killed in between, the same bytes
are written again under the same name."""

import asyncio
import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from backend.customers import repository as customers
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.services import Services
from backend.payouts import exceptions, service
from backend.payouts.files import repository
from backend.payouts.files.models import FileOrder, PaymentFile
from backend.payouts.iso20022.errors import CannotCarry
from backend.payouts.iso20022.writing import Debtor, Transfer, check, pain_001
from backend.payouts.models import ExceptionKind
from backend.vault import accounts
from backend.vault.errors import NoSuchSecret

log = structlog.get_logger()
MOST_IN_A_FILE = 1000


async def make_file(session: Session, debtor: Debtor, now: datetime) -> PaymentFile | None:
    """The next file from what waits, None where nothing does. What no file can hold is refused, payment by payment:
    nothing of it has left, it is owed again, and a person is asked."""
    carried: list[tuple[FileOrder, Transfer]] = []
    for order in await repository.waiting(session, MOST_IN_A_FILE):
        try:
            carried.append((order, check(await _transfer(session, order, now), debtor)))
        except (CannotCarry, NoSuchSecret) as error:
            order.refused = error.why if isinstance(error, CannotCarry) else "no_iban_on_file"
            await service.record_refusal(session, order.payout_id, order.refused, now)
    if not carried:
        return None
    file_id = new_id()
    message_id = f"ANPEI{file_id.hex[:30]}".upper()
    transfers = [transfer for _, transfer in carried]
    try:
        content = pain_001(debtor, message_id, transfers, now)
    except CannotCarry as error:  # each alone is sound, so the fault is ours, or the debtor's settings
        log.error("payments.file_not_made", why=error.why, payments=len(carried))  # noqa: TRY400 - no fault of this line's
        detail = f"{len(carried)} payments wait: no valid file could be made of them ({error.why})"
        await exceptions.open_exception(session, ExceptionKind.FILE_REFUSED, "outgoing", detail, now)
        return None
    file = PaymentFile(
        id=file_id,
        message_id=message_id,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        payments=len(transfers),
        total_minor=sum(each.amount.minor for each in transfers),
        currency=debtor.currency,
        made_at=now,
        written_at=None,
    )
    session.add(file)
    await session.flush()
    for order, _ in carried:
        order.file_id = file.id
    await session.flush()
    return file


async def _transfer(session: Session, order: FileOrder, now: datetime) -> Transfer:
    """Raises NoSuchSecret."""
    payout = await repository.payout(session, order.payout_id)
    if payout is None:
        raise CannotCarry("no_such_payout")
    told = json.loads(order.body)
    account = await customers.account(session, payout.account_id)
    iban = await accounts.reveal_for_payment(session, told["account_token"], payout.id, now)
    return Transfer(
        told["end_to_end_id"], account.holder, iban, Money(told["currency"], told["amount_minor"]), told["reference"]
    )


async def send_files(services: Services, debtor: Debtor, outgoing: Path) -> int:
    """Make what is to be made and write what is to be written; how many were written."""
    async with services.db.transaction() as session:
        await make_file(session, debtor, services.clock())
    async with services.db.transaction() as session:
        ids = [file.id for file in await repository.unwritten(session)]
    for file_id in ids:
        await _write(services, file_id, outgoing)
    return len(ids)


async def _write(services: Services, file_id: UUID, outgoing: Path) -> None:
    async with services.db.transaction() as session:
        file = await repository.payment_file(session, file_id)
        name, content = file.name, file.content
    await asyncio.to_thread(write_whole, outgoing / name, content)
    async with services.db.transaction() as session:
        file = await repository.payment_file(session, file_id)
        file.written_at = services.clock()
    log.info("payments.file_written", message_id=file.message_id, payments=file.payments)


def write_whole(path: Path, content: bytes) -> None:
    """The file is there whole or not at all, also after a loss of power; readable by us and our group alone."""
    draft = path.with_name(f".{path.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
