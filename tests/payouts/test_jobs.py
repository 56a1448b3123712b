"""The job engine itself carries a payout from its decision to the claim being paid."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import procrastinate

from backend.kit.db import Database
from backend.kit.jobs import Queue, app
from backend.kit.urls import plain_url
from backend.payouts import tasks
from backend.payouts.models import PayoutStatus
from backend.payouts.rails.sandbox_bank import SandboxBank
from tests.payouts.drive import Drive, approved
from tests.sandbox.process import BankProcess


async def test_a_worker_pays(database: Database, database_url: str, tmp_path: Path) -> None:
    """The first answer is lost: the engine runs send, asks again when due, and the claim is paid."""
    bank = BankProcess(tmp_path)
    bank.start()
    bank.faults(settle_ms=300, drop_after=1)
    connector = procrastinate.PsycopgConnector(conninfo=plain_url(database_url), min_size=1, max_size=3)
    try:
        async with httpx.AsyncClient() as http:
            drive = Drive(database, SandboxBank(http, bank.url), now=datetime.now(UTC))
            payout = await approved(drive, bank.account())
            with app.replace_connector(connector) as jobs:
                async with jobs.open_async():
                    worker = asyncio.create_task(
                        jobs.run_worker_async(
                            queues=[Queue.PAYOUTS.value],
                            additional_context={"services": drive.services},
                            fetch_job_polling_interval=0.2,
                            install_signal_handlers=False,
                        )
                    )
                    async with asyncio.timeout(20):
                        while await drive.status(payout) is not PayoutStatus.SETTLED:
                            drive.now = datetime.now(UTC)
                            await asyncio.sleep(0.1)
                    worker.cancel()
                    await asyncio.wait([worker])
            assert await drive.value("SELECT status FROM claims") == "paid"
            assert len(bank.statement()) == 1
    finally:
        bank.kill()


def test_every_job_that_is_planned_is_known() -> None:
    known = {"payouts.send", "payouts.resolve", "payouts.check_return", "payouts.sweep"}
    assert known <= set(app.tasks)
    assert tasks.RETRY.max_attempts == 8
