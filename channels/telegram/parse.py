"""Telegram's updates as messages: what a customer said or pressed in private, and what else to be polite about."""

import re
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from backend.conversations.models import Channel, Kind
from backend.conversations.ports import MAX_MEDIA_BYTES
from backend.conversations.schemas import Inbound, MediaRef
from backend.kit.crypto import Keys
from channels.errors import Malformed
from channels.pictures import photo_type
from channels.telegram.verify import read_button

# What the commands of the bot's menu say in plain words; any other is the words it is made of.
COMMANDS = {
    "start": "hi",
    "help": "help",
    "agent": "agent",
    "claim": "file a claim",
    "status": "claim status",
    "payment": "payment status",
}
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?\s*", re.DOTALL)

# Message fields with something a claim can't use, and our word for it. In this order: an animation is a document too.
UNSUPPORTED = {
    "animation": "animation",
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
    "venue": "location",
    "location": "location",
    "poll": "poll",
    "dice": "dice",
    "game": "game",
    "story": "story",
    "paid_media": "video",
    "checklist": "checklist",
    "document": "document",
}  # fmt: skip - several to a row read best


@dataclass(frozen=True, slots=True)
class Pressed:
    """A callback query to be answered, whatever it was; `message_id` is Telegram's, of the keyboard to take away."""

    query_id: str
    chat_id: int | None
    message_id: int | None
    genuine: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Somebody wrote to us where others read along."""

    chat_id: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """At most one of `inbound` and `group`; none of the three for what is no new message to us."""

    inbound: Inbound | None = None
    pressed: Pressed | None = None
    group: Group | None = None


def parse(update_json: Any, keys: Keys) -> Parsed:
    """An update. `keys` prove buttons. Raises Malformed for JSON that no Bot API sends."""
    if not isinstance(update_json, dict) or not isinstance(update_json.get("update_id"), int):
        raise Malformed("not_an_update")
    try:
        update = Update.de_json(update_json, None)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        return Parsed(inbound=_salvaged(update_json, error))
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query, keys)
    # Edits, channel posts and changes of membership are no new message.
    if update.message is None or update.message.from_user is None or update.message.from_user.is_bot:
        return Parsed()
    if update.message.chat.type != ChatType.PRIVATE:
        return Parsed(group=_group(update.message))
    return Parsed(inbound=_message(update.update_id, update.message))


def _salvaged(update: dict[str, Any], error: Exception) -> Inbound:
    """What can be read of a private message whose shape the library doesn't know (yet, or any more).

    Telegram adds required fields with new versions of its Bot API; a customer must be answered all the same.
    Raises Malformed where there isn't even that.
    """
    message = update.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict):
        raise Malformed("unreadable_update") from error
    if chat.get("type") != ChatType.PRIVATE or not isinstance(chat.get("id"), int):
        raise Malformed("unreadable_update") from error
    words = message.get("text") or message.get("caption")
    text = plain_words(words) if isinstance(words, str) else ""
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(chat["id"]),
        provider_message_id=str(update["update_id"]),
        kind=Kind.TEXT if text else Kind.UNSUPPORTED,
        text=text,
        detail={} if isinstance(words, str) else {"what": "other"},
    )


def _group(message: Message) -> Group | None:
    """The group that somebody wrote in; None for its comings and goings."""
    if not (message.text or message.caption):
        return None
    return Group(message.chat.id, _hint(message.from_user.language_code if message.from_user else None))


def _press(update_id: int, query: CallbackQuery, keys: Keys) -> Parsed:
    chat = query.message.chat if query.message is not None else None
    private = chat is not None and chat.type == ChatType.PRIVATE
    chat_id = str(chat.id) if chat is not None and private else ""
    button = read_button(keys, query.data, chat_id) if private else None
    language = _hint(query.from_user.language_code)
    pressed = Pressed(
        query.id,
        chat.id if chat is not None and private else None,
        query.message.message_id if query.message is not None else None,
        genuine=button is not None,
        language=language,
    )
    if button is None:
        return Parsed(pressed=pressed)
    inbound = Inbound(
        channel=Channel.TELEGRAM,
        address=chat_id,
        provider_message_id=str(update_id),
        kind=Kind.BUTTON,
        detail={"message_id": str(button.message_id), "index": button.index},
        language_hint=language,
    )
    return Parsed(inbound=inbound, pressed=pressed)


def _message(update_id: int, message: Message) -> Inbound | None:
    """A private message; None for what Telegram itself says in a chat (a pinned message, a changed timer)."""
    found = _content(message)
    if found is None:
        return None
    kind, text, detail, media = found
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(message.chat.id),
        provider_message_id=str(update_id),
        kind=kind,
        text=text,
        detail=detail,
        media=media,
        language_hint=_hint(message.from_user.language_code if message.from_user else None),
    )


def _content(message: Message) -> tuple[Kind, str, dict[str, Any], list[MediaRef]] | None:
    caption = message.caption or ""
    if message.text is not None:
        return Kind.TEXT, plain_words(message.text), {}, []
    if photo := _photo(message):
        return Kind.PHOTO, caption, {}, [photo]
    if message.contact is not None:
        return _contact(message)
    for field, what in UNSUPPORTED.items():
        if getattr(message, field, None):
            # Words that came along are worth more than the file that can't be used.
            return (
                (Kind.TEXT, caption, {"left_out": what}, [])
                if caption.strip()
                else (Kind.UNSUPPORTED, "", {"what": what}, [])
            )
    return None


def plain_words(text: str) -> str:
    """`/command@bot rest` as plain words: here a slash starts a command, further on it must not start anything."""
    found = _COMMAND.fullmatch(text)
    if found is None:
        return text
    name, rest = found.group(1).lower(), (found.group(2) or "").strip()
    if name == "start":
        return COMMANDS[name]  # what a link to the bot brings along is no word of the customer's
    words = COMMANDS.get(name) or name.replace("_", " ")
    return f"{words} {rest}".strip()


def _photo(message: Message) -> MediaRef | None:
    """The largest size that may be fetched, or an image that was sent as a file."""
    sizes = [size for size in message.photo if (size.file_size or 0) <= MAX_MEDIA_BYTES]
    if sizes:
        best = max(sizes, key=lambda size: size.width * size.height)
        return MediaRef(url_or_file_id=best.file_id, content_type="image/jpeg")
    document = message.document
    if document is not None and message.animation is None and (found := photo_type(document.mime_type or "")):
        return MediaRef(url_or_file_id=document.file_id, content_type=found)
    return None


def _contact(message: Message) -> tuple[Kind, str, dict[str, Any], list[MediaRef]]:
    """A shared number counts only as the sender's own: a contact card of somebody else proves nothing."""
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or contact.user_id is None or contact.user_id != sender.id:
        return Kind.UNSUPPORTED, "", {"what": "foreign_contact"}, []
    digits = re.sub(r"\D", "", contact.phone_number)
    return Kind.CONTACT, "", {"phone": f"+{digits}"}, []


def _hint(language_code: str | None) -> str | None:
    """`zh-hans` → zh, `en-GB` → en; nothing for a language we don't speak."""
    primary = (language_code or "").partition("-")[0].lower()
    return primary if primary in {"en", "zh"} else None
