"""Payouts without the job engine: jobs are taken from its table in order, and the clock jumps to when they are due."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy import delete, select, text, update

from backend.claims import drafts
from backend.claims import service as claims
from backend.claims.schemas import DraftChange
from backend.conversations.models import Conversation
from backend.customers.models import Customer, PayoutAccount
from backend.kit.db import Database, Session
from backend.kit.services import Services
from backend.kit.settings import Settings
from backend.payouts import payee_tasks, tasks
from backend.payouts.errors import RailUnavailable
from backend.payouts.models import PayeeCheck, Payout, PayoutEvent, PayoutStatus
from backend.payouts.rails import Rail
from backend.review import service as review
from tests.support import people

NEXT_JOB = """
    SELECT id, task_name, args, scheduled_at FROM procrastinate_jobs
    WHERE status = 'todo' AND task_name LIKE 'payouts.%' ORDER BY coalesce(scheduled_at, 'epoch'), id LIMIT 1
"""
JOBS = {
    "payouts.check_payee": payee_tasks.check_payee,
    "payouts.send": tasks.send,
    "payouts.resolve": tasks.resolve,
    "payouts.check_return": tasks.check_return,
}


HTTP = httpx.AsyncClient()  # not used by payouts: the rail has its own


@dataclass
class Drive:
    db: Database
    rail: Rail
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        # Nobody listens to wake-ups here, and losing one loses nothing: no server is needed.
        nowhere = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
        self.services = Services(
            settings=Settings().prepared(), clock=lambda: self.now, db=self.db, redis=nowhere,
            http=HTTP, senders={}, rail=self.rail, bot=None,
        )  # fmt: skip

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    async def next_job(self) -> Any:
        async with self.db.transaction() as session:
            return (await session.execute(text(NEXT_JOB))).one_or_none()

    async def run_job(self) -> str | None:
        """Run the job that is due next, and forget it unless it failed as the engine would try again; its name."""
        row = await self.next_job()
        if row is None:
            return None
        self.now = max(self.now, row.scheduled_at or self.now)
        arguments: dict[str, Any] = dict(row.args)
        await self._mark(row.id, "doing")
        try:
            await JOBS[row.task_name](self.services, UUID(arguments.pop("payout_id")), **arguments)
        except RailUnavailable:
            await self._mark(row.id, "todo")
            self.passes(seconds=2)
        else:
            async with self.db.transaction() as session:
                await session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": row.id})
        return str(row.task_name)

    async def _mark(self, job: int, status: str) -> None:
        """As the engine does: what runs is no longer waiting."""
        async with self.db.transaction() as session:
            await session.execute(
                text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status) WHERE id = :id"),
                {"id": job, "status": status},
            )

    async def run(self, until: str = "payouts.check_return", at_most: int = 60) -> None:
        """Run jobs until none is left, or the next one is of the kind named."""
        for _ in range(at_most):
            row = await self.next_job()
            if row is None or row.task_name == until:
                return
            await self.run_job()
        raise AssertionError("the jobs never end")

    async def status(self, payout_id: UUID) -> PayoutStatus:
        async with self.db.transaction() as session:
            return (await session.get_one(Payout, payout_id)).status

    async def history(self, payout_id: UUID) -> list[str]:
        async with self.db.transaction() as session:
            events = await session.scalars(
                select(PayoutEvent).where(PayoutEvent.payout_id == payout_id).order_by(PayoutEvent.position)
            )
            return [event.status.value for event in events]

    async def value(self, query: str) -> Any:
        async with self.db.transaction() as session:
            return await session.scalar(text(query))


async def approved(
    drive: Drive, token: str = "acct_1", amount_minor: int = 18000, *, holder: str | None = None
) -> UUID:
    """A claim filed and approved by the rules; the id of its payout, not sent yet.

    `holder`: whose account it is said to be; the bank has not been asked.
    """
    now = drive.now
    async with drive.db.transaction() as session:
        customer = await people.customer(session, now - timedelta(days=100))
        await session.execute(update(PayoutAccount).values(bank_token=token))
        if holder is not None:
            (await session.scalars(select(PayoutAccount))).one().holder = holder
            await session.execute(delete(PayeeCheck))
        conversation = await people.conversation(session, now)
        return await _filed(session, conversation.id, customer, amount_minor, 2, now)


async def approved_next(drive: Drive) -> UUID:
    """As `approved`, another claim of the customer there is."""
    async with drive.db.transaction() as session:
        customer = (await session.scalars(select(Customer))).one()
        conversation = (await session.scalars(select(Conversation))).one()
        return await _filed(session, conversation.id, customer, 12000, 20, drive.now)


async def _filed(
    session: Session, conversation_id: UUID, customer: Customer, amount_minor: int, days_ago: int, now: datetime
) -> UUID:
    change = DraftChange(
        claim_type="outpatient", incident_on=now.date() - timedelta(days_ago), amount_minor=amount_minor,
        description=f"saw a doctor {days_ago} days ago",
    )  # fmt: skip
    await drafts.change_draft(session, conversation_id, change, now)
    claim = await claims.submit(session, conversation_id, customer, now)
    await review.review_claim(session, claim.id, now)
    payout = await session.scalar(select(Payout).where(Payout.claim_id == claim.id))
    assert payout is not None
    return payout.id
