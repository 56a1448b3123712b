"""Telegram's real client against the stand-in: what it sends, and what each way of failing means."""

import time
from collections.abc import AsyncIterator

import httpx
import pytest

from backend.conversations.ports import MAX_MEDIA_BYTES, Choice, Outgoing, SendFailed
from backend.conversations.schemas import MediaRef
from backend.kit.ids import new_id
from backend.kit.settings import Settings
from channels.simulator.faults import Drop, TelegramFaults
from channels.simulator.store import Event, EventKind
from channels.telegram.parse import Group, Pressed
from channels.telegram.send import TelegramSender
from channels.telegram.verify import BUTTONS, Button, read_button
from tests.channels.serving import Served
from tests.channels.test_sms_send import picture

CHAT = "6123456789"


@pytest.fixture
async def sender(providers: Served) -> AsyncIterator[TelegramSender]:
    found = TelegramSender(providers.settings)
    yield found
    await found.close()


def outgoing(text: str = "Your claim is in.", *choices: Choice, ask_contact: bool = False) -> Outgoing:
    return Outgoing(new_id(), CHAT, text, "en", choices, ask_contact)


def shown(providers: Served) -> list[Event]:
    return [event for event in providers.store.after(0) if event.kind is EventKind.OUT]


def calls(providers: Served, method: str) -> list[dict[str, object]]:
    return [call.params for call in providers.store.calls if call.method == method]


async def failing(sender: TelegramSender) -> SendFailed:
    with pytest.raises(SendFailed) as error:
        await sender.send(outgoing())
    return error.value


async def test_a_message_arrives(sender: TelegramSender, providers: Served) -> None:
    provider_id = await sender.send(outgoing())
    (event,) = shown(providers)
    assert (event.address, event.text, event.buttons, event.ask_contact) == (CHAT, "Your claim is in.", None, False)
    assert provider_id.endswith(f":{event.message_id}")
    assert CHAT not in provider_id  # it is stored: who was written to is nobody's to read there


async def test_buttons_arrive_signed(sender: TelegramSender, providers: Served) -> None:
    item = outgoing("Submit it?", Choice("Yes", "/affirm"), Choice("No", "/deny"))
    await sender.send(item)
    (event,) = shown(providers)
    assert event.buttons is not None
    (row,) = event.buttons
    assert [button["text"] for button in row] == ["Yes", "No"]
    assert read_button(providers.settings.keys(BUTTONS), row[1]["callback_data"], CHAT) == Button(item.message_id, 1)


async def test_the_number_is_asked_for_with_a_button(sender: TelegramSender, providers: Served) -> None:
    await sender.send(outgoing(ask_contact=True))
    assert shown(providers)[0].ask_contact


async def test_a_long_message_goes_in_parts(sender: TelegramSender, providers: Served) -> None:
    await sender.send(outgoing("A sentence of some length. " * 400))
    assert len(shown(providers)) == 3


@pytest.mark.parametrize(
    ("faults", "code", "permanent"),
    [
        (TelegramFaults(error_code=403), "blocked", True),
        (TelegramFaults(error_code=400), "bad_request", True),
        (TelegramFaults(error_code=500), "server_error", False),
        (TelegramFaults(error_code=502), "server_error", False),
        (TelegramFaults(error_code=401), "unauthorised", False),
    ],
)
async def test_refusals(
    sender: TelegramSender, providers: Served, faults: TelegramFaults, code: str, *, permanent: bool
) -> None:
    providers.store.telegram_faults = faults
    error = await failing(sender)
    assert (error.provider_code, error.permanent, error.unknown) == (code, permanent, False)


async def test_too_many_stops_every_send_until_it_is_over(sender: TelegramSender, providers: Served) -> None:
    """Asking again in between would only make it longer, whoever the message is for."""
    providers.store.telegram_faults = TelegramFaults(error_code=429, retry_after=1, times=1)
    first = await failing(sender)
    assert (first.provider_code, first.retry_after, first.permanent) == ("429", 1, False)
    second = await failing(sender)
    assert second.retry_after is not None
    assert 0 < second.retry_after <= 1
    assert len(calls(providers, "sendMessage")) == 1
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            await sender.send(outgoing())
            break
        except SendFailed as error:
            time.sleep(error.retry_after or 0)  # noqa: ASYNC251 - nothing else runs in this loop
    assert len(shown(providers)) == 1


@pytest.mark.parametrize("drop", list(Drop))
async def test_a_broken_connection_is_unknown(sender: TelegramSender, providers: Served, drop: Drop) -> None:
    providers.store.telegram_faults = TelegramFaults(drop=drop)
    assert (await failing(sender)).unknown
    assert len(shown(providers)) == (drop is Drop.AFTER)


