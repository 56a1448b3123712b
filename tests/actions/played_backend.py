"""The backend API, played at the wire: what it would answer, and a record of what it was asked.

Drafts follow the backend's own pure rules, so that what is missing and what can't stand is decided as it really is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions.wire import Answer
from backend.claims import rules
from backend.kit.money import Money
from backend.kit.words import date_words
from backend.policies import catalogue
from backend.policies.schemas import ProductView
from tests.actions.played_operations import PlayedOperations

TODAY = date(2026, 11, 18)  # a Wednesday
NO_DRAFT = {"code": "no_draft", "params": {}}
BOTH = {"en": "We're checking it now.", "zh": "我们正在审核。"}


@dataclass
class PlayedBackend:
    """`level` 0 unknown, 1 recognised, 2 verified; `answers` overrides a path's ending with (status, body)."""

    products: dict[str, catalogue.Product] = field(default_factory=lambda: catalogue.read(catalogue.FILE))
    level: int = 2
    currency: str = "USD"
    photos: int = 0
    draft: dict[str, Any] | None = None
    elsewhere: dict[str, Any] | None = None  # a draft of the same customer in another chat
    pending: dict[str, Any] | None = None
    claims: list[str] = field(default_factory=list)
    operations: PlayedOperations = field(default_factory=PlayedOperations)
    twin: str | None = None  # number of a claim that looks the same as the draft
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)

    def asked(self, ending: str) -> list[Any]:
        """The bodies of the calls to paths with that ending, in order."""
        return [body for _, path, body in self.calls if path.endswith(ending)]

    async def call(self, method: str, path: str, *, params: dict[str, str] | None = None, body: Any = None) -> Answer:
        return self.answer(method, path, json.loads(json.dumps(body)) if body is not None else params or {})

    def answer(self, method: str, path: str, said: Any) -> Answer:
        self.calls.append((method, path, said))
        for ending, answer in self.answers.items():
            if path.endswith(ending):
                return _answer(*answer)
        for ending, play in self._plays().items():
            if path.endswith(ending):
                return _answer(*play(said))
        return _answer(404, {"detail": "Not Found"})

    async def close(self) -> None:
        """Nothing is open."""

    def _plays(self) -> dict[str, Callable[[Any], tuple[int, Any]]]:
        return {
            "/draft": self._change,
            "/draft/resume": self._resume,
            "/draft/submit": self._submit,
            "/draft/cancel": self._cancel,
            "/claims/status": lambda body: self._proved("claim_status", body) or self._status(body),
            "/claims/withdraw": lambda body: self._proved("withdraw_claim", body) or self.operations.withdraw(body),
            "/claims/appeal": lambda body: self._proved("appeal_decision", body) or self.operations.appeal(body),
            "/claims/photos": self.operations.photos,
            "/claims/information": lambda body: (404, {"code": "no_claims", "params": {}}),
            "/contact": lambda body: self._proved("change_contact", body) or self.operations.ask_contact(body),
            "/contact/confirm": lambda body: self._proved("confirm_contact", {}) or self.operations.confirm_contact(),
            "/account": lambda body: self._proved("change_account", {}, level=3) or self.operations.account(),
            "/account/drop": lambda body: (200, {"dropped": self.operations.drop_account()}),
            "/payments/status": lambda body: self._proved("payment_status", body) or (200, PAYMENT),
            "/policies": lambda body: self._proved("list_policies", body) or (200, POLICIES),
            "/api/products": lambda body: (200, self._terms()),
            "/identify": lambda body: (202, {"code": "code_sent", "minutes": 5}),
            "/code/resend": lambda body: (202, {"sent": True, "wait_seconds": 60}),
            "/code/cancel": lambda body: (200, {}),
            "/pending/take": lambda body: (200, self._take()),
            "/factors": lambda body: self._proved("enrol_factor", {}) or (202, {"minutes": 15}),
            "/log-out": lambda body: self._proved("log_out", {}, level=1) or (200, {"chats": 2}),
            "/handoff": lambda body: (200, {"position": 2, "open": True}),
            "/language": lambda body: (200, {}),
            "/journey/end": lambda body: (200, {}),
        }

    def _terms(self) -> list[dict[str, Any]]:
        views = (ProductView.model_validate(each, from_attributes=True) for each in self.products.values())
        return [view.model_dump(mode="json") for view in views]

    def _proved(self, operation: str, arguments: dict[str, Any], level: int = 2) -> tuple[int, Any] | None:
        """The refusal where the level is too low; the operation then waits until it gets through."""
        if self.level >= level:
            self.pending = None if (self.pending or {}).get("operation") == operation else self.pending
            return None
        self.pending = {"operation": operation, "arguments": arguments}
        if self.level == 0:
            return 403, {"code": "identify", "params": {"operation": operation}}
        digits = 8 if level == 3 else 6
        params = {"operation": operation, "phone": "••0101", "minutes": 5, "digits": digits}
        return 403, {"code": "code_sent", "params": params}

    def _resume(self, body: dict[str, Any]) -> tuple[int, Any]:
        """A draft of this chat, or, once proved, the one of another chat."""
        if not self.draft:
            refused = self._proved("resume_draft", {}) if body["asked"] else None
            if refused:
                return refused
            self.draft, self.elsewhere = self.elsewhere if self.level >= 2 else None, None
        return (200, self._view([])) if self.draft else (404, NO_DRAFT)

    def _take(self) -> dict[str, Any]:
        return self.pending or {"operation": None, "arguments": {}}

    def _change(self, body: dict[str, Any]) -> tuple[int, Any]:
        draft = self.draft = self.draft or {}
        problems = []
        if "incident_on" in body:
            problem = rules.date_problem(date.fromisoformat(body["incident_on"]), TODAY)
            problems += [problem] if problem else []
            draft |= {} if problem else {"incident_on": body["incident_on"]}
        if "amount_minor" in body:
            problem = rules.amount_problem(body["amount_minor"], body.get("currency"))
            if not problem and body.get("currency") not in {None, self.currency}:
                problem = rules.Problem("currency_mismatch", "amount", {"policy_currency": self.currency})
            problems += [problem] if problem else []
            draft |= {} if problem else {"amount_minor": body["amount_minor"]}
        self.photos = 0 if body.get("photos_anew") else self.photos
        draft |= {k: v or None for k, v in body.items() if k == "description"}
        draft |= {k: v for k, v in body.items() if k in {"claim_type", "photos_declined", "new_event"}}
        return 200, self._view(problems)

    def _view(self, problems: list[rules.Problem]) -> dict[str, Any]:
        draft = self.draft or {}
        day, amount = draft.get("incident_on"), draft.get("amount_minor")
        product = self.products.get(draft.get("claim_type", ""))
        facts = {
            "claim_type": product.key if product else None,
            "incident_on": date.fromisoformat(day) if day else None,
            "amount_minor": amount,
            "description": draft.get("description"),
        }
        missing = rules.missing(
            **facts,
            required=product.facts if product else (),
            photo_rule=product.photo if product else None,
            photos=self.photos,
            photos_declined=draft.get("photos_declined", False),
        )
        return {
            **facts,
            "incident_on": day,
            "currency": self.currency,
            "photos": self.photos,
            "photo_rule": product.photo if product else None,
            "missing": missing,
            "problems": [{"code": p.code, "field": p.field, "params": p.params} for p in problems],
            "amount_text": _words(Money(self.currency, amount)) if amount else None,
            "date_text": date_words(date.fromisoformat(day)) if day else None,
            "product_name": product.names if product else None,
            "known_customer": self.level > 0,
            "today": TODAY.isoformat(),
        }

    def _submit(self, body: Any) -> tuple[int, Any]:
        refused = self._proved("submit_claim", {})
        if refused:
            return refused
        if self.draft is None:
            return 404, {"code": "no_draft", "params": {}}
        if self.twin is not None and not self.draft.get("new_event"):
            params = {"number": self.twin, "day": date_words(TODAY), "amount": _words(Money("USD", 18000))}
            return 422, {"code": "same_event", "field": "new_event", "params": params}
        self.claims.append("CL-7K2M9QXD")
        self.draft = None
        return 201, CLAIM

    def _cancel(self, body: Any) -> tuple[int, Any]:
        had, self.draft = self.draft is not None, None
        return 200, {"cancelled": had}

    def _status(self, body: dict[str, Any]) -> tuple[int, Any]:
        if self.operations.filed:
            claim, others = self.operations.status(body)
            return 200, CLAIM | claim.brief() | {"others": [other.brief() for other in others]}
        return (200, CLAIM) if self.claims else (404, {"code": "no_claims", "params": {}})


def _answer(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode())


def _words(money: Money) -> dict[str, str]:
    return {language: money.words(language) for language in ("en", "zh")}


SCREEN = {"en": "Phone or tablet screen", "zh": "手机/平板碎屏险"}
CLAIM = {
    "number": "CL-7K2M9QXD",
    "claim_type": "device_screen",
    "product_name": SCREEN,
    "status": "submitted",
    "state": {"en": "being checked", "zh": "审核中"},
    "amount_text": _words(Money("USD", 18000)),
    "approved_text": None,
    "due_at_text": {"en": "Fri 20 Nov, 09:00", "zh": "11月20日 09:00"},
    "reasons": [],
    "next": BOTH,
}
PAYMENT = {
    "claim_number": "CL-7K2M9QXD",
    "state": "on_the_way",
    "amount_text": _words(Money("USD", 13000)),
    "account_masked": "••7890",
    "date_text": date_words(date(2026, 11, 19)),
}
POLICIES = [
    {
        "number": "PL-3V8KD2MX",
        "product_name": SCREEN,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "limit_text": _words(Money("USD", 50000)),
        "deductible_text": _words(Money("USD", 5000)),
    }
]
