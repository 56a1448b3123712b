"""Is what we say we paid what the bank says it paid? The period's statement is compared with the books, as it is every day
(payouts/reconciling), and each payment with its entry in the books; then what our own records say."""

from datetime import timedelta
from typing import Any

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged
from backend.payouts import reconciling
from backend.payouts.errors import RailUnavailable

UNOWNED_AT_MOST = timedelta(days=1)


async def check(scope: Scope) -> Result:
    findings: list[dict[str, Any]] = []
    async with scope.services.db.transaction() as session:
        findings += [{"booked_otherwise": str(row)} for row in await rows.booked_otherwise(session, scope.since)]
        findings += [{"paid_more_than_approved": number} for number in await rows.overpaid(session)]
        findings += [{"paid_without_settlement": number} for number in await rows.paid_without_payout(session)]
        findings += [{"owed_and_forgotten": number} for number in await rows.owed_and_forgotten(session)]
        findings += [
            {"nobody_looks_into": kind, "of": source, "since": opened.isoformat()}
            for kind, source, opened in await rows.unowned(session, scope.now - UNOWNED_AT_MOST)
        ]
        findings += [{"settled_without_receipt_leaf": str(row)} for row in await rows.settled_without_leaf(session)]
    try:
        compared = await reconciling.look(scope.services, scope.since.date(), scope.now.date())
        findings += [
            {each.kind.value: each.reference, "bank_minor": each.bank_minor, "books_minor": each.books_minor}
            for each in compared.breaks
        ]
    except RailUnavailable as error:
        why = f"The bank could not be asked: {error.why}. What our own records show is listed."
        worst = Verdict.FAILED if findings else Verdict.NOT_CHECKED
        return Result("payments", worst, why, {}, findings)
    figures = {f"bank {currency}": minor for currency, minor in compared.bank.items()}
    return judged("payments", findings, "The bank says the same.", "Bank and records differ.", figures=figures)
