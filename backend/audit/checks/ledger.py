"""Do the books balance, and do they say what the payouts say?"""

from typing import Any

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, judged
from backend.ledger import service as ledger
from backend.ledger.models import Account


async def check(scope: Scope) -> Result:
    async with scope.services.db.transaction() as session:
        await rows.take_time(session)
        books = await ledger.check(session)
        totals = await ledger.totals(session)
        settled = await rows.settled_in_all(session)
    findings: list[dict[str, Any]] = [{"unbalanced_transaction": str(each)} for each in books.unbalanced]
    findings += [{"overdrawn_claim": str(each)} for each in books.overdrawn]
    currencies = {currency for _, currency in totals}
    for currency in sorted(currencies):
        if sum(minor for (_, each), minor in totals.items() if each == currency):
            findings.append({"debits_and_credits_differ": currency})
    booked = {currency: -minor for (account, currency), minor in totals.items() if account is Account.BANK and minor}
    for currency in sorted(booked.keys() | settled.keys()):
        if booked.get(currency, 0) != settled.get(currency, 0):
            findings.append(
                {"paid_by_the_books": booked.get(currency, 0), "by_payouts": settled.get(currency, 0), "in": currency}
            )
    figures = {f"{account.value}_{currency}": minor for (account, currency), minor in sorted(totals.items())}
    good = "Debits are credits, no account is overdrawn, and the bank account says what the payouts say."
    return judged("ledger", findings, good, "The books are wrong.", figures=figures)
