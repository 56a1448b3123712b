"""Jobs that ask the bank whose account it is: one question each, outside of any transaction."""

from uuid import UUID

import procrastinate
from procrastinate import JobContext

from backend.customers import repository as customers
from backend.kit.jobs import Queue, app, services_of
from backend.kit.services import Services
from backend.payouts import payee, repository, service
from backend.payouts.models import PayoutStatus
from backend.payouts.rails import PayeeMatch
from backend.payouts.tasks import tell

# A bank that doesn't say is no failure of these: they are run again where the database was away.
RETRY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=2)


@app.task(name="payouts.check_account", queue=Queue.PAYOUTS.value, pass_context=True, retry=RETRY)
async def check_account_job(context: JobContext, account_id: str) -> None:
    await check_account(services_of(context), UUID(account_id))


@app.task(name="payouts.check_payee", queue=Queue.PAYOUTS.value, pass_context=True, retry=RETRY)
async def check_payee_job(context: JobContext, payout_id: str) -> None:
    await check_payee(services_of(context), UUID(payout_id))


async def check_account(services: Services, account_id: UUID) -> PayeeMatch:
    """Ask, unless the bank has said it lately, and keep the answer."""
    async with services.db.transaction() as session:
        account = await customers.account(session, account_id)
        match = await payee.known(session, account_id, services.clock())
    if match is not None:
        return match
    answer = await payee.ask(services.rail, account)
    async with services.db.transaction() as session:
        payee.keep(session, account_id, answer, services.clock())
    return answer.match


async def check_payee(services: Services, payout_id: UUID) -> None:
    """Ask for a payment's account, and let the payment go on. Killed between the two, the next run does the second."""
    async with services.db.transaction() as session:
        payout = await repository.get(session, payout_id)
    if payout.status not in {PayoutStatus.CREATED, PayoutStatus.HELD}:
        return
    match = await check_account(services, payout.account_id)
    async with services.db.transaction() as session:
        await service.payee_answered(session, payout_id, match, services.clock())
    await tell(services, payout_id)
