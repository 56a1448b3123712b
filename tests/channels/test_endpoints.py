"""The webhooks on a real database: verified, stored once, acknowledged; refused without a trace."""

import asyncio
import base64
import json
import socket
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, text
from twilio.request_validator import RequestValidator

from backend.conversations.models import Author, Channel, Message, OutStatus
from backend.conversations.ports import Choice, Outgoing
from backend.conversations.schemas import MediaRef
from backend.kit.clock import utc_now
from backend.kit.crypto import keys_of
from backend.kit.db import Database
from backend.kit.ids import new_id
from channels.simulator.accounts import chat_id_of
from channels.simulator.store import EventKind
from channels.sms.send import SmsSender
from channels.telegram.send import TelegramSender
from channels.telegram.verify import BUTTONS, SECRET_HEADER, Button, sign_button
from tests.channels import serving
from tests.channels.serving import Served, capture
from tests.channels.test_sms_send import picture
from tests.support import people
from tests.support.secrets import NEW, OLD


async def stored(database: Database) -> list[tuple[Any, ...]]:
    """(channel, kind, text, provider's id) of every message, in order of arrival."""
    async with database.transaction() as session:
        found = await session.scalars(select(Message).order_by(Message.position))
        return [(each.channel, each.kind, each.text, each.provider_message_id) for each in found]


async def jobs(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)


def rejected(channel: str, reason: str) -> float:
    return REGISTRY.get_sample_value("anpei_webhook_rejected_total", {"channel": channel, "reason": reason}) or 0


async def twilio(
    http: httpx.AsyncClient, edge: Served, form: dict[str, str], *, path: str = "sms", url: str = "", **headers: str
) -> httpx.Response:
    token = edge.settings.twilio_auth_token.get_secret_value()
    signed = url or f"{edge.settings.public_url}/webhooks/twilio/{path}"
    signature = RequestValidator(token).compute_signature(signed, form)
    return await http.post(
        f"{edge.url}/webhooks/twilio/{path}", data=form, headers={"X-Twilio-Signature": signature, **headers}
    )


async def telegram(http: httpx.AsyncClient, edge: Served, update: Any, secret: str | None = None) -> httpx.Response:
    secret = edge.settings.telegram_webhook_secret.get_secret_value() if secret is None else secret
    return await http.post(f"{edge.url}/webhooks/telegram", json=update, headers={SECRET_HEADER: secret})


