"""Telegram's webhook: verify, store, acknowledge. What a message means is thought about beside it."""

import json

import structlog
from fastapi import APIRouter, BackgroundTasks, Request, Response

from backend.conversations import at_once
from backend.conversations import service as conversations
from backend.conversations.models import Channel
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from channels.body import read_body
from channels.errors import Malformed
from channels.metrics import RECEIVED, REJECTED, counted
from channels.storing import storing
from channels.telegram.parse import Parsed, parse
from channels.telegram.send import TelegramSender
from channels.telegram.verify import BUTTONS, SECRET_HEADER, verify

log = structlog.get_logger()
router = APIRouter(prefix="/webhooks", include_in_schema=False)

MAX_BODY_BYTES = 256 * 1024  # a message of 4096 characters with every field filled is a tenth of it


@router.post("/telegram")
async def telegram(request: Request, services: ServicesDep, later: BackgroundTasks) -> Response:
    settings = services.settings
    with counted(Channel.TELEGRAM):
        verify(settings.telegram_webhook_secret.get_secret_value(), request.headers.get(SECRET_HEADER))
        update = _json(await read_body(request, MAX_BODY_BYTES))
    try:
        parsed = parse(update, settings.keys(BUTTONS))
    except Malformed as error:
        # Anything but a 2xx is sent again, for hours: what can't be read now can't be read then.
        REJECTED.labels(Channel.TELEGRAM.value, error.reason).inc()
        log.warning("telegram.unreadable", reason=error.reason)
        return Response(status_code=200)
    if parsed.inbound is not None:
        with storing():
            arrived = await conversations.take_in(
                services.db, settings, parsed.inbound, services.clock(), at_once.lease(services)
            )
        at_once.go_on(services, arrived.begun)
        RECEIVED.labels(Channel.TELEGRAM.value, parsed.inbound.kind.value, arrived.new).inc()
        log.info(
            "telegram.received",
            update=parsed.inbound.provider_message_id,
            kind=parsed.inbound.kind.value,
            new=arrived.new,
        )
    _courtesies(services, parsed, later)
    return Response(status_code=200)


def _json(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("not_json") from error
    return parsed


def _courtesies(services: Services, parsed: Parsed, later: BackgroundTasks) -> None:
    """What Telegram wants to hear at once; it must not hold up the answer to the webhook."""
    sender: TelegramSender = services.senders[Channel.TELEGRAM]
    if parsed.pressed is not None:
        later.add_task(sender.answer, parsed.pressed)
    if parsed.group is not None:
        later.add_task(sender.refuse_group, parsed.group)
