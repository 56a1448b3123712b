"""What the vault refuses.

NotFound
└── NoSuchSecret   no such token in this conversation
Invalid
└── ReasonNeeded   a secret is shown only to somebody who says why
"""

from backend.kit.errors import Invalid, NotFound


class NoSuchSecret(NotFound):
    code = "no_such_secret"


class ReasonNeeded(Invalid):
    code = "reason_needed"
