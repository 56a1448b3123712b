"""Do the books balance, is nothing overdrawn, and do they say of the payouts what the payouts say?"""

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, judged
from backend.ledger import service as ledger
from backend.ledger.service import Account


async def check(scope: Scope) -> Result:
    async with scope.services.db.transaction() as session:
        await rows.take_time(session)
        books = await ledger.check(session)
        totals = await ledger.totals(session)
        payouts = await rows.payout_totals(session)
    findings = [{"unbalanced": str(transaction)} for transaction in books.unbalanced]
    findings += [{"overdrawn": str(claim)} for claim in books.overdrawn]
    for account, settled in ((Account.IN_TRANSIT, False), (Account.BANK, True)):
        for currency in {currency for _, currency in totals} | {currency for _, currency in payouts}:
            booked, found = -totals.get((account, currency), 0), payouts.get((settled, currency), 0)
            if booked != found:
                findings.append({account.value: currency, "booked_minor": str(booked), "payouts_minor": str(found)})
    figures = {f"{account.value} {currency}": minor for (account, currency), minor in sorted(totals.items())}
    good = "Debits equal credits, nothing is overdrawn, and the payouts say the same."
    return judged("books", findings, good, "The books and the payouts differ: find out why today.", figures=figures)
