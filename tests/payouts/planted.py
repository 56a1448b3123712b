"""Bugs that a payer might have, to be put in before anything is paid: the crash test must find each of them."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kit.db import Session
from backend.payouts import repository, service
from backend.payouts.models import Payout, PayoutStatus
from backend.payouts.rails import BankAnswer, Rail
from backend.payouts.rails.sandbox_bank import SandboxBank


def new_key() -> None:
    """Each order goes out under a key of its own, whatever is stored."""
    submit = SandboxBank.submit

    async def fresh(bank: SandboxBank, body: bytes, _: str) -> BankAnswer:
        return await submit(bank, body, uuid.uuid4().hex)

    SandboxBank.submit = fresh  # type: ignore[method-assign] # in a process that has nothing else to do


def forgetful() -> None:
    """Nobody asks again about a payment that was lost sight of."""

    async def forget(*_: Any) -> None:
        pass

    service.ask_again = forget


def paid_anew() -> None:
    """An order of unknown outcome is a reason for another attempt, and not for a question."""

    async def again(session: Session, payout: Payout, why: str, now: datetime) -> None:
        await service._step(session, payout, PayoutStatus.UNKNOWN, now, why=why)
        payout.idempotency_key = uuid.uuid4().hex
        await service._step(session, payout, PayoutStatus.QUEUED, now)
        await service._then(session, payout, "payouts.send")

    service._lose_sight = again


def key_stored_late() -> None:
    """The key is chosen when the order leaves, and committed with what came of it: only who dies meanwhile forgets it."""
    begin = service.begin_sending
    chosen: dict[UUID, str] = {}

    async def begin_with_key(session: Session, rail: Rail, payout_id: UUID, now: datetime) -> service.Request | None:
        request = await begin(session, rail, payout_id, now)
        if request is None or not request.key.startswith("payout-"):
            return request
        chosen[payout_id] = uuid.uuid4().hex
        return replace(request, key=chosen[payout_id])

    def storing(record: Callable[..., Any]) -> Callable[..., Any]:
        async def with_key(session: Session, payout_id: UUID, *told: Any) -> Any:
            if payout_id in chosen:
                (await repository.get(session, payout_id, lock=True)).idempotency_key = chosen.pop(payout_id)
            return await record(session, payout_id, *told)

        return with_key

    service.begin_sending = begin_with_key
    service.record_answer, service.record_unknown = storing(service.record_answer), storing(service.record_unknown)


BUGS = {
    "new-key": new_key,
    "forgetful": forgetful,
    "paid-anew": paid_anew,
    "key-stored-late": key_stored_late,
}
