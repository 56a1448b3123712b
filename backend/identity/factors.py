"""What proves level 3: an authenticator app (RFC 6238) or a passkey (WebAuthn), each enrolled by the customer.

A new one counts after a day, because the code by SMS that let it be enrolled is only a phone number: until then every
old contact can have it removed with one reply. One that is added at level 3 counts at once.
"""

from datetime import datetime
from uuid import UUID

from backend.customers.models import Customer
from backend.identity import repository
from backend.identity.errors import NotShown, TooManyFactors
from backend.identity.log import log
from backend.identity.models import Factor, FactorKind, Link
from backend.identity.rules import MAX_FACTORS, counts_from, level
from backend.identity.rules import Level as Reached
from backend.kit import totp
from backend.kit.db import Session
from backend.kit.ids import new_id


async def enrolled(session: Session, customer_id: UUID) -> list[Factor]:
    return await repository.factors(session, customer_id)


async def counting(session: Session, customer_id: UUID, now: datetime) -> list[Factor]:
    """Those that prove level 3 now."""
    return [each for each in await repository.factors(session, customer_id) if each.counts_from <= now]


async def show_code(session: Session, customer_id: UUID, code: str, now: datetime) -> bool:
    """Whether one of the customer's authenticators shows this code now. It is used up: the step, and all before it."""
    for factor in await repository.factors(session, customer_id, FactorKind.AUTHENTICATOR):
        step = totp.step_of(factor.secret, code, now) if factor.secret else None
        if step is None or factor.counts_from > now:
            continue
        if await repository.use_step(session, factor.id, step, now):
            return True
    return False


def begin_authenticator(link: Link, customer: Customer) -> tuple[str, str]:
    """(secret, otpauth URI) of an authenticator that counts once its first code has been shown. A page asked twice
    shows the same."""
    secret = link.secret
    if secret is None:
        secret = link.secret = totp.new_secret()
    return secret, totp.uri(secret, customer.name)


async def finish_authenticator(session: Session, link: Link, code: str, now: datetime) -> Factor:
    """Keep the authenticator once it has shown the right code. Raises NotShown, TooManyFactors."""
    secret = link.secret
    step = totp.step_of(secret, code, now) if secret else None
    if secret is None or step is None:
        raise NotShown
    factor = await add(session, link, FactorKind.AUTHENTICATOR, now)
    factor.secret, factor.last_step = secret, step
    link.secret = None
    return factor


async def add(session: Session, link: Link, kind: FactorKind, now: datetime) -> Factor:
    """A factor of the link's customer, without its particulars yet. Raises TooManyFactors."""
    if len(await repository.factors(session, link.customer_id)) >= MAX_FACTORS:
        raise TooManyFactors
    state = await repository.session_of(session, link.conversation_id)
    strong = (
        level(customer_known=True, verified_until=None, strong_until=state.strong_until, now=now) is Reached.STRONG
        and state.customer_id == link.customer_id
    )
    security = await repository.peek_security(session, link.customer_id)
    distrusted = security.sms_distrusted_until if security is not None else None
    factor = Factor(
        id=new_id(),
        customer_id=link.customer_id,
        kind=kind,
        enrolled_at=now,
        counts_from=counts_from(now, strong=strong, sms_distrusted_until=distrusted),
    )
    session.add(factor)
    data = {"factor": factor.id, "factor_kind": kind, "counts_from": factor.counts_from}
    log(session, "factor.enrolled", "customer", link.customer_id, now, **data)
    return factor


async def remove(session: Session, customer_id: UUID, factor_id: UUID, by: str, now: datetime) -> Factor | None:
    """Take a factor out of use and its secret away. None where the customer has no such one."""
    for factor in await repository.factors(session, customer_id):
        if factor.id == factor_id:
            factor.removed_at, factor.removed_by, factor.secret = now, by, None
            log(session, "factor.removed", by, customer_id, now, factor=factor.id, factor_kind=factor.kind)
            return factor
    return None


async def remove_since(session: Session, customer_id: UUID, since: datetime, by: str, now: datetime) -> int:
    """Take out what was enrolled since then; how many."""
    fresh = [each for each in await repository.factors(session, customer_id) if each.enrolled_at >= since]
    for each in fresh:
        await remove(session, customer_id, each.id, by, now)
    return len(fresh)
