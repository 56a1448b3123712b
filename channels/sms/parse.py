"""Twilio's form fields as messages and receipts."""

import re
from collections.abc import Mapping
from uuid import UUID

from backend.conversations.models import Channel, Kind, OutStatus
from backend.conversations.schemas import Inbound, MediaRef, Receipt
from channels.errors import Malformed
from channels.pictures import photo_type

MESSAGE = "message"  # in the address of a receipt: our id of the message
MAX_MEDIA = 10  # Twilio's own limit for one message
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SID = re.compile(r"[A-Za-z0-9_-]{2,64}")

# Twilio acts on these by itself when they are the whole message; the conversation should know why. It would on "cancel",
# "end" and "quit", too, which are answers here: leave them out of Advanced Opt-Out. Where they are in, Twilio says so.
OPT_OUT_WORDS = frozenset({"stop", "stopall", "unsubscribe", "revoke", "optout"})
OPT_IN_WORDS = frozenset({"start", "yes", "unstop"})
HELP_WORDS = frozenset({"help", "info"})

STATUSES = {
    "sending": OutStatus.SENDING,
    "sent": OutStatus.SENT,
    "delivered": OutStatus.DELIVERED,
    "read": OutStatus.DELIVERED,
    "undelivered": OutStatus.UNDELIVERED,
    "failed": OutStatus.FAILED,
    "canceled": OutStatus.FAILED,
}


def parse_message(form: Mapping[str, str]) -> Inbound:
    """An incoming SMS or MMS. Raises Malformed."""
    text = form.get("Body", "")
    photos, others = _media(form)
    detail: dict[str, str] = {}
    if photos:
        kind = Kind.PHOTO
    elif others and not text.strip():
        kind, detail = Kind.UNSUPPORTED, {"what": others[0]}
    else:
        kind, detail = Kind.TEXT, _carrier_word(form, text)
    if others and kind is not Kind.UNSUPPORTED:
        detail["left_out"] = others[0]
    return Inbound(
        channel=Channel.SMS,
        address=_number(form, "From"),
        provider_message_id=_sid(form),
        kind=kind,
        text=text,
        detail=detail,
        media=photos,
    )


def parse_receipt(form: Mapping[str, str], query: Mapping[str, str]) -> Receipt | None:
    """A status callback, to an address with the `query` that we gave it (send.py), which Twilio has signed with the rest.

    None for a status that says nothing about delivery. Raises Malformed.
    """
    status = STATUSES.get((form.get("MessageStatus") or form.get("SmsStatus") or "").lower())
    sid = _sid(form)
    if status is None:
        return None
    try:
        message_id = UUID(query[MESSAGE]) if MESSAGE in query else None
    except ValueError as error:
        raise Malformed("bad_message_id") from error
    return Receipt(
        channel=Channel.SMS,
        provider_message_id=sid,
        message_id=message_id,
        status=status,
        error=form.get("ErrorCode", "")[:16] or None,
    )


def _number(form: Mapping[str, str], name: str) -> str:
    number = form.get(name, "").strip()
    if not _E164.fullmatch(number):
        # A short code or a name as sender can't be answered, and WhatsApp isn't SMS.
        raise Malformed("bad_sender")
    return number


def _sid(form: Mapping[str, str]) -> str:
    sid = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    if not _SID.fullmatch(sid):
        raise Malformed("bad_message_sid")
    return sid


def _media(form: Mapping[str, str]) -> tuple[list[MediaRef], list[str]]:
    """(photos, what the rest is). An MMS may come without any text."""
    count = form.get("NumMedia", "0") or "0"
    if not count.isdecimal() or int(count) > MAX_MEDIA:
        raise Malformed("bad_num_media")
    photos, others = [], []
    for index in range(int(count)):
        url, content_type = form.get(f"MediaUrl{index}", ""), form.get(f"MediaContentType{index}", "")
        if not url:
            raise Malformed("media_without_url")
        photo = photo_type(content_type)
        if photo is None:
            others.append(_what(content_type))
        else:
            photos.append(MediaRef(url_or_file_id=url, content_type=photo))
    return photos, others


def _what(content_type: str) -> str:
    """The word for an attachment that claims can't use."""
    family = content_type.partition("/")[0].lower()
    if "vcard" in content_type.lower():
        return "contact_card"
    return {"audio": "voice", "video": "video"}.get(family, "document")


def _carrier_word(form: Mapping[str, str], text: str) -> dict[str, str]:
    """Which of the carrier's words this message is, if it is nothing else."""
    word = text.strip().strip(".!").lower()
    said = form.get("OptOutType", "").lower()  # set by Twilio's advanced opt-out
    if said == "stop" or word in OPT_OUT_WORDS:
        return {"carrier_word": "stop"}
    if said == "start" or word in OPT_IN_WORDS:
        return {"carrier_word": "start"}
    if said == "help" or word in HELP_WORDS:
        return {"carrier_word": "help"}
    return {}
