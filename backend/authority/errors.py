"""What somebody is not allowed to do alone, or at all.

Refused
├── NoAuthority  their authority doesn't reach: `limit_minor` is how far it does, None where it is no matter of amounts
├── SameEyes     who asked for a second pair of eyes can't be that pair
└── NotAsked     the request has been answered, replaced or never made
"""

from backend.kit.errors import Refused


class NoAuthority(Refused):
    code = "no_authority"
    http_status = 403


class SameEyes(Refused):
    code = "same_eyes"


class NotAsked(Refused):
    code = "not_asked"
