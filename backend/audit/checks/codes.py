"""Are one-time codes abused? Guessing shows as tries, toll fraud as codes that are sent and never entered."""

from typing import Any

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged

ENOUGH = 20  # codes to one country before its share says anything
LOW_SHARE = 0.3  # of codes sent that are entered; people manage about 0.8
MANY_A_DAY = 10  # codes to one customer


async def check(scope: Scope) -> Result:
    async with scope.services.db.transaction() as session:
        issued, passed, failed, decoys, locked = await rows.code_figures(session, scope.since)
        countries = await rows.codes_by_country(session, scope.since)
        paused = await rows.paused_prefixes(session)
        busy = await rows.customers_with_many_codes(session, scope.since, MANY_A_DAY)
    findings: list[dict[str, Any]] = [
        {"country": country, "issued": sent, "passed": entered}
        for country, sent, entered in countries
        if sent >= ENOUGH and entered / sent < LOW_SHARE
    ]
    findings += [{"customer": str(customer), "codes": count, "on": str(day)} for customer, day, count in busy]
    findings += [{"paused_prefix": prefix, "sent": sent, "verified": verified} for prefix, sent, verified in paused]
    figures = {"issued": issued, "passed": passed, "failed": failed, "decoys": decoys, "locked_now": locked}
    good = "Codes are entered by those they are sent to."
    return judged("codes", findings, good, "Look at these.", figures=figures, worst=Verdict.ATTENTION)
