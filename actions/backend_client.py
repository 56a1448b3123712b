"""The only I/O of the actions: the backend API, a method for each of its operations."""

import os
import time
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from actions.errors import Absent, BackendUnavailable, Refused, StepUp
from actions.normalise.products import Products
from actions.wire import Answer, Http, Wire
from backend.claims.schemas import (
    AppealWords,
    Cancelled,
    ClaimView,
    DraftChange,
    DraftView,
    InformationGiven,
    OperationView,
    PhotosFor,
    Resumption,
    Which,
    Withdrawal,
)
from backend.customers.schemas import AccountDropped, AccountView, ContactView, ContactWanted
from backend.handoff.schemas import HandoffPlace
from backend.identity.schemas import CodeOnItsWay, LinkSent, LoggedOut, Pending, Resent, TakePending
from backend.payouts.schemas import PaymentView
from backend.policies.schemas import PolicyView, ProductView

PRODUCTS_LIVE_SECONDS = 300.0
DEVELOPMENT_TOKEN = "development-only-secret-do-not-deploy"  # noqa: S105 - the backend refuses it in production

_products = TypeAdapter(list[ProductView])
_policies = TypeAdapter(list[PolicyView])


class Backend:
    """Calls raise BackendUnavailable, StepUp, Absent or Refused (see errors.py) and nothing else."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._kept_products: tuple[float, Products] | None = None

    async def change_draft(self, conversation_id: str, change: DraftChange) -> DraftView:
        """Store what was said, open a draft if there is none; an empty change reads the draft."""
        body = change.model_dump(mode="json", exclude_none=True)
        return await self._model(DraftView, "PATCH", f"{_path(conversation_id)}/draft", body=body)

    async def resume_draft(self, conversation_id: str, *, asked: bool) -> DraftView:
        """The draft to go on with: of this conversation or, once proved, begun by its customer in another one.

        Raises Absent, and StepUp where it was `asked` for in words.
        """
        body = Resumption(asked=asked).model_dump()
        return await self._model(DraftView, "POST", f"{_path(conversation_id)}/draft/resume", body=body)

    async def submit(self, conversation_id: str) -> ClaimView:
        """File the draft. Asked twice it gives the same claim."""
        return await self._model(ClaimView, "POST", f"{_path(conversation_id)}/draft/submit")

    async def cancel_draft(self, conversation_id: str) -> bool:
        """Whether there was one."""
        return (await self._model(Cancelled, "POST", f"{_path(conversation_id)}/draft/cancel")).cancelled

    async def claim_status(self, conversation_id: str, which: Which) -> ClaimView:
        """The claim named, or the latest with the other open ones beside it."""
        return await self._model(ClaimView, "GET", f"{_path(conversation_id)}/claims/status", params=_given(which))

    async def payment_status(self, conversation_id: str, which: Which) -> PaymentView:
        return await self._model(PaymentView, "GET", f"{_path(conversation_id)}/payments/status", params=_given(which))

    async def place_photos(self, conversation_id: str, photos: PhotosFor) -> OperationView:
        """Put the photos that wait in the conversation to a filed claim."""
        return await self._operation(conversation_id, "photos", photos)

    async def withdraw(self, conversation_id: str, withdrawal: Withdrawal) -> OperationView:
        return await self._operation(conversation_id, "withdraw", withdrawal)

    async def appeal(self, conversation_id: str, appeal: AppealWords) -> OperationView:
        return await self._operation(conversation_id, "appeal", appeal)

    async def add_information(self, conversation_id: str, given: InformationGiven) -> OperationView:
        """Put what was asked for, in words, to the claim that waits for it."""
        return await self._operation(conversation_id, "information", given)

    async def _operation(self, conversation_id: str, name: str, body: Which) -> OperationView:
        return await self._model(OperationView, "POST", f"{_path(conversation_id)}/claims/{name}", body=_given(body))

    async def ask_contact(self, conversation_id: str, wanted: ContactWanted) -> ContactView:
        """Have the backend read and keep a new contact until it is confirmed."""
        return await self._model(ContactView, "POST", f"{_path(conversation_id)}/contact", body=_given(wanted))

    async def confirm_contact(self, conversation_id: str) -> ContactView:
        return await self._model(ContactView, "POST", f"{_path(conversation_id)}/contact/confirm")

    async def begin_account_change(self, conversation_id: str) -> AccountView:
        """From the answer on, the next account number in the conversation is taken at the edge."""
        return await self._model(AccountView, "POST", f"{_path(conversation_id)}/account")

    async def drop_account_change(self, conversation_id: str) -> bool:
        """No account number is awaited any more; whether one was."""
        return (await self._model(AccountDropped, "POST", f"{_path(conversation_id)}/account/drop")).dropped

    async def policies(self, conversation_id: str) -> list[PolicyView]:
        return _read(_policies, await self._call("GET", f"{_path(conversation_id)}/policies"))

    async def products(self) -> Products:
        """The public terms and words; kept for a few minutes because they change with a release."""
        if self._kept_products is None or self._kept_products[0] < time.monotonic():
            products = Products.of(_read(_products, await self._call("GET", "/api/products")))
            self._kept_products = (time.monotonic() + PRODUCTS_LIVE_SECONDS, products)
        return self._kept_products[1]

    async def identify(self, conversation_id: str, policy_number: str) -> CodeOnItsWay:
        body = {"policy_number": policy_number}
        return await self._model(CodeOnItsWay, "POST", f"{_path(conversation_id)}/identify", body=body)

    async def resend_code(self, conversation_id: str) -> Resent:
        return await self._model(Resent, "POST", f"{_path(conversation_id)}/code/resend")

    async def cancel_code(self, conversation_id: str) -> None:
        await self._call("POST", f"{_path(conversation_id)}/code/cancel")

    async def take_pending(self, conversation_id: str, message_id: str | None) -> Pending:
        """What waits for the proof of identity. It stays until it is done, and for `message_id` after that, too."""
        body = TakePending(message_id=message_id).model_dump()
        return await self._model(Pending, "POST", f"{_path(conversation_id)}/pending/take", body=body)

    async def enrol_factor(self, conversation_id: str) -> LinkSent:
        """Send the link to the page of passkeys and authenticators; its address never comes this way."""
        return await self._model(LinkSent, "POST", f"{_path(conversation_id)}/factors")

    async def log_out(self, conversation_id: str) -> LoggedOut:
        return await self._model(LoggedOut, "POST", f"{_path(conversation_id)}/log-out")

    async def hand_off(self, conversation_id: str, reason: str, text: str | None = None) -> HandoffPlace:
        body = {"reason": reason, "text": text[:2000] if text else None}
        return await self._model(HandoffPlace, "POST", f"{_path(conversation_id)}/handoff", body=body)

    async def change_language(self, conversation_id: str, language: str) -> None:
        await self._call("POST", f"{_path(conversation_id)}/language", body={"language": language})

    async def end_journey(self, conversation_id: str) -> None:
        """The next message starts a fresh tracker."""
        await self._call("POST", f"{_path(conversation_id)}/journey/end")

    async def close(self) -> None:
        await self._wire.close()

    async def _model[Model: BaseModel](self, model: type[Model], method: str, path: str, **request: Any) -> Model:
        answer = await self._call(method, path, **request)
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as error:
            raise BackendUnavailable("unreadable_answer") from error

    async def _call(self, method: str, path: str, **request: Any) -> Answer:
        answer = await self._wire.call(method, path, **request)
        if answer.succeeded:
            return answer
        raise _refusal(answer)


def _refusal(answer: Answer) -> BackendUnavailable | StepUp | Absent | Refused:
    """The error that a failed answer means. An answer that isn't ours (a proxy's, a bug's) means unavailable."""
    try:
        body = orjson.loads(answer.content)
        code, params = str(body["code"]), dict(body.get("params") or {})
    except (ValueError, KeyError, TypeError):
        return BackendUnavailable(f"http_{answer.status}")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.UNAUTHORIZED:
        return BackendUnavailable(code, params)
    if answer.status == HTTPStatus.FORBIDDEN:
        return StepUp(code, params)
    if answer.status == HTTPStatus.NOT_FOUND:
        return Absent(code, params)
    return Refused(code, params, body.get("field") or params.get("field"))


def _read[Item: BaseModel](adapter: TypeAdapter[list[Item]], answer: Answer) -> list[Item]:
    try:
        return adapter.validate_json(answer.content)
    except ValidationError as error:
        raise BackendUnavailable("unreadable_answer") from error


def _path(conversation_id: str) -> str:
    return f"/api/conversations/{conversation_id}"


def _given(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_defaults=True)


def from_environment() -> Backend:
    """The backend that `ANPEI_API_URL` names, to which `ANPEI_API_TOKEN` proves us."""
    base_url = os.environ.get("ANPEI_API_URL") or f"http://127.0.0.1:{os.environ.get('ANPEI_PORT', '8000')}"
    token = os.environ.get("ANPEI_API_TOKEN") or DEVELOPMENT_TOKEN
    return Backend(Http(base_url, token))
