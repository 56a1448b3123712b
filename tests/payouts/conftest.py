"""Payouts by the real sandbox bank, which a test may make drop, err, lie and die."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.kit.db import Database
from backend.payouts.rails.sandbox_bank import SandboxBank
from tests.payouts.drive import Drive
from tests.sandbox.process import BankProcess

PATIENCE_S = 0.8  # of our client's: what a test makes slow is slower


@pytest.fixture
def bank(sandbox_bank: BankProcess) -> BankProcess:
    """Well-behaved, and with empty books."""
    sandbox_bank.faults()
    sandbox_bank.forget()
    return sandbox_bank


@pytest.fixture
async def drive(database: Database, bank: BankProcess) -> AsyncIterator[Drive]:
    async with httpx.AsyncClient() as http:
        yield Drive(database, SandboxBank(http, bank.url, httpx.Timeout(PATIENCE_S)))
