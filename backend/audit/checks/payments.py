"""Is what we say we paid what the bank says it paid? Every payment that settled in the period is asked about, and the
period's statement is compared with the books, as it is every day (payouts/reconciling)."""

from datetime import timedelta
from typing import Any

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged
from backend.kit.money import Money
from backend.payouts import reconciling
from backend.payouts.errors import RailUnavailable
from backend.payouts.rails import BankStatus

AT_MOST = 500  # questions to the bank a run
UNOWNED_AT_MOST = timedelta(days=1)


async def check(scope: Scope) -> Result:
    findings: list[dict[str, Any]] = []
    async with scope.services.db.transaction() as session:
        settled = await rows.settled(session, scope.since, AT_MOST)
        findings += [{"paid_more_than_approved": number} for number in await rows.overpaid(session)]
        findings += [{"paid_without_settlement": number} for number in await rows.paid_without_payout(session)]
        findings += [{"owed_and_forgotten": number} for number in await rows.owed_and_forgotten(session)]
        findings += [
            {"nobody_looks_into": kind, "of": source, "since": opened.isoformat()}
            for kind, source, opened in await rows.unowned(session, scope.now - UNOWNED_AT_MOST)
        ]
        findings += [{"settled_without_receipt_leaf": str(row)} for row in await rows.settled_without_leaf(session)]
    total: dict[str, int] = {}
    try:
        for payout_id, currency, minor in settled:
            findings += await _asked(scope, payout_id.hex, Money(currency, minor))
            total[currency] = total.get(currency, 0) + minor
        compared = await reconciling.look(scope.services, scope.since.date(), scope.now.date())
        findings += [
            {each.kind.value: each.reference, "bank_minor": each.bank_minor, "books_minor": each.books_minor}
            for each in compared.breaks
        ]
    except RailUnavailable as error:
        why = f"The bank could not be asked: {error.why}. What our own records show is listed."
        worst = Verdict.FAILED if findings else Verdict.NOT_CHECKED
        return Result("payments", worst, why, {"settled": len(settled)}, findings)
    figures = {"settled": len(settled), **{f"minor_{currency}": minor for currency, minor in total.items()}}
    return judged("payments", findings, "The bank says the same.", "Bank and records differ.", figures=figures)


async def _asked(scope: Scope, end_to_end_id: str, amount: Money) -> list[dict[str, Any]]:
    answer = await scope.services.rail.look_up(end_to_end_id)
    if answer is None:
        return [{"unknown_to_the_bank": end_to_end_id}]
    if answer.status is not BankStatus.SETTLED or answer.amount != amount:
        return [{"bank_says": answer.status.value, "minor": answer.amount.minor, "payment": end_to_end_id}]
    return []
