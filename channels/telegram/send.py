"""Sending to Telegram with python-telegram-bot: its Bot without its updater, for updates come by our own webhook."""

import time
from collections import OrderedDict
from functools import cached_property

import httpx
import structlog
from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from backend.conversations.models import Channel
from backend.conversations.ports import MAX_MEDIA_BYTES, Outgoing, SendFailed
from backend.conversations.schemas import MediaRef
from backend.kit.settings import Settings
from channels.metrics import SENT
from channels.pictures import settle_type
from channels.progress import Progress
from channels.telegram.errors import failure, seconds
from channels.telegram.parse import Group, Pressed
from channels.telegram.render import DEAD_BUTTON, GROUP_REFUSAL, MENU, Part, render
from channels.telegram.verify import BUTTONS

log = structlog.get_logger()
OFFICIAL_BASE_URL = "https://api.telegram.org"
REFUSE_GROUP_EVERY_SECONDS = 3600.0
MAX_GROUPS_REMEMBERED = 1000
# Idle connections are dropped before the server does it: see channels.sms.client.
LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=3)


class TelegramSender:
    """A conversations.ports.Sender, and the small courtesies Telegram wants: answers to presses, words to groups."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = settings.keys(BUTTONS)
        self._progress = Progress()
        self._paused_until = 0.0  # monotonic
        self._refused: OrderedDict[int, float] = OrderedDict()
        self._request = HTTPXRequest(
            read_timeout=10, connect_timeout=3, pool_timeout=3, httpx_kwargs={"limits": LIMITS}
        )

    async def send(self, outgoing: Outgoing) -> str:
        """Hand the message over, in parts if it is too long for one; the id of the last as `chat:message`, the chat hashed."""
        parts = render(outgoing, self._keys)
        number = 0
        for index in range(self._progress.sent(outgoing.message_id), len(parts)):
            try:
                number = await self._send_part(outgoing.address, parts[index])
            except SendFailed as error:
                SENT.labels(Channel.TELEGRAM.value, error.provider_code).inc()
                self._progress.note(outgoing.message_id, index)
                raise
            SENT.labels(Channel.TELEGRAM.value, "sent").inc()
        self._progress.forget(outgoing.message_id)
        # A message's number is unique in its chat only, and must not be taken for the id of an update.
        return f"{self._keys.hash(outgoing.address, length=16)}:{number}"

    async def _send_part(self, chat_id: str, part: Part) -> int:
        self._hold_back()
        try:
            message = await self._bot.send_message(int(chat_id), part.text, reply_markup=part.markup)
        except RetryAfter as error:
            self._paused_until = time.monotonic() + seconds(error)
            raise failure(error) from error
        except TelegramError as error:
            raise failure(error) from error
        return message.message_id

    def _hold_back(self) -> None:
        """After a 429 nothing is sent to anybody until it is over: asking again only makes it longer."""
        left = self._paused_until - time.monotonic()
        if left > 0:
            raise SendFailed("429", retry_after=left)

    @cached_property
    def _bot(self) -> Bot:
        settings = self._settings
        token = settings.telegram_bot_token.get_secret_value()
        if not token:
            raise SendFailed("not_configured", permanent=True)
        base = (settings.telegram_api_base_url or OFFICIAL_BASE_URL).rstrip("/")
        return ExtBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._request,
            get_updates_request=self._request,  # never used: updates come by webhook
            rate_limiter=AIORateLimiter(max_retries=0),  # 30 a second overall; waiting out a 429 is the job's
        )

    async def fetch(self, ref: MediaRef) -> tuple[str, bytes]:
        try:
            file = await self._bot.get_file(ref.url_or_file_id)
            if (file.file_size or 0) > MAX_MEDIA_BYTES:
                raise SendFailed("media_too_large", permanent=True)
            content = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise failure(error) from error
        if len(content) > MAX_MEDIA_BYTES:
            raise SendFailed("media_too_large", permanent=True)
        return settle_type(content), content

    async def answer(self, pressed: Pressed) -> None:
        """Stop the button's spinner and take the keyboard away, so that it can't be pressed twice. Never raises."""
        text = None if pressed.genuine else DEAD_BUTTON.get(pressed.language or "en", DEAD_BUTTON["en"])
        try:
            await self._bot.answer_callback_query(pressed.query_id, text=text)
        except (TelegramError, SendFailed) as error:
            log.warning("telegram.press_not_answered", error=type(error).__name__)
        if pressed.chat_id is None or pressed.message_id is None:
            return
        try:
            await self._bot.edit_message_reply_markup(pressed.chat_id, pressed.message_id, reply_markup=None)
        except BadRequest:
            log.debug("telegram.keyboard_gone")  # pressed twice in a row: the first press took it away
        except (TelegramError, SendFailed) as error:
            log.warning("telegram.keyboard_stays", error=type(error).__name__)

    async def refuse_group(self, group: Group) -> None:
        """Say once in a while in a group that claims are private. Never raises."""
        now = time.monotonic()
        if now - self._refused.get(group.chat_id, -REFUSE_GROUP_EVERY_SECONDS) < REFUSE_GROUP_EVERY_SECONDS:
            return
        self._refused[group.chat_id] = now
        self._refused.move_to_end(group.chat_id)
        if len(self._refused) > MAX_GROUPS_REMEMBERED:
            self._refused.popitem(last=False)
        text = GROUP_REFUSAL.get(group.language or "en", GROUP_REFUSAL["en"])
        try:
            await self._bot.send_message(group.chat_id, text)
        except (TelegramError, SendFailed) as error:
            log.warning("telegram.group_not_refused", error=type(error).__name__)

    async def register(self) -> None:
        """Tell Telegram where to send updates, and the menu of commands in both languages. Raises SendFailed."""
        settings = self._settings
        try:
            await self._bot.set_webhook(
                settings.public_url.rstrip("/") + "/webhooks/telegram",
                secret_token=settings.telegram_webhook_secret.get_secret_value(),
                allowed_updates=["message", "callback_query"],
            )
            for language, commands in MENU.items():
                await self._bot.set_my_commands(commands, language_code=None if language == "en" else language)
        except TelegramError as error:
            raise failure(error) from error

    async def close(self) -> None:
        await self._request.shutdown()
