"""Two phones: what they send reaches us as their providers' webhooks, signed, and in no other way."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import phonenumbers
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped] # ships no types

from channels.simulator.line import WEBHOOK_SECONDS, Line, Photo
from channels.simulator.store import EventKind, Phone
from channels.sms.render import segments

SMS_PATH = "/webhooks/twilio/sms"
TELEGRAM_PATH = "/webhooks/telegram"
REFUSED = 599  # the status we note for a webhook that could not be reached at all
# Telegram sends again what isn't answered with a 2xx; it goes on for longer than a simulator needs to.
REDELIVERY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30)

# As in a messaging service set up as our operators' guide says: CANCEL, END and QUIT answer the bot, so they are taken
# off the carrier's list, and YES brings back only who is out.
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "revoke", "optout"})
START_WORDS = frozenset({"start", "unstop", "yes"})
STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = "You have successfully been re-subscribed to messages from this number. Reply STOP to unsubscribe."


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


class SmsPhone:
    """A phone with an E.164 number. Each method returns the HTTP status of our webhook's answer."""

    def __init__(self, line: Line, number: str) -> None:
        self._line = line
        self.number = number

    async def send_text(self, text: str) -> int:
        return await self._send(new_sid("SM"), text, [])

    async def send_photo(self, photo: Photo, text: str = "") -> int:
        """An MMS; often without a word."""
        return await self._send(new_sid("MM"), text, [photo])

    async def _send(self, sid: str, text: str, photos: list[Photo]) -> int:
        store = self._line.store
        form, media_ids = self._form(sid, text, photos)
        media_url = f"/simulator/media/{media_ids[0]}" if media_ids else None
        store.add(Phone.SMS, self.number, EventKind.IN, message_id=sid, text=text, media_url=media_url)
        form |= self._opt_out(text)
        status = await post_signed(self._line, self._line.accounts.public_url + SMS_PATH, form)
        if not httpx.codes.is_success(status):  # Twilio does not send a message again
            store.add(Phone.SMS, self.number, EventKind.STATUS, message_id=sid, status="failed")
        return status

    def _form(self, sid: str, text: str, photos: list[Photo]) -> tuple[dict[str, str], list[str]]:
        """The fields of Twilio's webhook, those it leaves blank too: all are signed."""
        accounts = self._line.accounts
        form = {
            "ToCountry": region(accounts.twilio_number),
            "ToState": "",
            "ToCity": "",
            "ToZip": "",
            "FromCountry": region(self.number),
            "FromState": "",
            "FromCity": "",
            "FromZip": "",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "MessageSid": sid,
            "AccountSid": accounts.twilio_sid,
            "SmsStatus": "received",
            "NumMedia": str(len(photos)),
            "NumSegments": str(segments(text)),
            "Body": text,
            "From": self.number,
            "To": accounts.twilio_number,
            "ApiVersion": "2010-04-01",
        }  # fmt: skip - grouped as Twilio's documentation does
        media_ids = []
        for index, photo in enumerate(photos):
            media_ids.append(new_sid("ME"))
            self._line.store.keep_media(media_ids[-1], photo.content_type, photo.content)
            form[f"MediaContentType{index}"] = photo.content_type
            form[f"MediaUrl{index}"] = (
                f"{accounts.twilio_base_url}/2010-04-01/Accounts/{accounts.twilio_sid}"
                f"/Messages/{sid}/Media/{media_ids[-1]}"
            )
        return form, media_ids

    def _opt_out(self, text: str) -> dict[str, str]:
        """What the carrier does by itself with some words, and the field that tells us so."""
        store, word = self._line.store, text.strip().lower()
        if word in STOP_WORDS:
            store.opted_out.add(self.number)
            store.add(Phone.SMS, self.number, EventKind.OUT, message_id=new_sid("SM"), text=STOPPED)
            return {"OptOutType": "STOP"}
        if word in START_WORDS and self.number in store.opted_out:
            store.opted_out.discard(self.number)
            store.add(Phone.SMS, self.number, EventKind.OUT, message_id=new_sid("SM"), text=STARTED)
            return {"OptOutType": "START"}
        return {}