async def test_an_sms_is_stored_and_acknowledged(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    form = capture("twilio", "sms_english")
    answer = await twilio(http, edge, form)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<Response/>" in answer.text
    assert await stored(database) == [("sms", "text", form["Body"], form["MessageSid"])]
    assert await jobs(database) == 1


@pytest.mark.parametrize("name", ["sms_chinese", "sms_empty", "mms_photo_without_text", "mms_voice", "sms_stop"])
async def test_every_kind_of_sms_is_stored(
    http: httpx.AsyncClient, edge: Served, database: Database, name: str
) -> None:
    assert (await twilio(http, edge, capture("twilio", name))).status_code == 200
    assert len(await stored(database)) == 1


async def test_the_same_sms_again_changes_nothing(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    answers = await asyncio.gather(*(twilio(http, edge, capture("twilio", "sms_english")) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await stored(database)) == 1
    assert await jobs(database) == 1


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-Twilio-Signature": ""}, "unsigned"),
        ({"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "bad_signature"),
    ],
)
async def test_a_forged_sms_leaves_nothing_but_a_count(
    http: httpx.AsyncClient, edge: Served, database: Database, headers: dict[str, str], reason: str
) -> None:
    before = rejected("sms", reason)
    answer = await twilio(http, edge, capture("twilio", "sms_english"), **headers)
    assert answer.status_code == 403
    assert reason not in answer.text
    assert rejected("sms", reason) == before + 1
    assert await stored(database) == []


async def test_a_signature_for_another_address_is_forged(
    http: httpx.AsyncClient, edge: Served, database: Database
) -> None:
    answer = await twilio(http, edge, capture("twilio", "sms_english"), url="https://elsewhere.example/webhooks")
    assert answer.status_code == 403
    assert await stored(database) == []


async def test_a_signed_sms_that_makes_no_sense(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    answer = await twilio(http, edge, capture("twilio", "sms_english") | {"From": "ANPEI"})
    assert answer.status_code == 400
    assert await stored(database) == []


async def test_a_body_without_end_is_not_read(http: httpx.AsyncClient, edge: Served) -> None:
    form = capture("twilio", "sms_english") | {"Body": "a" * 100_000}
    assert (await twilio(http, edge, form)).status_code == 400


async def test_behind_a_proxy_the_public_address_counts(
    http: httpx.AsyncClient, database_url: str, database: Database
) -> None:
    """Twilio signed https://…; what arrives here is http on a private port."""
    with serving.edge(database_url, public_url="https://claims.example") as edge:
        form = capture("twilio", "sms_english")
        for url in ("https://claims.example/webhooks/twilio/sms", "https://claims.example:443/webhooks/twilio/sms"):
            assert (await twilio(http, edge, form, url=url)).status_code == 200
        private = f"{edge.url}/webhooks/twilio/sms"
        assert (await twilio(http, edge, form, url=private)).status_code == 403
        host = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        evil = "https://evil.example/webhooks/twilio/sms"
        assert (await twilio(http, edge, form, url=evil, **host)).status_code == 403
    assert len(await stored(database)) == 1


async def test_a_store_that_fails_is_said_so(http: httpx.AsyncClient) -> None:
    """Acknowledged is only what is stored."""
    with serving.edge("postgresql+psycopg://nobody@127.0.0.1:9/none") as edge:
        answers = await asyncio.gather(  # each waits for a connection as long as the pool does
            twilio(http, edge, capture("twilio", "sms_english")),
            twilio(http, edge, capture("twilio", "status_sent"), path="status"),
            telegram(http, edge, capture("telegram", "text")),
        )
    assert [answer.status_code for answer in answers] == [503, 503, 503]


async def sent_message(database: Database, provider_id: str, message_id: UUID | None = None) -> None:
    now = utc_now()
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        session.add(
            Message(
                id=message_id or new_id(),
                conversation_id=conversation.id,
                channel=Channel.SMS,
                author=Author.BOT,
                text="x",
                at=now,
                status=OutStatus.SENT,
                provider_message_id=provider_id,
            )
        )


async def status_of(database: Database, provider_id: str) -> tuple[Any, ...]:
    async with database.transaction() as session:
        found = await session.execute(
            text("SELECT status, error FROM messages WHERE provider_message_id = :sid"), {"sid": provider_id}
        )
        return tuple(found.one())


async def test_receipts_move_a_message_on_and_never_back(
    http: httpx.AsyncClient, edge: Served, database: Database
) -> None:
    delivered, sent = capture("twilio", "status_delivered"), capture("twilio", "status_sent")
    await sent_message(database, delivered["MessageSid"])
    for form in (delivered, sent, capture("twilio", "status_queued")):
        assert (await twilio(http, edge, form, path="status")).status_code == 204
    assert await status_of(database, delivered["MessageSid"]) == ("delivered", None)


async def test_a_receipt_that_overtakes_our_own_note(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    """Twilio may report before the job that sent the message has committed its id."""
    form = capture("twilio", "status_undelivered")
    call = asyncio.create_task(twilio(http, edge, form, path="status"))
    await asyncio.sleep(0.3)
    await sent_message(database, form["MessageSid"])
    assert (await call).status_code == 204
    assert await status_of(database, form["MessageSid"]) == ("undelivered", "30003")


async def test_a_forged_receipt_moves_nothing(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    form = capture("twilio", "status_failed")
    await sent_message(database, form["MessageSid"])
    url = f"{edge.settings.public_url}/webhooks/twilio/sms"  # a good signature, for another door
    assert (await twilio(http, edge, form, path="status", url=url)).status_code == 403
    assert await status_of(database, form["MessageSid"]) == ("sent", None)


async def test_a_telegram_message_is_stored_once(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    update = capture("telegram", "text")
    for _ in range(3):
        assert (await telegram(http, edge, update)).status_code == 200
    assert await stored(database) == [("telegram", "text", update["message"]["text"], str(update["update_id"]))]
    assert await jobs(database) == 1


@pytest.mark.parametrize("secret", ["", "wrong", "simulated-telegram-webhook-secre"])
async def test_a_forged_update_leaves_nothing(
    http: httpx.AsyncClient, edge: Served, database: Database, secret: str
) -> None:
    assert (await telegram(http, edge, capture("telegram", "text"), secret)).status_code == 403
    assert await stored(database) == []


@pytest.mark.parametrize("name", ["edited_message", "channel_post", "group_text", "blocked_by_user"])
async def test_what_is_not_for_us_is_acknowledged_and_not_stored(
    http: httpx.AsyncClient, edge: Served, database: Database, name: str
) -> None:
    assert (await telegram(http, edge, capture("telegram", name))).status_code == 200
    assert await stored(database) == []


@pytest.mark.parametrize("update", [{}, [], {"update_id": 1, "message": {"date": 1}}])
async def test_an_update_nobody_can_read_is_not_asked_for_again(
    http: httpx.AsyncClient, edge: Served, database: Database, update: Any
) -> None:
    assert (await telegram(http, edge, update)).status_code == 200
    assert await stored(database) == []


async def test_no_json_is_malformed(http: httpx.AsyncClient, edge: Served) -> None:
    secret = edge.settings.telegram_webhook_secret.get_secret_value()
    for body in (b"", b"{", b"[" * 100_000):
        answer = await http.post(f"{edge.url}/webhooks/telegram", content=body, headers={SECRET_HEADER: secret})
        assert answer.status_code == 400


async def test_a_group_hears_why_not(http: httpx.AsyncClient, edge: Served) -> None:
    update = capture("telegram", "group_text")
    update["message"]["chat"]["id"] = -1001999000111
    await telegram(http, edge, update)
    event = await heard(edge, EventKind.OUT)
    assert event["address"] == "-1001999000111"
    assert "private" in event["text"]


async def heard(edge: Served, kind: EventKind, seconds: float = 5) -> dict[str, Any]:
    """The first event of a kind, waited for."""
    async with asyncio.timeout(seconds):
        while True:
            for event in edge.store.after(0):
                if event.kind is kind:
                    return {name: getattr(event, name) for name in event.__slots__}
            await asyncio.sleep(0.02)


async def test_a_pressed_button_is_stored_answered_and_gone(
    http: httpx.AsyncClient, edge: Served, database: Database
) -> None:
    sender = TelegramSender(edge.settings)
    item = Outgoing(new_id(), str(chat_id_of("+8613800138000")), "提交吗？", "zh", (Choice("提交", "/affirm"),))
    await sender.send(item)
    await sender.close()
    event = await heard(edge, EventKind.OUT)
    body = {
        "customer_phone": "+8613800138000",
        "message_id": event["message_id"],
        "callback_data": event["buttons"][0][0]["callback_data"],
    }
    assert (await http.post(f"{edge.url}/simulator/phones/telegram/press", json=body)).status_code == 200
    assert (await heard(edge, EventKind.BUTTONS_CLEARED))["message_id"] == event["message_id"]
    assert "answerCallbackQuery" in [call.method for call in edge.store.calls]
    async with database.transaction() as session:
        detail = await session.scalar(text("SELECT detail FROM messages WHERE kind = 'button'"))
    assert (detail["message_id"], detail["index"]) == (str(item.message_id), 0)


async def test_a_button_made_by_somebody_else_is_not_stored(
    http: httpx.AsyncClient, edge: Served, database: Database
) -> None:
    data = sign_button(keys_of((b"another secret",), BUTTONS), Button(new_id(), 0), str(chat_id_of("+8613800138000")))
    body = {"customer_phone": "+8613800138000", "message_id": 5, "callback_data": data}
    assert (await http.post(f"{edge.url}/simulator/phones/telegram/press", json=body)).status_code == 200
    assert await stored(database) == []


@pytest.mark.parametrize(("secret", "pressed"), [(f"{NEW},{OLD}", [0]), (NEW, [])])
async def test_a_button_outlives_a_change_of_the_secret(
    http: httpx.AsyncClient, database_url: str, database: Database, secret: str, pressed: list[int]
) -> None:
    """Under a message that was sent before; without the old one it is dead, and nothing is stored."""
    data = sign_button(keys_of((OLD.encode(),), BUTTONS), Button(new_id(), 0), str(chat_id_of("+8613800138000")))
    body = {"customer_phone": "+8613800138000", "message_id": 5, "callback_data": data}
    with serving.edge(database_url, secret=secret) as edge:
        assert (await http.post(f"{edge.url}/simulator/phones/telegram/press", json=body)).status_code == 200
    async with database.transaction() as session:
        found = await session.scalars(select(Message).where(Message.kind == "button"))
        assert [each.detail["index"] for each in found] == pressed


async def test_an_sms_out_and_its_receipts_back(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    """The whole circle: real client, stand-in, signed callback, our own door, the database."""
    sender = SmsSender(edge.settings)
    message_id = new_id()
    sid = await sender.send(Outgoing(message_id, "+12025550101", "Your claim is in.", "en"))
    await sender.close()
    await sent_message(database, sid, message_id)
    async with asyncio.timeout(10):
        while (await status_of(database, sid))[0] != "delivered":  # noqa: ASYNC110 - a row, not an event
            await asyncio.sleep(0.05)


async def test_what_a_photo_was_is_what_is_fetched(http: httpx.AsyncClient, edge: Served, database: Database) -> None:
    """From the phone through the signed webhook to the bytes, on both channels."""
    body = {"customer_phone": "+12025550101", "text": "the crack", "photo_base64": base64.b64encode(picture()).decode()}
    for path in ("sms", "telegram/photo"):
        assert (await http.post(f"{edge.url}/simulator/phones/{path}", json=body)).status_code == 200
    async with database.transaction() as session:
        found = await session.scalars(select(Message).order_by(Message.position))
        rows = [(each.channel, each.text, each.detail) for each in found]
    senders = {Channel.SMS: SmsSender(edge.settings), Channel.TELEGRAM: TelegramSender(edge.settings)}
    for channel, caption, detail in rows:
        (ref,) = [MediaRef(**ref) for ref in detail["media"]]
        assert caption == "the crack"
        assert await senders[channel].fetch(ref) == ("image/png", picture())
    for sender in senders.values():
        await sender.close()
    assert len(rows) == 2


async def test_raw_bytes_altered_on_the_way_are_forged(
    http: httpx.AsyncClient, edge: Served, database: Database
) -> None:
    form = capture("twilio", "sms_english")
    token = edge.settings.twilio_auth_token.get_secret_value()
    signature = RequestValidator(token).compute_signature(f"{edge.settings.public_url}/webhooks/twilio/sms", form)
    altered = urlencode(form).replace("180", "980").encode()
    answer = await http.post(
        f"{edge.url}/webhooks/twilio/sms",
        content=altered,
        headers={"X-Twilio-Signature": signature, "content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 403
    assert json.loads(answer.text)["code"] == "webhook_forged"
    assert await stored(database) == []


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
    ],
)
def test_a_request_whose_end_is_in_doubt_is_refused(edge: Served, lengths: bytes) -> None:
    """A proxy in front could see one request where we see two."""
    address = urlsplit(edge.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as line:
        line.sendall(b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400")
