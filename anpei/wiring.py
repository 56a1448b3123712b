"""The composition root: the one place where ports meet what implements them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import httpx
import psycopg
import structlog
from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.conversations.models import Channel
from backend.conversations.ports import Safety, Sender
from backend.conversations.rasa import Bot
from backend.identity.throttle import OFFER, Refusals
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.sealing import RELOAD_SECONDS, Keyring, MasterKeyWrong
from backend.kit.services import Services
from backend.kit.settings import MissingSettings, PayoutRail, Settings
from backend.payouts.iso20022.errors import CannotCarry
from backend.payouts.rails import Rail
from backend.payouts.rails.sandbox_bank import SandboxBank
from backend.photos.scanner import scanner
from backend.vault.keys import open_keyring
from channels.sms.send import SmsSender
from channels.telegram.send import TelegramSender

if TYPE_CHECKING:
    from backend.payouts.iso20022.writing import Debtor

log = structlog.get_logger()
# Shorter than a server keeps a connection at rest (Sanic: 5 s and more): none is used that is just being closed.
IDLE_SECONDS = 3.0


@asynccontextmanager
async def open_services(settings: Settings, *, pool_size: int = 10, answers: bool = False) -> AsyncIterator[Services]:
    """Everything a process holds open, closed again in the opposite order. `answers`: see Services."""
    keyring = open_keyring(settings.database_url, settings.master_secret)
    # Redis is a convenience: a call to one that is away fails at once instead of holding up a turn.
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=10, retry=Retry(NoBackoff(), 0))
    database = Database(settings.database_url, pool_size=pool_size, offers={OFFER: Refusals(redis)})
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=50)
    # A turn's own hops go by aiohttp: a third of a millisecond of CPU each, where httpx takes more than one.
    connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=IDLE_SECONDS)
    async with (
        httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(10, connect=2)) as http,
        aiohttp.ClientSession(connector=connector) as turns,
    ):
        senders: dict[Channel, Sender] = {Channel.SMS: SmsSender(settings), Channel.TELEGRAM: TelegramSender(settings)}
        keeper = asyncio.create_task(_keep_keys_fresh(keyring))
        try:
            yield Services(
                settings=settings,
                clock=utc_now,
                db=database,
                redis=redis,
                http=http,
                senders=senders,
                rail=rail(settings, database, http),
                bot=Bot(turns, settings.rasa_url, settings.rasa_token.get_secret_value()),
                answers=answers,
                scanner=scanner(settings.clamd_url),
                safety=safety,
            )
        finally:
            keeper.cancel()
            for sender in senders.values():
                await sender.close()
            await redis.aclose()
            await database.close()


def safety(text: str, country: str | None) -> Safety | None:
    """By the words that the actions know, where the bot isn't asked (conversations/held.py, overflow.py)."""
    from actions.danger import Danger, danger  # noqa: PLC0415 - its patterns, which few messages need here
    from actions.helplines import CRISIS_LINES, EMERGENCY_NUMBERS  # noqa: PLC0415 - needed only with them

    found = danger(text)
    if found is None:
        return None
    number, line = EMERGENCY_NUMBERS.get(country or ""), CRISIS_LINES.get(country or "")
    if found is Danger.SELF_HARM:
        numbers = {"crisis_line": line, "emergency_number": number or ""} if line else {}
        return Safety("crisis_line" if line else "crisis", numbers)
    return Safety("emergency_number", {"emergency_number": number}) if number else Safety("emergency", {})


def rail(settings: Settings, database: Database, http: httpx.AsyncClient) -> Rail:
    """As is set. Raises MissingSettings."""
    if settings.payout_rail is PayoutRail.BANK_API:
        return SandboxBank(http, settings.bank_url)
    from backend.payouts.files.rail import FileRail  # noqa: PLC0415 - a seventh of a second that others needn't wait

    return FileRail(database, payer(settings), utc_now)


def payer(settings: Settings) -> "Debtor":
    """Whose account pays by file. Raises MissingSettings."""
    from backend.payouts.iso20022.writing import debtor  # noqa: PLC0415 - sepaxml and its schemas, which only files need

    try:
        return debtor(
            settings.iso_debtor_name,
            settings.iso_debtor_iban.get_secret_value(),
            settings.iso_debtor_bic,
            settings.iso_currency,
        )
    except CannotCarry as error:
        raise MissingSettings(f"payments by file: the debtor's settings are wrong ({error.why})") from error


async def _keep_keys_fresh(keyring: Keyring) -> None:
    """Seal with the newest key soon after a rotation has begun. What it has sealed opens at once, without this."""
    while True:
        await asyncio.sleep(RELOAD_SECONDS)
        try:
            await asyncio.to_thread(keyring.reload)
        except (psycopg.Error, MasterKeyWrong) as error:
            log.warning("keys.not_reloaded", error=type(error).__name__)
