"""Twilio's real client against the stand-in: what it sends, and what each way of failing means."""

import io
from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest
from PIL import Image

from backend.conversations.ports import MAX_MEDIA_BYTES, Choice, Outgoing, SendFailed
from backend.conversations.schemas import MediaRef
from backend.kit.ids import new_id
from backend.kit.settings import Settings
from channels.simulator.faults import Drop, Receipts, TwilioFaults
from channels.simulator.phones import STOPPED, SmsPhone
from channels.simulator.store import EventKind
from channels.sms import client
from channels.sms.media import MediaFetcher
from channels.sms.send import SmsSender
from tests.channels.serving import Served

TO = "+12025550101"


@pytest.fixture
async def sender(providers: Served) -> AsyncIterator[SmsSender]:
    found = SmsSender(providers.settings)
    yield found
    await found.close()


def outgoing(text: str = "Your claim is in.", to: str = TO, *choices: Choice) -> Outgoing:
    return Outgoing(new_id(), to, text, "en", choices)


def shown(providers: Served) -> list[str]:
    return [event.text for event in providers.store.after(0) if event.kind is EventKind.OUT]


async def failing(sender: SmsSender, item: Outgoing | None = None) -> SendFailed:
    with pytest.raises(SendFailed) as error:
        await sender.send(item or outgoing())
    return error.value


async def test_a_message_arrives(sender: SmsSender, providers: Served) -> None:
    sid = await sender.send(outgoing())
    assert sid.startswith("SM")
    assert len(sid) == 34
    assert shown(providers) == ["Your claim is in."]
    params = providers.store.calls[-1].params
    assert params["From"] == "+12025550199"
    assert params["StatusCallback"].startswith(providers.settings.public_url + "/webhooks/twilio/status?message=")


async def test_a_messaging_service_takes_the_place_of_a_number(providers: Served) -> None:
    settings = providers.settings.model_copy(update={"twilio_messaging_service_sid": "MG" + "a" * 32})
    sender = SmsSender(settings)
    await sender.send(outgoing())
    await sender.close()
    params = providers.store.calls[-1].params
    assert params["MessagingServiceSid"] == "MG" + "a" * 32
    assert "From" not in params


async def test_a_long_message_goes_in_parts(sender: SmsSender, providers: Served) -> None:
    item = outgoing("A sentence of some length. " * 100)
    await sender.send(item)
    assert len(shown(providers)) == 2
    told_at = [call.params["StatusCallback"].partition("?")[2] for call in providers.store.calls]
    assert told_at == ["", f"message={item.message_id}"]  # the last stands for the message


async def test_a_retry_goes_on_where_the_last_try_stopped(sender: SmsSender, providers: Served) -> None:
    """The first part must not come twice because the second was refused."""
    item = outgoing("A sentence of some length. " * 100)
    providers.store.twilio_faults = TwilioFaults(error_code=30001, times=1)
    await failing(sender, item)
    assert shown(providers) == []
    await sender.send(item)
    assert len(shown(providers)) == 2

    again = outgoing("Another sentence of some length. " * 60)
    parts = len(shown(providers))
    original = providers.store.twilio_faults

    class SecondFails(TwilioFaults):
        def take(self, address: str) -> bool:
            return len(shown(providers)) == parts + 1

    providers.store.twilio_faults = SecondFails(error_code=30001)
    await failing(sender, again)
    providers.store.twilio_faults = original
    await sender.send(again)
    assert len(shown(providers)) == parts + 2


@pytest.mark.parametrize(
    ("faults", "code", "permanent"),
    [
        (TwilioFaults(error_code=21610), "21610", True),
        (TwilioFaults(error_code=30007), "30007", True),
        (TwilioFaults(error_code=30003), "30003", False),
        (TwilioFaults(error_code=20429, retry_after=3), "20429", False),
        (TwilioFaults(http_status=503), "503", False),
        (TwilioFaults(http_status=500), "500", False),
    ],
)
async def test_refusals(
    sender: SmsSender, providers: Served, faults: TwilioFaults, code: str, *, permanent: bool
) -> None:
    providers.store.twilio_faults = faults
    error = await failing(sender)
    assert (error.provider_code, error.permanent, error.unknown) == (code, permanent, False)


async def test_a_number_that_is_none(sender: SmsSender) -> None:
    assert (await failing(sender, outgoing(to="+10000"))).provider_code == "21211"


@pytest.mark.parametrize("drop", list(Drop))
async def test_a_broken_connection_is_unknown(sender: SmsSender, providers: Served, drop: Drop) -> None:
    """From here it can't be seen whether the message was taken."""
    providers.store.twilio_faults = TwilioFaults(drop=drop)
    assert (await failing(sender)).unknown
    assert len(shown(providers)) == (drop is Drop.AFTER)


async def test_a_read_time_out_is_unknown(
    sender: SmsSender, providers: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", aiohttp.ClientTimeout(0.3))
    providers.store.twilio_faults = TwilioFaults(latency_seconds=1)
    assert (await failing(sender)).unknown
    assert shown(providers) == ["Your claim is in."]


async def test_nobody_there_is_worth_another_try(providers: Served) -> None:
    sender = SmsSender(providers.settings.model_copy(update={"twilio_api_base_url": "http://127.0.0.1:9"}))
    error = await failing(sender)
    await sender.close()
    assert (error.provider_code, error.permanent, error.unknown) == ("unreachable", False, False)


async def test_without_credentials_nothing_is_tried() -> None:
    sender = SmsSender(Settings())
    error = await failing(sender)
    await sender.close()
    assert (error.provider_code, error.permanent) == ("not_configured", True)


async def test_who_wrote_stop_gets_nothing_until_start(
    sender: SmsSender, providers: Served, http: httpx.AsyncClient
) -> None:
    phone = SmsPhone(providers.line(http), TO)
    await phone.send_text("STOP")
    assert (await failing(sender)).provider_code == "21610"
    await phone.send_text("start")
    await sender.send(outgoing())
    assert shown(providers)[0] == STOPPED
    assert shown(providers)[-1] == "Your claim is in."


async def test_the_wrong_token_is_refused(providers: Served) -> None:
    sender = SmsSender(providers.settings.model_copy(update={"twilio_account_sid": "AC" + "9" * 32}))
    error = await failing(sender)
    await sender.close()
    assert (error.provider_code, error.permanent) == ("20003", False)


def picture(size: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), "red").save(out, "PNG")
    return out.getvalue()


