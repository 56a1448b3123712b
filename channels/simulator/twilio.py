"""A stand-in for Twilio's REST API: messages out, media in. The real client can't tell the difference."""

import asyncio
import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from channels.simulator.faults import Drop, Dropped, Receipts, TwilioFaults
from channels.simulator.line import Line, LineDep
from channels.simulator.phones import new_sid, post_signed, region
from channels.simulator.store import Call, EventKind, Phone
from channels.sms.render import LIMIT, segments
from channels.text import width

router = APIRouter(prefix="/simulator/twilio", include_in_schema=False)

SENT_AFTER_SECONDS, DELIVERED_AFTER_SECONDS = 0.25, 0.35
# Code → (HTTP status, message) as Twilio gives them; any other code comes with 400.
ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
}


def refusal(code: int, status: int | None = None, retry_after: int | None = None) -> Response:
    default, message = ERRORS.get(code, (400, "Refused"))
    status = status or default
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse(body, status_code=status, headers=headers)


@router.post("/faults")
async def set_faults(faults: TwilioFaults, line: LineDep) -> TwilioFaults:
    """Replaces all of them; `{}` switches them off."""
    line.store.twilio_faults = faults
    return faults


@router.post("/2010-04-01/Accounts/{account_sid}/Messages.json")
async def create_message(account_sid: str, request: Request, line: LineDep) -> Response:
    form = {key: str(value) for key, value in (await request.form()).items()}
    line.store.calls.append(Call(Phone.SMS, "Messages", form))
    if not authentic(request, line, account_sid):
        return refusal(20003)
    to = form.get("To", "")
    faults = line.store.twilio_faults
    if not faults.take(to):
        return await _take(form, line, TwilioFaults())
    if faults.drop is Drop.BEFORE or faults.error_code or faults.http_status:
        await faults.linger()
        if faults.drop is Drop.BEFORE:
            return Dropped()
        return refusal(faults.error_code or faults.http_status or 0, faults.http_status, faults.retry_after)
    answer = await _take(form, line, faults)
    await faults.linger()
    return Dropped() if faults.drop is Drop.AFTER else answer


async def _take(form: dict[str, str], line: Line, faults: TwilioFaults) -> Response:
    """Deliver a message to its phone, or refuse it as Twilio would."""
    to, text = form.get("To", ""), form.get("Body", "")
    wrong = _wrong(form, line)
    if wrong:
        return refusal(wrong)
    sid = new_sid("SM")
    line.store.add(Phone.SMS, to, EventKind.OUT, message_id=sid, text=text, status="queued")
    line.store.background(_receipts(line, sid, form, faults))
    return JSONResponse(_resource(sid, form, line), status_code=201)


def _wrong(form: dict[str, str], line: Line) -> int | None:
    """The code of what is wrong with a message, if anything."""
    if not region(form.get("To", "")):
        return 21211
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return 21603
    if not form.get("Body"):
        return 21602
    if width(form["Body"]) > LIMIT:
        return 21617
    if form["To"] in line.store.opted_out:
        return 21610
    return None


def _resource(sid: str, form: dict[str, str], line: Line) -> dict[str, Any]:
    account = line.accounts.twilio_sid
    now = format_datetime(datetime.now(UTC))
    uri = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": str(segments(form["Body"])),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": form["To"],
        "uri": f"{uri}.json",
    }  # fmt: skip - in Twilio's own order


async def _receipts(line: Line, sid: str, form: dict[str, str], faults: TwilioFaults) -> None:
    """What became of a message: shown on the phone, and posted to its StatusCallback, signed."""
    if faults.receipt is Receipts.NONE:
        return
    last: tuple[float, str, int | None] = (DELIVERED_AFTER_SECONDS, faults.receipt.value, None)
    if faults.receipt is not Receipts.DELIVERED:
        last = (DELIVERED_AFTER_SECONDS, faults.receipt.value, faults.receipt_error_code or 30008)
    for seconds, status, error in ((SENT_AFTER_SECONDS, "sent", None), last):
        await asyncio.sleep(seconds)
        line.store.add(Phone.SMS, form["To"], EventKind.STATUS, message_id=sid, status=status)
        if callback := form.get("StatusCallback"):
            await post_signed(line, callback, _receipt(line, sid, form, status, error))


def _receipt(line: Line, sid: str, form: dict[str, str], status: str, error: int | None) -> dict[str, str]:
    fields = {
        "AccountSid": line.accounts.twilio_sid,
        "ApiVersion": "2010-04-01",
        "From": form.get("From") or line.accounts.twilio_number,
        "To": form["To"],
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
    }
    return fields | ({"ErrorCode": str(error)} if error else {})


@router.get("/2010-04-01/Accounts/{account_sid}/Messages/{message_sid}/Media/{media_sid}")
async def media(account_sid: str, message_sid: str, media_sid: str, request: Request, line: LineDep) -> Response:
    line.store.calls.append(Call(Phone.SMS, "Media", {"message_sid": message_sid, "media_sid": media_sid}))
    if not authentic(request, line, account_sid):
        return refusal(20003)
    found = line.store.media(media_sid)
    if found is None:
        return refusal(20404)
    return Response(found[1], media_type=found[0])


def authentic(request: Request, line: Line, account_sid: str) -> bool:
    """Basic authentication with the account's own sid and token."""
    expected = base64.b64encode(f"{line.accounts.twilio_sid}:{line.accounts.twilio_token}".encode()).decode()
    return account_sid == line.accounts.twilio_sid and request.headers.get("authorization") == f"Basic {expected}"
