"""Sending SMS with Twilio's own client."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped] # ships no types
from twilio.rest import Client  # type: ignore[import-untyped] # ships no types

from backend.conversations.models import Channel
from backend.conversations.ports import Outgoing, SendFailed
from backend.conversations.schemas import MediaRef
from backend.kit.settings import Settings
from channels.metrics import SEGMENTS, SENT
from channels.progress import Progress
from channels.sms.client import TwilioHttp
from channels.sms.errors import failure
from channels.sms.media import MediaFetcher
from channels.sms.parse import MESSAGE
from channels.sms.render import coding, render, segments

STATUS_PATH = "/webhooks/twilio/status"
MEDIA_TIMEOUT = httpx.Timeout(10, connect=3, pool=3)


class SmsSender:
    """A conversations.ports.Sender. Credentials are looked at with the first message: none are needed until then."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._progress = Progress()
        self._media = httpx.AsyncClient(timeout=MEDIA_TIMEOUT)

    async def send(self, outgoing: Outgoing) -> str:
        """Hand the message over, in parts if it is too long for one; the id of the last."""
        parts = render(outgoing)
        sid = ""
        for index in range(self._progress.sent(outgoing.message_id), len(parts)):
            try:
                sid = await self._send_part(outgoing.address, parts[index], self._told_at(outgoing, parts, index))
            except SendFailed as error:
                SENT.labels(Channel.SMS.value, error.provider_code).inc()
                self._progress.note(outgoing.message_id, index)
                raise
            SENT.labels(Channel.SMS.value, "sent").inc()
            SEGMENTS.labels(coding(parts[index]).value).inc(segments(parts[index]))
        self._progress.forget(outgoing.message_id)
        return sid

    def _told_at(self, outgoing: Outgoing, parts: list[str], index: int) -> str:
        """Where Twilio tells what became of a part. With the last, which stands for the message, it tells which message that
        was: where its answer is lost, nothing else can."""
        address = self._settings.public_url.rstrip("/") + STATUS_PATH
        return f"{address}?{urlencode({MESSAGE: outgoing.message_id})}" if index == len(parts) - 1 else address

    async def _send_part(self, to: str, text: str, told_at: str) -> str:
        settings = self._settings
        sender: dict[str, Any] = (
            {"messaging_service_sid": settings.twilio_messaging_service_sid}
            if settings.twilio_messaging_service_sid
            else {"from_": settings.twilio_from}
        )
        try:
            message = await self._client.messages.create_async(to=to, body=text, status_callback=told_at, **sender)
        except (TwilioException, aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise failure(error) from error
        return str(message.sid)

    @cached_property
    def _client(self) -> Client:
        settings = self._settings
        if not settings.twilio_account_sid:
            raise SendFailed("not_configured", permanent=True)
        return Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=self._http,
        )

    @cached_property
    def _http(self) -> TwilioHttp:
        return TwilioHttp(self._settings.twilio_api_base_url)

    async def fetch(self, ref: MediaRef) -> tuple[str, bytes]:
        settings = self._settings
        credentials = (settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value())
        return await MediaFetcher(self._media, settings.twilio_api_base_url, credentials).fetch(ref.url_or_file_id)

    async def close(self) -> None:
        await self._media.aclose()
        if "_http" in self.__dict__:
            await self._http.close()
