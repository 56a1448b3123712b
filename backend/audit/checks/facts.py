"""Has every fact its leaf, every leaf its fact, and do both still say the same?

This is what makes the seconds between an entry and its place in the signed tree safe, too: who drops or alters an entry
before it is signed leaves a fact without its leaf, and who drops both leaves a gap in the fact's own numbering.
"""

from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, judged
from backend.audit.rules import digest


async def check(scope: Scope) -> Result:
    findings = []
    counted = {}
    async with scope.services.db.transaction() as session:
        await rows.take_time(session)
        for source in rows.SOURCES:
            counted[source.table] = await rows.count(session, source)
            findings += [
                {"fact_without_leaf": source.table, "row": str(row)} for row in await rows.unlogged(session, source)
            ]
            findings += [
                {"leaf_without_fact": source.table, "row": str(row)} for row in await rows.orphaned(session, source)
            ]
            findings += [{"fact_altered": source.table, "row": str(row)} for row in await rows.altered(session, source)]
        for table, parent in rows.NUMBERED:
            findings += [{"gap_in": table, "of": str(row)} for row in await rows.gaps(session, table, parent)]
        for row, logged, inputs in await rows.decision_inputs(session, scope.since):
            if digest(inputs) != logged:
                findings.append({"inputs_altered": "review_decisions", "row": str(row)})
    good = "Every fact has its leaf, and says what was logged."
    return judged("facts", findings, good, "Facts and log differ.", figures=counted)
