"""Which claims have waited longer than the 48 hours we promise?"""

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged


async def check(scope: Scope) -> Result:
    async with scope.services.db.transaction() as session:
        late = await rows.overdue(session, scope.now)
        open_ones = await rows.open_claims(session)
    findings = [{"claim": number, "due": due.isoformat(), "status": status} for number, due, status in late]
    good = "Every claim is decided in time."
    figures = {"open": open_ones}
    return judged("overdue", findings, good, "These are late.", figures=figures, worst=Verdict.ATTENTION)
