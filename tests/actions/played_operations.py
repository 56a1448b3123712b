"""What the played backend does with filed claims, contacts and the account: what the real one would answer."""

from dataclasses import dataclass, field
from typing import Any

from backend.claims import rules
from backend.claims.models import ClaimStatus
from backend.claims.views import STATE
from backend.kit.money import Money
from backend.policies import catalogue

Answer = tuple[int, Any]


@dataclass
class Filed:
    """A claim as far as an answer needs it."""

    number: str
    claim_type: str = "device_screen"
    status: ClaimStatus = ClaimStatus.IN_REVIEW

    def brief(self) -> dict[str, Any]:
        amount = Money("USD", 18000)
        return {
            "number": self.number,
            "claim_type": self.claim_type,
            "product_name": catalogue.product(self.claim_type).names,
            "amount_text": {language: amount.words(language) for language in ("en", "zh")},
            "state": STATE[self.status],
            "status": self.status.value,
        }


@dataclass
class PlayedOperations:
    """`filed` latest first; `waiting_photos` have come and belong to no claim yet."""

    filed: list[Filed] = field(default_factory=list)
    waiting_photos: int = 0
    contact: tuple[str, str] | None = None
    stopped: bool = False
    number_awaited: bool = False

    def withdraw(self, body: dict[str, Any]) -> Answer:
        claim, answer = self._choose(body, rules.UNDECIDED)
        if claim is None:
            return answer
        if body.get("confirmed") and body.get("number"):
            claim.status = ClaimStatus.WITHDRAWN
            return self._view(claim, done=True)
        return self._view(claim)

    def appeal(self, body: dict[str, Any]) -> Answer:
        claim, answer = self._choose(body, rules.APPEALABLE)
        if claim is None:
            return answer
        if body.get("words"):
            claim.status = ClaimStatus.IN_REVIEW
        return self._view(claim, done=bool(body.get("words")))

    def photos(self, body: dict[str, Any]) -> Answer:
        claim, answer = self._choose(body, rules.UNDECIDED)
        if claim is None:
            return answer
        had, self.waiting_photos = self.waiting_photos, 0
        return self._view(claim, done=had > 0)

    def ask_contact(self, body: dict[str, Any]) -> Answer:
        text = body.get("text") or ""
        kind = body.get("kind") or ("email" if "@" in text else None)
        value = next((word for word in text.split() if "@" in word or any(c.isdigit() for c in word)), None)
        if kind and value:
            self.contact = (kind, value)
        return 200, {"kind": kind, "value": value if kind else None, "status": "asked" if value else None}

    def confirm_contact(self) -> Answer:
        if self.contact is None:
            return 404, {"code": "no_change", "params": {}}
        (kind, value), self.contact = self.contact, None
        by_person = kind == "phone"
        status = "with_person" if by_person else "done"
        return 200, {"kind": kind, "value": value, "status": status, "position": 1 if by_person else None}

    def account(self) -> Answer:
        if self.stopped:
            return 409, {"code": "person_needed", "params": {}}
        self.number_awaited = True
        return 200, {"status": "asked"}

    def drop_account(self) -> bool:
        awaited, self.number_awaited = self.number_awaited, False
        return awaited

    def status(self, body: dict[str, Any]) -> tuple[Filed, list[Filed]]:
        named = [claim for claim in self.filed if claim.number == body.get("number")]
        fitting = [claim for claim in self.filed if claim.claim_type == body.get("product")]
        found = named or fitting or self.filed
        return found[0], found[1:]

    def _choose(self, body: dict[str, Any], fits: frozenset[ClaimStatus]) -> tuple[Filed | None, Answer]:
        number, product = body.get("number"), body.get("product")
        if not self.filed:
            return None, (404, {"code": "no_claims", "params": {}})
        if number is not None:
            named = next((claim for claim in self.filed if claim.number == number), None)
            if named is None:
                return None, (404, {"code": "claim_not_found", "params": {}})
            refused = (409, {"code": "too_late", "params": {"number": number, "status": named.status.value}})
            return (named, (200, {})) if named.status in fits else (None, refused)
        found = [claim for claim in self.filed if claim.status in fits]
        found = [claim for claim in found if claim.claim_type == product] or found
        if not found:
            latest = self.filed[0]
            return None, (409, {"code": "none_fits", "params": {"number": latest.number, "status": latest.status}})
        if len(found) == 1:
            return found[0], (200, {})
        choices = [claim.brief() for claim in found]
        return None, (200, {"claim": None, "choices": choices, "done": False})

    def _view(self, claim: Filed, *, done: bool = False) -> Answer:
        due = {"en": "Fri 20 Nov, 09:00", "zh": "11月20日 09:00"}
        return 200, {"claim": claim.brief(), "choices": [], "done": done, "due_at_text": due, "photos": int(done)}
