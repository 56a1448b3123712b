"""What the desk's own people may be refused.

Invalid
├── WeakPassword    `why` is a word for programs: too_short, too_long, guessable
└── WrongPassword   the present one, asked for before a new one is set
Refused
└── NameTaken       somebody has this user name, or had it: the log knows people by it
"""

from backend.kit.errors import Invalid, Refused


class WeakPassword(Invalid):
    code = "weak_password"

    def __init__(self, why: str) -> None:
        super().__init__(field="password", why=why)
        self.why = why


class WrongPassword(Invalid):
    code = "wrong_password"
    keeps_work = True  # the try is on record


class NameTaken(Refused):
    code = "name_taken"
