"""What `anpei audit` looks at: one file a check, each a coroutine from `Scope` to `Result`, all of them in `CHECKS`.

A check never passes by not looking: what it could not see is `not_checked`, and says why.
"""

from backend.audit.checks import access, books, codes, dependencies, facts, key_age, leaks, log, overdue, payments
from backend.audit.checks.results import Check

CHECKS: tuple[Check, ...] = (
    log.check,
    facts.check,
    payments.check,
    books.check,
    leaks.check,
    access.check,
    codes.check,
    key_age.check,
    overdue.check,
    dependencies.check,
)
