"""Each way a bank can fail, as the rail tells it. The seam is the transport; the client is real."""

import json

import httpx
import pytest

from backend.kit.money import Money
from backend.payouts.errors import RailError, RailRejected, RailUnavailable, RailUnknown
from backend.payouts.rails import BankStatus, PaymentOrder
from backend.payouts.rails.sandbox_bank import SandboxBank

PAID = {
    "id": "pay_1", "end_to_end_id": "e2e", "amount_minor": 15500, "currency": "USD", "reference": "CL-1",
    "status": "accepted", "reason": None,
}  # fmt: skip


def answering(*, status: int = 201, content: bytes = b"", error: Exception | None = None) -> SandboxBank:
    def handle(request: httpx.Request) -> httpx.Response:
        if error is not None:
            raise error
        return httpx.Response(status, content=content, request=request)

    return SandboxBank(httpx.AsyncClient(transport=httpx.MockTransport(handle)), "http://bank")


SUBMITTING: list[tuple[dict[str, object], type[RailError], str]] = [
    ({"error": httpx.ConnectError("refused")}, RailUnavailable, "connect_error"),
    ({"error": httpx.ConnectTimeout("slow")}, RailUnavailable, "connect_timeout"),
    ({"error": httpx.PoolTimeout("full")}, RailUnavailable, "pool_timeout"),
    ({"error": httpx.ReadTimeout("slow")}, RailUnknown, "read_timeout"),
    ({"error": httpx.WriteTimeout("slow")}, RailUnknown, "write_timeout"),
    ({"error": httpx.ReadError("reset")}, RailUnknown, "read_error"),
    ({"error": httpx.WriteError("reset")}, RailUnknown, "write_error"),
    ({"error": httpx.RemoteProtocolError("closed")}, RailUnknown, "remote_protocol_error"),
    ({"error": httpx.DecodingError("garbled")}, RailUnknown, "decoding_error"),
    ({"status": 500}, RailUnknown, "http_500"),
    ({"status": 502}, RailUnknown, "http_502"),
    ({"status": 503}, RailUnknown, "http_503"),
    ({"status": 302}, RailUnknown, "http_302"),
    ({"status": 409, "content": b'{"reason": "key_reused"}'}, RailUnknown, "http_409"),
    ({"status": 401}, RailUnavailable, "http_401"),
    ({"status": 404}, RailUnavailable, "http_404"),
    ({"status": 429}, RailUnavailable, "http_429"),
    ({"status": 422, "content": b'{"reason": "no_such_account"}'}, RailRejected, "no_such_account"),
    ({"status": 422, "content": b'{"reason": 7}'}, RailRejected, "http_422"),
    ({"status": 400, "content": b"<html>"}, RailRejected, "http_400"),
    ({"content": b"not json"}, RailUnknown, "unreadable_answer"),
    ({"content": b'{"status": "paid, maybe"}'}, RailUnknown, "unreadable_answer"),
]


@pytest.mark.parametrize(("happens", "kind", "why"), SUBMITTING)
async def test_only_what_certainly_did_not_arrive_may_be_sent_again(
    happens: dict[str, object], kind: type[RailError], why: str
) -> None:
    with pytest.raises(kind) as caught:
        await answering(**happens).submit(b"{}", "key")  # type: ignore[arg-type] # examples by name
    assert type(caught.value) is kind
    assert caught.value.why == why


def every_transport_error() -> list[type[httpx.TransportError]]:
    found, waiting = [], [httpx.TransportError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return found


@pytest.mark.parametrize("kind", every_transport_error())
async def test_no_error_of_the_client_library_gets_past_the_rail(kind: type[httpx.TransportError]) -> None:
    bank = answering(error=kind("anything"))
    with pytest.raises((RailUnknown, RailUnavailable)):
        await bank.submit(b"{}", "key")
    with pytest.raises(RailUnavailable):
        await bank.look_up("e2e")


@pytest.mark.parametrize(
    "happens", [{"status": 404}, {"status": 500}, {"content": b"[]", "status": 200}, {"content": b"{}", "status": 200}]
)
async def test_an_odd_answer_to_a_question_is_not_never_heard_of_it(happens: dict[str, object]) -> None:
    """Only an empty list from the bank's own books means that it knows nothing."""
    with pytest.raises(RailUnavailable):
        await answering(**happens).look_up("e2e")  # type: ignore[arg-type] # examples by name
    assert await answering(status=200, content=b'{"payouts": []}').look_up("e2e") is None


async def test_evidence_names_payment_and_sum() -> None:
    answer = await answering(content=json.dumps(PAID).encode()).submit(b"{}", "key")
    assert (answer.end_to_end_id, answer.bank_reference) == ("e2e", "pay_1")
    assert (answer.status, answer.amount) == (BankStatus.ACCEPTED, Money("USD", 15500))
    found = await answering(status=200, content=json.dumps({"payouts": [PAID]}).encode()).look_up("e2e")
    assert found == answer


def test_the_same_order_makes_the_same_bytes() -> None:
    order = PaymentOrder("e2e", "acct", Money("CNY", 110000), "CL-7K2M9QXD")
    bank = answering()
    assert bank.prepare(order) == bank.prepare(order)
    assert json.loads(bank.prepare(order)) == {
        "end_to_end_id": "e2e", "account_token": "acct", "amount_minor": 110000, "currency": "CNY",
        "reference": "CL-7K2M9QXD",
    }  # fmt: skip
