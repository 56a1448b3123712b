"""A stand-in for Telegram's Bot API. The real client can't tell the difference."""

import json
import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from channels.simulator.accounts import BOT_USERNAME
from channels.simulator.faults import Drop, Dropped, TelegramFaults
from channels.simulator.line import Line, LineDep
from channels.simulator.store import Call, EventKind, Phone
from channels.telegram.render import LIMIT
from channels.telegram.verify import MAX_CALLBACK_BYTES
from channels.text import width

router = APIRouter(prefix="/simulator/telegram", include_in_schema=False)

DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
}
Params = dict[str, Any]


class ApiError(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


def refusal(status: int, description: str = "", retry_after: int | None = None) -> Response:
    said = description or DESCRIPTIONS.get(status, "Error").format(retry_after=retry_after)
    body: Params = {"ok": False, "error_code": status, "description": said}
    if retry_after:
        body["parameters"] = {"retry_after": retry_after}
    return JSONResponse(body, status_code=status)


@router.post("/faults")
async def set_faults(faults: TelegramFaults, line: LineDep) -> TelegramFaults:
    """Replaces all of them; `{}` switches them off."""
    line.store.telegram_faults = faults
    return faults


@router.get("/file/bot{token}/{path:path}")
async def download(token: str, path: str, line: LineDep) -> Response:
    if token != line.accounts.telegram_token:
        return refusal(401)
    found = line.store.media(path.rpartition("/")[2])
    if found is None:
        return refusal(404)
    return Response(found[1], media_type="application/octet-stream")  # Telegram never says what it is


@router.api_route("/bot{token}/{method}", methods=["GET", "POST"])
async def call(token: str, method: str, request: Request, line: LineDep) -> Response:
    """Any method of the Bot API that we use; parameters come as a form, as JSON or in the query."""
    params = await _params(request)
    line.store.calls.append(Call(Phone.TELEGRAM, method, params))
    if token != line.accounts.telegram_token:
        return refusal(401)
    faults = line.store.telegram_faults
    if not faults.take(str(params.get("chat_id", ""))):
        return _answer(line, method, params)
    if faults.drop is Drop.BEFORE or faults.error_code:
        await faults.linger()
        if faults.drop is Drop.BEFORE:
            return Dropped()
        return refusal(faults.error_code or 500, faults.description, faults.retry_after)
    answer = _answer(line, method, params)
    await faults.linger()
    return Dropped() if faults.drop is Drop.AFTER else answer


async def _params(request: Request) -> Params:
    if request.headers.get("content-type", "").startswith("application/json"):
        found = await request.json()
        return found if isinstance(found, dict) else {}
    raw = {**request.query_params, **{key: str(value) for key, value in (await request.form()).items()}}
    return {key: _unpacked(value) for key, value in raw.items()}


def _unpacked(value: str) -> Any:
    """Objects and lists come as JSON in a form; everything else is itself."""
    return json.loads(value) if value[:1] in {"{", "["} and value[-1:] in {"}", "]"} and _is_json(value) else value


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def _answer(line: Line, method: str, params: Params) -> Response:
    handler = METHODS.get(method.lower())
    if handler is None:
        return refusal(404)
    try:
        return JSONResponse({"ok": True, "result": handler(line, params)})
    except ApiError as error:
        return refusal(error.status, error.description)


def _me(line: Line, _: Params) -> Params:
    return {
        "id": line.accounts.bot_id,
        "is_bot": True,
        "first_name": "Anpei",
        "username": BOT_USERNAME,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def _send_message(line: Line, params: Params) -> Params:
    text, markup = str(params.get("text", "")), params.get("reply_markup") or {}
    chat_id = _chat_id(params)
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if width(text) > LIMIT:
        raise ApiError(400, "Bad Request: message is too long")
    rows = markup.get("inline_keyboard") or []
    if any(not 0 < len(key.get("callback_data", "").encode()) <= MAX_CALLBACK_BYTES for row in rows for key in row):
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    message: Params = {
        "message_id": line.store.next_id(),
        "from": {"id": line.accounts.bot_id, "is_bot": True, "first_name": "Anpei", "username": BOT_USERNAME},
        "chat": {"id": chat_id, "first_name": "Customer", "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    if rows:
        message["reply_markup"] = {"inline_keyboard": rows}
    line.store.keep_message(chat_id, message)
    asks = any(key.get("request_contact") for row in markup.get("keyboard") or [] for key in row)
    number = str(message["message_id"])
    line.store.add(
        Phone.TELEGRAM,
        str(chat_id),
        EventKind.OUT,
        message_id=number,
        text=text,
        buttons=[[{"text": key["text"], "callback_data": key["callback_data"]} for key in row] for row in rows] or None,
        ask_contact=asks,
    )
    return message


def _chat_id(params: Params) -> int:
    try:
        return int(params.get("chat_id", ""))
    except ValueError:
        raise ApiError(400, "Bad Request: chat_id is empty") from None


def _edit_markup(line: Line, params: Params) -> Params:
    chat_id = _chat_id(params)
    message = line.store.message(chat_id, int(params.get("message_id", 0)))
    if message is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    if "reply_markup" not in message and not params.get("reply_markup"):
        raise ApiError(400, "Bad Request: message is not modified")
    message.pop("reply_markup", None)
    if markup := params.get("reply_markup"):
        message["reply_markup"] = markup
    else:
        number = str(message["message_id"])
        line.store.add(Phone.TELEGRAM, str(chat_id), EventKind.BUTTONS_CLEARED, message_id=number)
    return message


def _answer_query(_: Line, params: Params) -> bool:
    if not params.get("callback_query_id"):
        raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    return True


def _get_file(line: Line, params: Params) -> Params:
    file_id = str(params.get("file_id", ""))
    found = line.store.media(file_id)
    if found is None:
        raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    return {
        "file_id": file_id,
        "file_unique_id": file_id[-12:],
        "file_size": len(found[1]),
        "file_path": f"photos/{file_id}",
    }


def _done(_: Line, __: Params) -> bool:
    return True


# The Bot API takes method names in any case.
METHODS: dict[str, Callable[[Line, Params], Params | bool]] = {
    "getme": _me,
    "sendmessage": _send_message,
    "editmessagereplymarkup": _edit_markup,
    "answercallbackquery": _answer_query,
    "getfile": _get_file,
    "setwebhook": _done,
    "deletewebhook": _done,
    "setmycommands": _done,
    "sendchataction": _done,
}
