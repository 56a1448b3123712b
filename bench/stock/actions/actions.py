# ruff: noqa: ARG002 - the signature is rasa-sdk's
"""The action server of the stock side: what a Rasa tutorial would write for these intents, with plain Python data."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

CLAIM = {
    "number": "CL-7K2M9QXD",
    "status": ("in review", "审核中"),
    "due": ("tomorrow", "明天"),
    "amount": "USD 480.00",
}
POLICIES = ["device_screen", "motor_glass", "travel_delay", "outpatient", "home_water"]
DRAFTS: dict[str, list[str]] = {}


def in_language(tracker: Tracker, english: str, chinese: str) -> str:
    text = tracker.latest_message.get("text") or ""
    return chinese if any("\u4e00" <= character <= "\u9fff" for character in text) else english


class Said:
    """What an action does that says one thing."""

    words = ("", "")

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        dispatcher.utter_message(text=in_language(tracker, *self.words))
        return []


class StartClaim(Action):
    def name(self) -> str:
        return "action_start_claim"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        DRAFTS[tracker.sender_id] = []
        dispatcher.utter_message(text=in_language(tracker, "What happened, and when?", "发生了什么？什么时候？"))
        return []


class NoteFact(Action):
    def name(self) -> str:
        return "action_note_fact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        facts = DRAFTS.setdefault(tracker.sender_id, [])
        facts.append(tracker.latest_message.get("text") or "")
        noted = in_language(tracker, f"Noted, {len(facts)} so far. What else?", f"已记录{len(facts)}项，还有吗？")
        dispatcher.utter_message(text=noted)
        return []


class Cancel(Action):
    def name(self) -> str:
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        DRAFTS.pop(tracker.sender_id, None)
        dispatcher.utter_message(text=in_language(tracker, "The draft is gone.", "草稿已删除。"))
        return []


class ClaimStatus(Said, Action):
    words = (
        f"Claim {CLAIM['number']} is {CLAIM['status'][0]}; a decision is due {CLAIM['due'][0]}.",
        f"理赔{CLAIM['number']}{CLAIM['status'][1]}，{CLAIM['due'][1]}前有结果。",
    )

    def name(self) -> str:
        return "action_claim_status"


class PaymentStatus(Said, Action):
    words = (f"{CLAIM['amount']} waits for the decision.", f"{CLAIM['amount']}等待决定。")

    def name(self) -> str:
        return "action_payment_status"


class Policies(Said, Action):
    words = (f"You hold {', '.join(POLICIES)}.", f"您持有：{'、'.join(POLICIES)}。")

    def name(self) -> str:
        return "action_policies"
