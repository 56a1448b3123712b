"""The bank's files: each taken once, in one transaction with all that it changes, and then moved, never deleted.

Killed before the commit nothing has happened; after it the file is known by its digest and only moved. Files come twice,
late and in any order: what a payout learns from them is decided by payouts.service, to which old news is no news.
"""

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.services import Services
from backend.payouts import exceptions, rules, service, tasks
from backend.payouts.files import repository
from backend.payouts.files.models import BankFile, BankFileKind
from backend.payouts.iso20022.document import LARGEST
from backend.payouts.iso20022.errors import UnreadableFile
from backend.payouts.iso20022.reading import BankLine, Notification, PaymentStatus, StatusReport, Verdict, read
from backend.payouts.models import ExceptionKind, Payout
from backend.payouts.rails import BankAnswer, BankStatus, Direction

log = structlog.get_logger()
DONE, REFUSED = "done", "refused"
QUIET_SECONDS = 2.0  # a file that was written to just now may not be whole yet
AT_MOST = 200  # files a run
STATUSES = {Verdict.REJECTED: BankStatus.REJECTED, Verdict.ACCEPTED: BankStatus.ACCEPTED}


async def take_files(services: Services, incoming: Path) -> int:
    """Take what the bank has laid into the folder; how many files."""
    paths = await asyncio.to_thread(_waiting, incoming, services.clock())
    for path in paths:
        content = await asyncio.to_thread(_content, path)
        async with services.db.transaction() as session:
            file, changed = await take(session, path.name, content, services.clock())
            refused, digest = file.refused is not None, file.digest
        await asyncio.to_thread(_move, path, incoming / (REFUSED if refused else DONE), digest)
        for payout_id in changed:
            await tasks.tell(services, payout_id)
    return len(paths)


async def take(session: Session, name: str, content: bytes, now: datetime) -> tuple[BankFile, list[UUID]]:
    """Record a file and all it says; the record, and the payouts it spoke of. A file known already changes nothing."""
    digest = hashlib.sha256(content).hexdigest()
    known = await repository.bank_file(session, digest)
    if known is not None:
        return known, []
    file = BankFile(
        id=new_id(), digest=digest, name=name[:200], kind=None, message_id=None, received_at=now, refused=None
    )
    session.add(file)
    try:
        said = read(content)
        await _identify(session, file, said)
    except UnreadableFile as error:
        file.refused = str(error)[:300]
        detail = f"the bank's file {file.name} was not taken: {file.refused}"
        await exceptions.open_exception(session, ExceptionKind.FILE_REFUSED, digest, detail, now)
        log.warning("bank.file_refused", why=error.why, digest=digest)
        return file, []
    await session.flush()
    if isinstance(said, StatusReport):
        return file, await _status_report(session, said, now)
    return file, await _notification(session, file, said, now)


async def _identify(session: Session, file: BankFile, said: StatusReport | Notification) -> None:
    """Raises UnreadableFile where the bank used the message id before, for other bytes."""
    kind = BankFileKind.STATUS_REPORT if isinstance(said, StatusReport) else BankFileKind.NOTIFICATION
    if await repository.taken(session, kind, said.message_id) is not None:
        raise UnreadableFile("message_id_reused", said.message_id[:35])
    file.kind, file.message_id = kind, said.message_id


async def _status_report(session: Session, report: StatusReport, now: datetime) -> list[UUID]:
    ours = await repository.file_named(session, report.original_message_id)
    if ours is None:
        detail = f"pain.002 {report.message_id} is about a file {report.original_message_id} that isn't ours"
        await _break(session, f"pain.002/{report.message_id}", detail, now)
        return []
    in_file = set(await repository.payouts_in(session, ours.id))
    changed: list[UUID] = []
    for each in report.payments:
        payout = await _payout(session, each.end_to_end_id)
        if payout is None or payout.id not in in_file:
            detail = f"pain.002 {report.message_id} names {each.end_to_end_id[:35]}, which isn't in {ours.message_id}"
            await _break(session, each.end_to_end_id, detail, now)
            continue
        # A file refused as a whole is refused in each of its payments, whatever is told of them singly.
        verdict = Verdict.REJECTED if report.whole is Verdict.REJECTED else each.verdict
        in_file.discard(payout.id)
        changed += await _judge(session, payout, verdict, each.reason or report.reason, now, each)
    for payout_id in sorted(in_file):
        payout = await repository.payout(session, payout_id)
        if payout is not None and report.whole is not None:
            changed += await _judge(session, payout, report.whole, report.reason, now)
    return changed


async def _judge(
    session: Session,
    payout: Payout,
    verdict: Verdict,
    reason: str | None,
    now: datetime,
    told: PaymentStatus | None = None,
) -> list[UUID]:
    """Put the verdict to the payout; its id, unless the verdict says nothing."""
    status = STATUSES.get(verdict)
    if status is None:
        return []
    answer = BankAnswer(
        service.end_to_end_id(payout),
        told.bank_reference if told else None,
        status,
        (told.amount if told else None) or payout.amount,
        reason if status is BankStatus.REJECTED else None,
    )
    await service.record_answer(session, payout.id, answer, now)
    return [payout.id]


async def _notification(session: Session, file: BankFile, said: Notification, now: datetime) -> list[UUID]:
    changed = []
    for line in said.lines:
        if not line.booked:  # announced: no evidence that anything moved
            continue
        if not await repository.add_line(session, file.id, line, line.booked_on or now.date()):
            continue
        payout = await _payout(session, line.end_to_end_id)
        status = _means(line)
        if payout is None and rules.is_usual_charge(line.charge, line.amount):
            continue  # the reconciliation lists it
        if payout is None or status is None:
            detail = f"camt.054 {said.message_id}: {line.direction} of {line.amount.words('en')}, not from any payment of ours"
            await _break(session, line.end_to_end_id or line.bank_reference or line.key, detail, now)
            continue
        answer = BankAnswer(
            service.end_to_end_id(payout), line.bank_reference, status, line.amount,
            line.reason if status is BankStatus.RETURNED else None,
        )  # fmt: skip
        await service.record_answer(session, payout.id, answer, now)
        changed.append(payout.id)
    return changed


def _means(line: BankLine) -> BankStatus | None:
    if line.direction is Direction.DEBIT:
        return BankStatus.SETTLED
    return BankStatus.RETURNED if line.returned else None


async def _payout(session: Session, end_to_end_id: str | None) -> Payout | None:
    """The payout of ours that went by file under this id."""
    try:
        payout_id = UUID(hex=end_to_end_id or "")
    except ValueError:
        return None
    if await repository.order(session, payout_id) is None:
        return None
    return await repository.payout(session, payout_id)


async def _break(session: Session, source: str, detail: str, now: datetime) -> None:
    await exceptions.open_exception(session, ExceptionKind.RECONCILIATION, source[:120], detail, now)


def _waiting(incoming: Path, now: datetime) -> list[Path]:
    """Whole files, oldest first; what begins with a dot is still being written."""
    found = []
    for path in incoming.iterdir():
        if path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        changed = path.stat().st_mtime
        if now.timestamp() - changed >= QUIET_SECONDS:
            found.append((changed, path.name, path))
    return [path for _, _, path in sorted(found)[:AT_MOST]]


def _content(path: Path) -> bytes:
    """Of a file that is too large just so much that it is seen to be."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _move(path: Path, folder: Path, digest: str) -> None:
    """Under a name of its own: banks use names again."""
    folder.mkdir(exist_ok=True)
    path.rename(folder / f"{digest[:16]}-{path.name}")
