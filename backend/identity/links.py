"""Links from a chat to a page: unguessable, for one customer and one browser, once, for a quarter of an hour.

Opening the address shows only a button, because messengers fetch what they are sent; pressing it uses the link up and
gives that browser a cookie. At rest there are hashes of both.
"""

import secrets
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from backend.conversations import repository as conversations
from backend.customers.models import Customer
from backend.identity import repository
from backend.identity.errors import LinkGone
from backend.identity.log import log
from backend.identity.models import Link, LinkPurpose
from backend.identity.rules import LINK_LIFE, Operation
from backend.kit.crypto import Keys
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.settings import Settings
from backend.notices import service as notices

TOKEN_BYTES = 24  # 192 bits: nobody finds one by trying
PATH = "/identity"


def site(settings: Settings) -> str:
    """Where the pages are. Browsers know no passkeys on a bare IP address, so development is on localhost."""
    parts = urlsplit(settings.pages_address)
    if parts.hostname != "127.0.0.1":
        return settings.pages_address
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"localhost{port}", "", "", ""))


async def send_to_enrol(
    session: Session, settings: Settings, conversation_id: UUID, customer: Customer, now: datetime
) -> None:
    """Send the customer to the page of their factors."""
    await _send(session, settings, conversation_id, customer, LinkPurpose.ENROL, None, now)


async def send_to_confirm(
    session: Session,
    settings: Settings,
    conversation_id: UUID,
    customer: Customer,
    operation: Operation,
    now: datetime,
) -> None:
    """Send the customer to where they show their passkey, so that what waits in the conversation goes on."""
    await _send(session, settings, conversation_id, customer, LinkPurpose.CONFIRM, operation, now)


async def _send(
    session: Session,
    settings: Settings,
    conversation_id: UUID,
    customer: Customer,
    purpose: LinkPurpose,
    operation: Operation | None,
    now: datetime,
) -> None:
    """Only the latest link of its kind works. The address goes to the chat sealed, past the bot."""
    await repository.end_links(session, customer.id, now, purpose)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = Link(
        id=new_id(),
        token_hash=_keys(settings, "token").hash(token),
        customer_id=customer.id,
        conversation_id=conversation_id,
        purpose=purpose,
        operation=operation,
        issued_at=now,
        expires_at=now + LINK_LIFE,
    )
    session.add(link)
    log(session, "link.sent", "service", conversation_id, now, purpose=purpose, operation=operation, link=link.id)
    await session.flush()
    conversation = await conversations.get(session, conversation_id)
    url = f"{site(settings)}{PATH}/{token}"
    await notices.send_link(session, settings, conversation, f"link_{purpose.value}", url, now)


async def waiting(session: Session, settings: Settings, token: str, now: datetime) -> Link | None:
    """The link that may still be opened; None for any other, whatever is wrong with it."""
    found = await repository.link_by(session, _keys(settings, "token").hashes(token))
    if found is None or found.opened_at is not None or found.ended_at is not None or now >= found.expires_at:
        return None
    return found


async def open_here(session: Session, settings: Settings, token: str, now: datetime) -> tuple[Link, str]:
    """Use the link up; the secret is the browser's from now on. Raises LinkGone."""
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    found = await repository.open_link(
        session, _keys(settings, "token").hashes(token), _keys(settings, "session").hash(secret), now, now + LINK_LIFE
    )
    if found is None:
        raise LinkGone
    log(session, "link.opened", "customer", found.conversation_id, now, purpose=found.purpose, link=found.id)
    return found, secret


async def held(session: Session, settings: Settings, link_id: UUID, secret: str, now: datetime) -> Link:
    """The link that a browser has opened, locked. Raises LinkGone."""
    found = await repository.link(session, link_id)
    if found is None or found.session_hash is None or found.ended_at is not None or now >= found.expires_at:
        raise LinkGone
    if not _keys(settings, "session").made(found.session_hash, secret):
        raise LinkGone
    return found


def end(link: Link, now: datetime) -> None:
    link.ended_at, link.challenge, link.secret = now, None, None


def _keys(settings: Settings, what: str) -> Keys:
    return settings.keys(f"identity-link-{what}")
