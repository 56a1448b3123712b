"""AnpeiError
├── Refused
│   ├── Held            a legal hold stands (`reason`)
│   ├── StillOpen       a claim, an appeal or a payout is not at its end (`what`)
│   └── AlreadyErased
└── Unavailable
    └── NotYetSigned    an event about the customer has no place in the signed log yet: seconds from now it has
"""

from backend.kit.errors import Refused, Unavailable


class Held(Refused):
    code = "legal_hold"


class StillOpen(Refused):
    code = "still_open"


class AlreadyErased(Refused):
    code = "already_erased"


class NotYetSigned(Unavailable):
    code = "not_yet_signed"
