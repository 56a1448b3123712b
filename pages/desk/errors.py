"""What the desk's own doors refuse.

Refused
├── SignedOut   nobody is signed in, or no longer: pages go to the sign-in page, programs get 401
└── Forged      a form that doesn't come from a page we gave this person
"""

from backend.kit.errors import Refused


class SignedOut(Refused):
    code = "signed_out"
    http_status = 401


class Forged(Refused):
    code = "forged"
    http_status = 403
