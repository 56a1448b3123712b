"""What a stand-in and a phone share: the accounts, what has been seen, and a way to post webhooks."""

import base64
import binascii
import io
from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, Request
from PIL import Image, UnidentifiedImageError

from backend.kit.errors import Invalid
from channels.pictures import sniff
from channels.simulator.accounts import Accounts, chat_id_of
from channels.simulator.store import Store

WEBHOOK_SECONDS = 15  # as long as Twilio waits


@dataclass(frozen=True, slots=True)
class Line:
    http: httpx.AsyncClient
    store: Store
    accounts: Accounts


def line_of_app(app: FastAPI) -> Line:
    """From `app.state`: `simulator`, `settings`, and `services.http` or, without services, `simulator_http`."""
    state = app.state
    for person in getattr(state, "simulator_customers", []):
        state.simulator.belongs(chat_id_of(person["phone"]), person["phone"])
    http = state.services.http if hasattr(state, "services") else state.simulator_http
    return Line(http, state.simulator, Accounts.of(state.settings, getattr(state, "simulator_webhook_base_url", "")))


def _line(request: Request) -> Line:
    return line_of_app(request.app)


LineDep = Annotated[Line, Depends(_line)]


@dataclass(frozen=True, slots=True)
class Photo:
    content: bytes
    content_type: str
    width: int
    height: int


def read_photo(content: bytes) -> Photo:
    """Raises Invalid("not_a_photo") for bytes that no phone would send as one."""
    content_type = sniff(content)
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise Invalid("not_a_photo", field="photo_base64") from error
    if content_type is None:
        raise Invalid("not_a_photo", field="photo_base64")
    return Photo(content, content_type, width, height)


def decode_photo(text: str) -> Photo:
    """From base64, or a data: URL of it."""
    try:
        content = base64.b64decode(text.rpartition(",")[2], validate=True)
    except binascii.Error as error:
        raise Invalid("not_base64", field="photo_base64") from error
    return read_photo(content)
