"""A claim that was paid, and the log beside it."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from backend.kit.db import Database
from backend.payouts.rails.sandbox_bank import SandboxBank
from tests.audit.served import Log
from tests.payouts.drive import Drive, approved
from tests.sandbox.process import BankProcess


@pytest.fixture
async def log(database: Database, tmp_path: Path, now: datetime) -> AsyncIterator[Log]:
    """The log on an empty database."""
    found = Log(database, tmp_path, now)
    yield found
    await found.http.aclose()


@pytest.fixture(scope="module")
def sandbox_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankProcess]:
    found = BankProcess(tmp_path_factory.mktemp("bank"))
    found.start()
    yield found
    found.kill()


@pytest.fixture
async def payout(log: Log, sandbox_bank: BankProcess) -> UUID:
    """Paid, and logged; not in a signed tree yet."""
    sandbox_bank.faults()
    sandbox_bank.forget()
    drive = Drive(log.db, SandboxBank(log.http, sandbox_bank.url, httpx.Timeout(2)))
    found = await approved(drive, sandbox_bank.account())
    await drive.run()
    log.now = drive.now
    return found