async def test_nobody_there_is_worth_another_try(providers: Served) -> None:
    sender = TelegramSender(providers.settings.model_copy(update={"telegram_api_base_url": "http://127.0.0.1:9"}))
    error = await failing(sender)
    await sender.close()
    assert (error.provider_code, error.permanent, error.unknown) == ("unreachable", False, False)


async def test_without_a_token_nothing_is_tried() -> None:
    sender = TelegramSender(Settings())
    error = await failing(sender)
    await sender.close()
    assert (error.provider_code, error.permanent) == ("not_configured", True)


async def test_a_photo_is_fetched(sender: TelegramSender, providers: Served) -> None:
    providers.store.keep_media("AgAC1", "image/png", picture())
    assert await sender.fetch(MediaRef(url_or_file_id="AgAC1", content_type="image/jpeg")) == ("image/png", picture())


@pytest.mark.parametrize(
    ("content", "code"),
    [(bytes(MAX_MEDIA_BYTES + 1), "media_too_large"), (b"", "not_a_photo"), (b"<html><script>", "not_a_photo")],
)
async def test_what_is_no_photo_is_refused(
    sender: TelegramSender, providers: Served, content: bytes, code: str
) -> None:
    providers.store.keep_media("AgAC1", "image/png", content)
    with pytest.raises(SendFailed) as error:
        await sender.fetch(MediaRef(url_or_file_id="AgAC1", content_type="image/png"))
    assert (error.value.provider_code, error.value.permanent) == (code, True)


async def test_a_photo_that_is_gone(sender: TelegramSender) -> None:
    with pytest.raises(SendFailed) as error:
        await sender.fetch(MediaRef(url_or_file_id="AgAC0", content_type="image/png"))
    assert error.value.permanent


async def test_a_press_is_answered_and_the_keyboard_goes(sender: TelegramSender, providers: Served) -> None:
    provider_id = await sender.send(outgoing("Submit it?", Choice("Yes", "/affirm")))
    number = int(provider_id.partition(":")[2])
    await sender.answer(Pressed("77", int(CHAT), number, genuine=True, language="en"))
    assert [call.get("text") for call in calls(providers, "answerCallbackQuery")] == [None]
    assert [event.message_id for event in providers.store.after(0) if event.kind is EventKind.BUTTONS_CLEARED] == [
        str(number)
    ]
    # A second press finds no keyboard: no trouble.
    await sender.answer(Pressed("78", int(CHAT), number, genuine=True, language="en"))
    assert len(calls(providers, "answerCallbackQuery")) == 2


async def test_a_dead_button_says_so(sender: TelegramSender, providers: Served) -> None:
    await sender.answer(Pressed("77", None, None, genuine=False, language="zh"))
    assert calls(providers, "answerCallbackQuery")[0]["text"] == "这个按钮已失效。"
    assert calls(providers, "editMessageReplyMarkup") == []


@pytest.mark.parametrize("faults", [TelegramFaults(error_code=500), TelegramFaults(drop=Drop.BEFORE)])
async def test_a_courtesy_that_fails_is_no_trouble(
    sender: TelegramSender, providers: Served, faults: TelegramFaults
) -> None:
    providers.store.telegram_faults = faults
    await sender.answer(Pressed("77", int(CHAT), 5, genuine=True, language="en"))
    await sender.refuse_group(Group(-100, "en"))


async def test_a_group_is_refused_once_in_a_while(sender: TelegramSender, providers: Served) -> None:
    for _ in range(3):
        await sender.refuse_group(Group(-1001, "zh"))
    await sender.refuse_group(Group(-1002, None))
    assert [(event.address, event.text[:5]) for event in shown(providers)] == [
        ("-1001", "理赔涉及个"),
        ("-1002", "Claim"),
    ]


async def test_the_webhook_and_the_menu_are_registered(sender: TelegramSender, providers: Served) -> None:
    await sender.register()
    (webhook,) = calls(providers, "setWebhook")
    assert webhook["url"] == providers.settings.public_url + "/webhooks/telegram"
    assert webhook["secret_token"] == providers.settings.telegram_webhook_secret.get_secret_value()
    assert webhook["allowed_updates"] == ["message", "callback_query"]
    assert len(calls(providers, "setMyCommands")) == 2


async def test_faults_are_switched_by_http(providers: Served, http: httpx.AsyncClient) -> None:
    url = f"{providers.url}/simulator/telegram/faults"
    assert (await http.post(url, json={"error_code": 403, "times": 2})).status_code == 200
    assert providers.store.telegram_faults.error_code == 403
    assert (await http.post(url, json={})).status_code == 200
    assert providers.store.telegram_faults == TelegramFaults()
    assert (await http.post(url, json={"typo": 1})).status_code == 422