def media_url(providers: Served, media_id: str) -> str:
    base, sid = providers.settings.twilio_api_base_url, providers.settings.twilio_account_sid
    return f"{base}/2010-04-01/Accounts/{sid}/Messages/MM1/Media/{media_id}"


async def test_a_photo_is_fetched_with_our_credentials(sender: SmsSender, providers: Served) -> None:
    providers.store.keep_media("ME1", "image/png", picture())
    ref = MediaRef(url_or_file_id=media_url(providers, "ME1"), content_type="image/png")
    assert await sender.fetch(ref) == ("image/png", picture())


async def test_twilios_own_address_leads_to_the_stand_in(sender: SmsSender, providers: Served) -> None:
    providers.store.keep_media("ME1", "image/png", picture())
    path = media_url(providers, "ME1").removeprefix(providers.settings.twilio_api_base_url)
    ref = MediaRef(url_or_file_id="https://api.twilio.com" + path, content_type="image/png")
    assert (await sender.fetch(ref))[0] == "image/png"


@pytest.mark.parametrize(
    ("content_type", "content", "code"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(MAX_MEDIA_BYTES), "media_too_large"),
        ("text/html", b"<script>", "not_a_photo"),
        ("image/svg+xml", b"<svg onload=x>", "not_a_photo"),
        ("image/png", b"", "not_a_photo"),
        ("image/jpeg", b"<!doctype html><script>alert(1)</script>", "not_a_photo"),
        ("image/jpeg", b"%PDF-1.7", "not_a_photo"),
    ],
)
async def test_what_is_no_photo_is_refused(
    sender: SmsSender, providers: Served, content_type: str, content: bytes, code: str
) -> None:
    providers.store.keep_media("ME1", content_type, content)
    with pytest.raises(SendFailed) as error:
        await sender.fetch(MediaRef(url_or_file_id=media_url(providers, "ME1"), content_type=content_type))
    assert (error.value.provider_code, error.value.permanent) == (code, True)


async def test_a_photo_that_is_gone(sender: SmsSender, providers: Served) -> None:
    with pytest.raises(SendFailed) as error:
        await sender.fetch(MediaRef(url_or_file_id=media_url(providers, "ME0"), content_type="image/png"))
    assert error.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data", "https://example.com/x.jpg", "http://api.twilio.com.evil.example/x",
        "https://evil.example/api.twilio.com", "https://api.twilio.com@evil.example/", "https://mms.twiliocdn.com:8443/x",
        "https://s3-external-1.amazonaws.com/other-bucket/x", "http://mms.twiliocdn.com/x", "file:///etc/passwd",
    ],
)  # fmt: skip
async def test_our_credentials_and_requests_go_nowhere_else(url: str) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(_never)) as http:
        with pytest.raises(SendFailed) as error:
            await MediaFetcher(http, "", ("AC1", "token")).fetch(url)
    assert (error.value.provider_code, error.value.permanent) == ("foreign_media_host", True)


def _never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(request.url)


async def test_a_redirect_to_twilios_storage_is_followed_without_credentials() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.host == "api.twilio.com":
            return httpx.Response(307, headers={"location": "https://mms.twiliocdn.com/AC1/photo"})
        return httpx.Response(200, content=picture(), headers={"content-type": "image/png"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        content_type, _ = await MediaFetcher(http, "", ("AC1", "token")).fetch("https://api.twilio.com/Media/ME1")
    assert content_type == "image/png"
    assert ["authorization" in request.headers for request in seen] == [True, False]


async def test_a_redirect_elsewhere_is_not_followed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "api.twilio.com"
        return httpx.Response(307, headers={"location": "http://127.0.0.1/admin"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(SendFailed) as error:
            await MediaFetcher(http, "", ("AC1", "token")).fetch("https://api.twilio.com/Media/ME1")
    assert error.value.permanent


async def test_redirects_have_an_end() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(307, headers={"location": str(request.url)})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(SendFailed) as error:
            await MediaFetcher(http, "", ("AC1", "token")).fetch("https://api.twilio.com/Media/ME1")
    assert error.value.provider_code == "too_many_redirects"


async def test_receipts_may_be_bad(sender: SmsSender, providers: Served, http: httpx.AsyncClient) -> None:
    body = {"receipt": Receipts.UNDELIVERED.value, "receipt_error_code": 30005}
    assert (await http.post(f"{providers.url}/simulator/twilio/faults", json=body)).status_code == 200
    sid = await sender.send(outgoing())
    cursor = 0
    statuses: list[str | None] = []
    while "undelivered" not in statuses:
        await providers.store.wait(cursor, 5)
        for event in providers.store.after(cursor):
            cursor = event.id
            if event.kind is EventKind.STATUS and event.message_id == sid:
                statuses.append(event.status)
    assert statuses == ["sent", "undelivered"]
