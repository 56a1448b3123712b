"""Who looked at what, and why: the period's accesses to the vault and agents' sign-ins, as the log has them."""

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, Verdict, judged

MANY_REVEALS = 30  # by one person on one day; an adjuster decides about 20 claims a day
MANY_FAILURES = 10  # failed sign-ins to one account on one day


async def check(scope: Scope) -> Result:
    async with scope.services.db.transaction() as session:
        reveals = await rows.reveals(session, scope.since)
        purposes = await rows.purposes(session, scope.since)
        failures = await rows.sign_in_failures(session, scope.since)
    findings = [
        {"reveals": each.count, "by": each.actor, "on": str(each.day)} for each in reveals if each.count > MANY_REVEALS
    ]
    findings += [
        {"without_reason": each.no_reason, "by": each.actor, "on": str(each.day)} for each in reveals if each.no_reason
    ]
    findings += [
        {"failed_sign_ins": each.count, "to": each.actor, "on": str(each.day)}
        for each in failures
        if each.count >= MANY_FAILURES
    ]
    figures = {
        "reveals": sum(each.count for each in reveals),
        "people": len({each.actor for each in reveals}),
        "failed_sign_ins": sum(each.count for each in failures),
        **{f"{actor} for {purpose}": count for actor, purpose, count in purposes},
    }
    good = "Nobody looked at more than their work needs, and each time with a reason."
    return judged("access", findings, good, "Look at these.", figures=figures, worst=Verdict.ATTENTION)
