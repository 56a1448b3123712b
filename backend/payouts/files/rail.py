"""Files as a rail. A bank that takes files answers no questions, so this rail has tables where others have a line to the
bank: what is ordered waits there for the next file, and what the bank's files have said is what a question is answered by."""

import json
from datetime import date
from uuid import UUID

from backend.kit.clock import Clock
from backend.kit.db import Database
from backend.kit.money import Money
from backend.payouts.errors import RailRejected, RailUnavailable, RailUnknown
from backend.payouts.files import repository
from backend.payouts.iso20022.errors import CannotCarry
from backend.payouts.iso20022.writing import Debtor, iban_of
from backend.payouts.models import PayoutStatus
from backend.payouts.rails import BankAnswer, BankStatus, Movement, PaymentOrder
from backend.vault import accounts

SAID = {
    PayoutStatus.SENT: BankStatus.ACCEPTED,
    PayoutStatus.SETTLED: BankStatus.SETTLED,
    PayoutStatus.REJECTED: BankStatus.REJECTED,
    PayoutStatus.RETURNED: BankStatus.RETURNED,
}


class FileRail:
    def __init__(self, database: Database, debtor: Debtor, clock: Clock) -> None:
        self._database, self.debtor, self._clock = database, debtor, clock

    def prepare(self, order: PaymentOrder) -> bytes:
        """Without the account's number, which comes from the vault when the file is made."""
        return order.as_json()

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        """Put it into the next file, once. Always raises: RailRejected where no file of ours can hold it; else
        RailUnknown, because what the bank makes of a file it says in another."""
        told = json.loads(body)
        if told["currency"] != self.debtor.currency:
            raise RailRejected("currency_not_carried")
        async with self._database.transaction() as session:
            if not await accounts.known(session, told["account_token"]):
                raise RailRejected("no_iban_on_file")
            await repository.add_order(session, UUID(told["end_to_end_id"]), key, body, self._clock())
        raise RailUnknown("in_a_file")

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        """Raises RailUnavailable while the bank's files have said nothing of it."""
        payout_id = UUID(end_to_end_id)
        async with self._database.transaction() as session:
            if await repository.order(session, payout_id) is None:
                return None
            payout = await repository.payout(session, payout_id)
            if payout is None or payout.status not in SAID:
                raise RailUnavailable("no_file_says")
            amount = Money(payout.currency, payout.amount_minor)
            return BankAnswer(end_to_end_id, payout.bank_reference, SAID[payout.status], amount, payout.failure)

    async def register(self, holder: str, number: str, currency: str) -> str:  # noqa: ARG002 - the port's signature
        """Keeps the IBAN in the vault. Raises RailRejected for what is none."""
        try:
            iban = iban_of(number)
        except CannotCarry as error:
            raise RailRejected(error.why) from error
        async with self._database.transaction() as session:
            return await accounts.keep(session, iban, self._clock())

    async def movements(self, first: date, last: date) -> list[Movement]:
        async with self._database.transaction() as session:
            return [
                Movement(
                    line.end_to_end_id,
                    line.bank_reference or line.key,
                    line.direction,
                    line.amount,
                    line.booked_on,
                    line.charge,
                )
                for line in await repository.lines(session, first, last)
            ]
