"""The sandbox bank over real HTTP: money moves once for each key, whatever dies."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox.process import BankProcess


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankProcess]:
    found = BankProcess(tmp_path_factory.mktemp("bank"))
    found.start()
    yield found
    found.kill()


@pytest.fixture
def bank(process: BankProcess) -> BankProcess:
    process.faults()
    return process


@pytest.fixture
def key() -> str:
    """One for each test: the bank keeps its books from test to test."""
    return uuid.uuid4().hex


def pay(bank: BankProcess, token: str, key: str, amount: int = 15500, **change: Any) -> httpx.Response:
    body = {
        "end_to_end_id": key,
        "account_token": token,
        "amount_minor": amount,
        "currency": "USD",
        "reference": "CL-1",
    }
    return httpx.post(f"{bank.url}/v1/payouts", json=body | change, headers={"Idempotency-Key": key}, timeout=5)


def look_up(bank: BankProcess, key: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{bank.url}/v1/payouts", params={"end_to_end_id": key}).json()["payouts"]
    assert isinstance(found, list)
    return found


def booked(bank: BankProcess, key: str) -> int:
    return sum(line["end_to_end_id"] == key for line in bank.statement())


def test_the_same_key_pays_once(bank: BankProcess, key: str) -> None:
    token = bank.account()
    first, second = pay(bank, token, key), pay(bank, token, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert booked(bank, key) == 1


def test_the_same_key_at_the_same_moment_pays_once(bank: BankProcess, key: str) -> None:
    token = bank.account()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: pay(bank, token, key).json()["id"], range(16)))
    assert len(set(answers)) == 1
    assert booked(bank, key) == 1


def test_the_same_key_for_another_request_is_refused(bank: BankProcess, key: str) -> None:
    token = bank.account()
    pay(bank, token, key)
    refused = pay(bank, token, key, amount=1)
    assert (refused.status_code, refused.json()["reason"]) == (409, "key_reused")
    assert [line["amount_minor"] for line in look_up(bank, key)] == [15500]


def test_the_same_payment_under_another_key_is_refused(bank: BankProcess, key: str) -> None:
    token = bank.account()
    pay(bank, token, key)
    refused = pay(bank, token, f"{key}-2", end_to_end_id=key)
    assert (refused.status_code, refused.json()["reason"]) == (409, "end_to_end_id_reused")
    assert booked(bank, key) == 1


def test_what_was_accepted_survives_a_kill(bank: BankProcess, key: str) -> None:
    token = bank.account()
    bank.faults(settle_ms=60_000)
    first = pay(bank, token, key).json()
    assert first["status"] == "accepted"
    bank.kill()
    bank.start()
    assert pay(bank, token, key).json() == first
    assert booked(bank, key) == 1


def test_it_settles_after_a_while(bank: BankProcess, key: str) -> None:
    bank.faults(settle_ms=200)
    assert pay(bank, bank.account(), key).json()["status"] == "accepted"
    time.sleep(0.3)
    assert look_up(bank, key)[0]["status"] == "settled"


def test_what_it_returns_was_settled_first(bank: BankProcess, key: str) -> None:
    bank.faults(**{"return": 1, "return_ms": 300})
    assert pay(bank, bank.account(), key).json()["status"] == "settled"
    time.sleep(0.4)
    assert [(line["status"], line["reason"]) for line in look_up(bank, key)] == [("returned", "payee_refused")]


@pytest.mark.parametrize(("fault", "count"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_says_nothing_and_asking_tells(
    bank: BankProcess, key: str, fault: str, count: int
) -> None:
    token = bank.account()
    bank.faults(**{fault: 1})
    with pytest.raises(httpx.RemoteProtocolError):
        pay(bank, token, key)
    assert len(look_up(bank, key)) == count
    assert pay(bank, token, key).status_code == 201
    assert booked(bank, key) == 1


@pytest.mark.parametrize(("fault", "count"), [("error_500", 0), ("error_after", 1)])
def test_an_error_says_nothing_either(bank: BankProcess, key: str, fault: str, count: int) -> None:
    token = bank.account()
    bank.faults(**{fault: 1})
    assert pay(bank, token, key).status_code == 500
    assert len(look_up(bank, key)) == count


def test_a_slow_answer_comes_too_late_and_the_money_moves(bank: BankProcess, key: str) -> None:
    token = bank.account()
    bank.faults(latency_ms=400)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{bank.url}/v1/payouts",
            json={"end_to_end_id": key, "account_token": token, "amount_minor": 1, "currency": "USD", "reference": ""},
            headers={"Idempotency-Key": key},
            timeout=0.1,
        )
    bank.faults()
    deadline = time.monotonic() + 5
    while not look_up(bank, key) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert booked(bank, key) == 1


def test_a_rejected_payout_says_why(bank: BankProcess, key: str) -> None:
    bank.faults(reject=1)
    answer = pay(bank, bank.account(), key).json()
    assert (answer["status"], answer["reason"]) == ("rejected", "account_closed")


@pytest.mark.parametrize(
    "change", [{"account_token": "acct_nobody"}, {"currency": "GBP"}, {"amount_minor": 0}, {"amount_minor": -5}]
)
def test_what_it_refuses(bank: BankProcess, key: str, change: dict[str, Any]) -> None:
    assert pay(bank, bank.account(), key, **change).status_code == 422
    assert look_up(bank, key) == []


def test_it_wants_a_key(bank: BankProcess) -> None:
    body = {"end_to_end_id": "x", "account_token": "t", "amount_minor": 1, "currency": "USD", "reference": ""}
    assert httpx.post(f"{bank.url}/v1/payouts", json=body).status_code == 422


def test_one_payout_by_its_number(bank: BankProcess, key: str) -> None:
    paid = pay(bank, bank.account(), key).json()
    assert httpx.get(f"{bank.url}/v1/payouts/{paid['id']}").json() == paid
    assert httpx.get(f"{bank.url}/v1/payouts/none").status_code == 404


def test_a_bank_that_forgets(bank: BankProcess, key: str) -> None:
    """The lie that tempts to pay twice: it was booked, and a look-up denies it."""
    token = bank.account()
    pay(bank, token, key)
    bank.faults(forget=1)
    assert look_up(bank, key) == []
    assert len(look_up(bank, key)) == 1
