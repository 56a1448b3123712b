"""Once a minute: take the bank's files, then make and write ours."""

from procrastinate import JobContext

from backend.kit.jobs import Queue, app, services_of
from backend.kit.settings import PayoutRail
from backend.payouts.files import taking, writing
from backend.payouts.files.rail import FileRail


@app.periodic(cron="* * * * *")
@app.task(name="payouts.files", queue=Queue.PAYOUTS.value, lock="payouts.files", pass_context=True)
async def files_job(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    services = services_of(context)
    settings = services.settings
    if (
        settings.payout_rail is not PayoutRail.ISO20022
        or settings.iso_incoming is None
        or settings.iso_outgoing is None
    ):
        return
    rail: FileRail = services.rail
    await taking.take_files(services, settings.iso_incoming)
    await writing.send_files(services, rail.debtor, settings.iso_outgoing)
