"""What can't be done with a claim or a draft.

NotFound
├── NoClaims        the customer has none
├── ClaimNotFound   none of the customer's has this number (somebody else's looks the same)
└── NoDraft         nothing is being filed in this conversation
Invalid
└── DraftProblem    a value can't stand: `field`, and `code` says why
Refused
├── OddTransition   the claim's life cycle has no such step
├── NoneFits        the customer has claims, but none that this can be done with
└── TooLate         this can't be done with the claim named: `number`, and `status` says where it stands
"""

from typing import Any

from backend.kit.errors import Invalid, NotFound, Refused


class NoClaims(NotFound):
    code = "no_claims"


class ClaimNotFound(NotFound):
    code = "claim_not_found"


class NoDraft(NotFound):
    code = "no_draft"


class DraftProblem(Invalid):
    code = "draft_problem"

    def __init__(self, code: str, field: str, **params: Any) -> None:
        super().__init__(code, field=field, **params)
        self.code = code
        self.field = field


class OddTransition(Refused):
    code = "odd_transition"


class NoneFits(Refused):
    code = "none_fits"


class TooLate(Refused):
    code = "too_late"
