"""What the public edge refuses.

AnpeiError
├── Refused
│   └── Forged     not proved to come from the provider; nothing of it is stored
├── Invalid
│   └── Malformed  nothing that the provider documents
└── Unavailable
    └── NotStored  genuine, and the store failed: 503, so that the provider sends it again
"""

from backend.kit.errors import Invalid, Refused, Unavailable


class Forged(Refused):
    """`reason` is for our counters only: who forges is told nothing."""

    code = "webhook_forged"
    http_status = 403

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Malformed(Invalid):
    code = "webhook_malformed"
    http_status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotStored(Unavailable):
    code = "not_stored"
