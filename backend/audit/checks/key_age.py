"""How old are the keys? A key is changed once a year, and when somebody who knew it leaves."""

from datetime import timedelta

from backend.audit import keys
from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged
from backend.kit.sealing import KeyPurpose

OLD = timedelta(days=365)


async def check(scope: Scope) -> Result:
    verifier = str(keys.signer(scope.services.settings).verifier)
    async with scope.services.db.transaction() as session:
        since = await rows.key_since(session, verifier)
        data_keys = await rows.data_keys(session)
    findings: list[dict[str, str | int]] = []
    age = scope.now - since if since else timedelta()
    if age > OLD:
        findings.append({"key": "log", "days": age.days})
    figures = {"log_key_days": age.days}
    for purpose, version, made in data_keys:
        days = (scope.now - made).days
        figures[f"{purpose}_key_days"] = days
        if (
            days > OLD.days and purpose != KeyPurpose.LOOKUP
        ):  # that one is for good: another would find nothing of before
            findings.append({"key": purpose, "version": version, "days": days})
    good = "No key is older than a year."
    bad = "Change these keys."
    return judged("keys", findings, good, bad, figures=figures, worst=Verdict.ATTENTION)
