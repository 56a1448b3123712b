"""Twilio's webhooks: verify, store, acknowledge. What a message means is thought about beside it."""

import asyncio

import structlog
from fastapi import APIRouter, Request, Response
from starlette.datastructures import MultiDict

from backend.conversations import at_once, receipts
from backend.conversations import service as conversations
from backend.conversations.models import Channel
from backend.conversations.schemas import News, Receipt
from backend.kit.services import Services
from channels.body import read_body
from channels.metrics import RECEIVED, counted
from channels.sms.parse import parse_message, parse_receipt
from channels.sms.verify import MAX_BODY_BYTES, SIGNATURE_HEADER, parse_form, public_urls, verify
from channels.storing import storing

log = structlog.get_logger()
# Plain routes: what FastAPI adds to one costs as much as the rest of a receipt.
router = APIRouter()

# The answer goes out later by the REST API, so that it can be retried and its delivery followed.
NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# A receipt of a part but the last is nobody's; one without our id in its address may come before Twilio's is noted.
SECOND_LOOK_SECONDS = 1.0


async def sms(request: Request) -> Response:
    services: Services = request.app.state.services
    with counted(Channel.SMS):
        inbound = parse_message(await _verified(request, services))
    with storing():
        arrived = await conversations.take_in(
            services.db, services.settings, inbound, services.clock(), at_once.lease(services)
        )
    at_once.go_on(services, arrived.begun)
    RECEIVED.labels(Channel.SMS.value, inbound.kind.value, arrived.new).inc()
    log.info("sms.received", sid=inbound.provider_message_id, kind=inbound.kind.value, new=arrived.new)
    return Response(NO_REPLY, media_type="application/xml; charset=utf-8")


async def status(request: Request) -> Response:
    services: Services = request.app.state.services
    with counted(Channel.SMS):
        receipt = parse_receipt(await _verified(request, services), request.query_params)
    if receipt is not None and await _record(services, receipt) is News.UNKNOWN:
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        await _record(services, receipt)
    return Response(status_code=204)


async def _record(services: Services, receipt: Receipt) -> News:
    with storing():
        return await receipts.record(services, receipt)


async def _verified(request: Request, services: Services) -> MultiDict:
    """The form of a request that Twilio has signed. Raises Forged or Malformed."""
    settings = services.settings
    form = parse_form(await read_body(request, MAX_BODY_BYTES))
    urls = public_urls(settings.public_url, request.url.path, request.url.query)
    verify(settings.twilio_auth_token.get_secret_value(), urls, form, request.headers.get(SIGNATURE_HEADER))
    return form


router.add_route("/webhooks/twilio/sms", sms, methods=["POST"])
router.add_route("/webhooks/twilio/status", status, methods=["POST"])
