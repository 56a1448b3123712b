"""What the desk's own doors refuse.

AnpeiError
├── SignedOut   nobody is signed in, or no longer: pages go to the sign-in page, programs get 401
└── Refused
    └── Forged  a form that doesn't come from a page we gave this person
"""

from backend.kit.errors import AnpeiError, Refused


class SignedOut(AnpeiError):
    code = "signed_out"
    http_status = 401


class Forged(Refused):
    code = "forged"
    http_status = 403