async def post_signed(line: Line, public_url: str, form: dict[str, str]) -> int:
    """Post a form as Twilio does, signed for the public URL; the status of the answer."""
    signature = RequestValidator(line.accounts.twilio_token).compute_signature(public_url, form)
    headers = {"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}
    try:
        answer = await line.http.post(
            line.accounts.reached(public_url), data=form, headers=headers, timeout=WEBHOOK_SECONDS
        )
    except httpx.HTTPError:
        return REFUSED
    return answer.status_code


def region(number: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


class TelegramPhone:
    """A Telegram user in a private chat with the bot. Each method returns the status of the first delivery."""

    def __init__(
        self, line: Line, chat_id: int, phone_number: str, *, first_name: str = "Customer", language_code: str = "en"
    ) -> None:
        self._line = line
        self.chat_id = chat_id
        self.phone_number = phone_number
        self._user = {"id": chat_id, "is_bot": False, "first_name": first_name, "language_code": language_code}
        self._chat = {"id": chat_id, "first_name": first_name, "type": "private"}
        line.store.belongs(chat_id, phone_number)

    async def send_text(self, text: str) -> int:
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            content["entities"] = [{"offset": 0, "length": length, "type": "bot_command"}]
        return await self._say(content, text=text)

    async def send_photo(self, photo: Photo, text: str = "") -> int:
        content: dict[str, Any] = {"photo": [self._file(photo.content, photo.content_type, photo.width, photo.height)]}
        if text:
            content["caption"] = text
        media_url = f"/simulator/media/{content['photo'][0]['file_id']}"
        return await self._say(content, text=text, media_url=media_url)

    async def share_contact(self, *, phone: str | None = None, own: bool = True) -> int:
        """Share the user's own number, or with `own=False` somebody's from the address book."""
        contact: dict[str, Any] = {
            "phone_number": (phone or self.phone_number).removeprefix("+"),  # Telegram leaves it out on some phones
            "first_name": self._user["first_name"],
            **({"user_id": self.chat_id} if own else {}),
        }
        return await self._say({"contact": contact}, what="contact")

    async def send_voice(self) -> int:
        voice = self._named_file() | {"duration": 3, "mime_type": "audio/ogg", "file_size": 12_000}
        return await self._say({"voice": voice}, what="voice")

    async def send_sticker(self) -> int:
        sticker = self._named_file() | {
            "width": 512,
            "height": 512,
            "type": "regular",
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }  # fmt: skip - one thing
        return await self._say({"sticker": sticker}, what="sticker")

    async def press(self, message_id: int, callback_data: str) -> int:
        """Press a button under a message of the bot, there still or not: an old phone may show it."""
        gone = {"chat": self._chat, "message_id": message_id, "date": 0}  # the Bot API's inaccessible message
        query = {
            "id": str(secrets.randbits(62)),
            "from": self._user,
            "message": self._line.store.message(self.chat_id, message_id) or gone,
            "chat_instance": str(secrets.randbits(62)),
            "data": callback_data,
        }
        return await self._deliver({"callback_query": query}, "")

    async def _say(self, content: dict[str, Any], **seen: Any) -> int:
        store = self._line.store
        number = store.next_id()
        message = {
            "message_id": number,
            "from": self._user,
            "chat": self._chat,
            "date": int(time.time()),
            **content,
        }  # fmt: skip - one thing
        store.add(Phone.TELEGRAM, str(self.chat_id), EventKind.IN, message_id=str(number), **seen)
        return await self._deliver({"message": message}, str(number))

    async def _deliver(self, content: dict[str, Any], message_id: str) -> int:
        update = {"update_id": self._line.store.next_id(), **content}
        status = await self._post(update)
        if not httpx.codes.is_success(status):
            self._line.store.background(redeliver(lambda: self._post(update), lambda: self._lost(message_id)))
        return status

    async def _post(self, update: dict[str, Any]) -> int:
        accounts = self._line.accounts
        headers = {"X-Telegram-Bot-Api-Secret-Token": accounts.telegram_secret}
        url = accounts.reached(accounts.public_url + TELEGRAM_PATH)
        try:
            answer = await self._line.http.post(url, json=update, headers=headers, timeout=WEBHOOK_SECONDS)
        except httpx.HTTPError:
            return REFUSED
        return answer.status_code

    def _lost(self, message_id: str) -> None:
        if message_id:
            self._line.store.add(
                Phone.TELEGRAM, str(self.chat_id), EventKind.STATUS, message_id=message_id, status="failed"
            )

    def _named_file(self) -> dict[str, Any]:
        return {"file_id": "AgAC" + secrets.token_urlsafe(48), "file_unique_id": secrets.token_urlsafe(12)}

    def _file(self, content: bytes, content_type: str, width: int, height: int) -> dict[str, Any]:
        file = self._named_file() | {"width": width, "height": height, "file_size": len(content)}
        self._line.store.keep_media(file["file_id"], content_type, content)
        return file


async def redeliver(post: Callable[[], Awaitable[int]], lost: Callable[[], None]) -> None:
    """Post again, later and later, until the answer is a 2xx or there is no patience left."""
    for seconds in REDELIVERY_SECONDS:
        await asyncio.sleep(seconds)
        if httpx.codes.is_success(await post()):
            return
    lost()
