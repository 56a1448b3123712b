"""What the simulator's page and `make chat` use: phones to write with, and one stream of all that happens."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from backend.kit.errors import Invalid, NotFound
from backend.kit.http import install_error_handler
from backend.kit.settings import Settings
from channels.simulator import telegram, twilio
from channels.simulator.accounts import chat_id_of
from channels.simulator.line import LineDep, decode_photo
from channels.simulator.phones import SmsPhone, TelegramPhone
from channels.simulator.store import Store

pages = APIRouter(prefix="/simulator", include_in_schema=False)

# A stream ends by itself: the browser comes back with its cursor.
LONGEST_SECONDS = 600.0
LOOK_SECONDS = 5.0
MAX_PHOTO_BASE64 = 14 * 1024 * 1024  # 10 MB of photo


class FromPhone(BaseModel):
    customer_phone: str = Field(pattern=r"^\+[1-9]\d{6,14}$")
    text: str = Field("", max_length=4096)
    photo_base64: str | None = Field(None, max_length=MAX_PHOTO_BASE64)


class FromTelegram(FromPhone):
    chat_id: int | None = None  # else the one that belongs to the phone
    message_id: int | None = None  # of the message with the button
    callback_data: str | None = Field(None, max_length=64)
    contact_phone: str | None = None  # somebody else's number, shared from the address book


def customers_of(request: Request) -> list[dict[str, Any]]:
    return [
        {**person, "telegram_chat_id": chat_id_of(person["phone"])}
        for person in getattr(request.app.state, "simulator_customers", [])
    ]


@pages.get("/customers")
async def customers(request: Request) -> list[dict[str, Any]]:
    return customers_of(request)


@pages.post("/phones/sms")
async def sms(sent: FromPhone, line: LineDep) -> Response:
    phone = SmsPhone(line, sent.customer_phone)
    if sent.photo_base64:
        status = await phone.send_photo(decode_photo(sent.photo_base64), sent.text)
    else:
        status = await phone.send_text(sent.text)
    # Twilio doesn't send it again: the customer has to.
    return JSONResponse({"webhook_status": status}, status_code=200 if httpx.codes.is_success(status) else 502)


@pages.post("/phones/telegram/{what}")
async def telegram_phone(what: str, sent: FromTelegram, request: Request, line: LineDep) -> Response:
    """`what`: text, photo, contact, press, voice or sticker."""
    status = await _use(_telegram_phone(sent, request, line), what, sent)
    # Telegram goes on trying.
    return JSONResponse({"webhook_status": status}, status_code=200 if httpx.codes.is_success(status) else 202)


def _telegram_phone(sent: FromTelegram, request: Request, line: LineDep) -> TelegramPhone:
    person = next((one for one in customers_of(request) if one["phone"] == sent.customer_phone), {})
    return TelegramPhone(
        line,
        sent.chat_id or chat_id_of(sent.customer_phone),
        sent.customer_phone,
        first_name=person.get("name", "Customer"),
        language_code="zh-hans" if person.get("language") == "zh" else "en",
    )


async def _use(phone: TelegramPhone, what: str, sent: FromTelegram) -> int:
    match what:
        case "text":
            return await phone.send_text(sent.text)
        case "photo" if sent.photo_base64:
            return await phone.send_photo(decode_photo(sent.photo_base64), sent.text)
        case "contact":
            return await phone.share_contact(phone=sent.contact_phone, own=sent.contact_phone is None)
        case "press" if sent.message_id is not None and sent.callback_data:
            return await phone.press(sent.message_id, sent.callback_data)
        case "voice":
            return await phone.send_voice()
        case "sticker":
            return await phone.send_sticker()
        case "photo" | "press":
            raise Invalid("incomplete", field="photo_base64" if what == "photo" else "callback_data")
    raise NotFound(what)


@pages.get("/media/{media_id}")
async def media(media_id: str, line: LineDep) -> Response:
    """A photo as the phone that sent it shows it."""
    found = line.store.media(media_id)
    if found is None:
        raise NotFound(media_id)
    return Response(found[1], media_type=found[0])


@pages.get("/events", response_class=EventSourceResponse)
async def events(line: LineDep, after: Annotated[int, Query(ge=0)] = 0) -> AsyncIterator[ServerSentEvent]:
    """All that happened on the phones after the event `after`, then all that happens: store.Event as JSON."""
    yield ServerSentEvent(comment="open")
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        for event in line.store.after(after):
            after = event.id
            yield ServerSentEvent(id=str(event.id), data=asdict(event))
        await line.store.wait(after, LOOK_SECONDS)


@pages.post("/reset")
async def reset(line: LineDep) -> dict[str, bool]:
    """The phones forget; the conversations at the other end do not."""
    line.store.reset()
    return {"reset": True}


router = APIRouter()
for part in (twilio.router, telegram.router, pages):
    router.include_router(part)


def create_app(settings: Settings, webhook_base_url: str, customers: Sequence[dict[str, Any]] = ()) -> FastAPI:
    """The stand-ins and phones by themselves, for prepared settings; webhooks go to `webhook_base_url`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient() as http:
            app.state.simulator_http = http
            yield

    app = FastAPI(title="Stand-in providers", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.simulator = Store()
    app.state.settings = settings
    app.state.simulator_customers = list(customers)
    app.state.simulator_webhook_base_url = webhook_base_url
    install_error_handler(app)
    app.include_router(router)
    return app
