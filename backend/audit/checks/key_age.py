"""How old are the keys? A key is changed once a year, and when somebody who knew it leaves."""

from datetime import timedelta

from backend.audit import keys
from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged

OLD = timedelta(days=365)


async def check(scope: Scope) -> Result:
    verifier = str(keys.signer(scope.services.settings).verifier)
    async with scope.services.db.transaction() as session:
        since = await rows.key_since(session, verifier)
    findings = []
    age = scope.now - since if since else timedelta()
    if age > OLD:
        findings.append({"key": "log", "days": age.days})
    good = "No key is older than a year."
    bad = "Change these keys."
    return judged("keys", findings, good, bad, figures={"log_key_days": age.days}, worst=Verdict.ATTENTION)
