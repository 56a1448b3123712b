"""Demo customers and an agent, in development only. Each holds all five products and a payout account at the sandbox bank."""

from datetime import datetime, timedelta

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from anpei.demo_people import AGENT, COLLEAGUE, PEOPLE, SUPERVISOR
from backend.agents import repository as agents
from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.authority import service as authority
from backend.authority.models import Act
from backend.customers import repository as customers
from backend.customers.models import Customer, PayoutAccount
from backend.kit.db import Database, Session
from backend.kit.ids import ALPHABET, check_character
from backend.policies import catalogue
from backend.policies.models import Policy

IN_FORCE_SINCE = timedelta(days=120)  # past every waiting period, and not so fresh that review looks twice


async def seed(database: Database, bank_url: str, now: datetime) -> None:
    """Make what is missing; run again, changes nothing."""
    async with database.transaction() as session:
        for index, person in enumerate(PEOPLE):
            if await customers.by_phone(session, person[0]) is None:
                await _person(session, index, person, bank_url, now)
        for username, name, password in (AGENT, COLLEAGUE, SUPERVISOR):
            if await agents.by_username(session, username) is None:
                session.add(Agent(username=username, name=name, password_hash=HASHER.hash(password), created_at=now))
        # Two may release, and settle numbers: what the supervisor has decided upon takes another.
        for username, acts in (
            (SUPERVISOR[0], set(Act)),
            (COLLEAGUE[0], {Act.RELEASE_PAYOUT, Act.SETTLE_IDENTITY}),
        ):
            held = await authority.given(session, username)
            for act in acts - {given.act for given in held}:
                await authority.grant(session, username, act, "demo", now)


async def _person(
    session: Session, index: int, person: tuple[str, str, str, str, str, str, str], bank_url: str, now: datetime
) -> None:
    phone, name, language, zone, country, currency, last_four = person
    customer = Customer(
        name=name,
        phone=phone,
        language=language,
        time_zone=zone,
        country=country,
        currency=currency,
        created_at=now - IN_FORCE_SINCE,
    )
    session.add(customer)
    await session.flush()
    session.add(
        PayoutAccount(
            customer_id=customer.id,
            holder=name,
            bank_token=await _register(bank_url, name, last_four, currency),
            last_four=last_four,
            currency=currency,
            created_at=now - IN_FORCE_SINCE,
        )
    )
    starts = (now - IN_FORCE_SINCE).date()
    for place, product in enumerate(catalogue.products()):
        session.add(
            Policy(
                number=demo_policy_number(index, place),
                customer_id=customer.id,
                product=product.key,
                currency=currency,
                starts_on=starts,
                ends_on=starts + timedelta(days=364),
            )
        )


def demo_policy_number(person: int, place: int) -> str:
    """The same on every machine, so that a README can name one."""
    body = "DEM" + ALPHABET[1 + person] * 3 + ALPHABET[1 + place]
    return f"PL-{body}{check_character(body)}"


async def _register(bank_url: str, holder: str, last_four: str, currency: str) -> str:
    """The bank's token for a new payee."""
    async with httpx.AsyncClient(timeout=10) as http:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(httpx.TransportError), stop=stop_after_delay(30), wait=wait_fixed(0.2)
        ):
            with attempt:  # the bank may be starting at the same moment
                response = await http.post(
                    f"{bank_url}/v1/accounts", json={"holder": holder, "last_four": last_four, "currency": currency}
                )
    response.raise_for_status()
    token: str = response.json()["account_token"]
    return token
