"""A draft as the backend knows it, put into slots and words."""

import re

from actions.names import Ask, Reply, Slot
from actions.normalise.text import UNFINISHED
from actions.turn import Event, Turn, slot
from backend.claims.schemas import DraftView, ProblemView

# Curly quotes are no letters of an SMS; straight double ones would end the quotation that the words stand in; and
# square brackets mean something to Rasa.
EVEN = str.maketrans(
    {"‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "–": "-", "—": "-", "…": "...", "[": "(", "]": ")"}
)
SUMMARY_LENGTH = 90  # of a description read back; the whole reply stays under 300 characters
# Characters an SMS can carry at one byte each (GSM 03.38, without the escaped ones); others make it cost double.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)

PROBLEMS: dict[str, Reply] = {
    "unknown_product": Reply.TYPE_UNCLEAR,
    "date_in_future": Reply.DATE_IN_FUTURE,
    "date_too_old": Reply.DATE_TOO_OLD,
    "amount_zero": Reply.AMOUNT_ZERO,
    "amount_absurd": Reply.AMOUNT_ABSURD,
    "currency_mismatch": Reply.CURRENCY_MISMATCH,
    "no_policy": Reply.NO_POLICY,
    "not_in_force": Reply.NO_POLICY,
    "before_policy": Reply.BEFORE_POLICY,
    "after_policy": Reply.AFTER_POLICY,
}


def known_fields(view: DraftView) -> set[str]:
    facts = {
        "claim_type": view.claim_type,
        "incident_on": view.incident_on,
        "amount": view.amount_minor,
        "description": view.description,
    }
    return {name for name, value in facts.items() if value is not None}


def known_slots(turn: Turn) -> set[str]:
    """The same from the slots of the last turn."""
    names = (Slot.CLAIM_TYPE, Slot.INCIDENT_ON, Slot.AMOUNT, Slot.DESCRIPTION)
    return {name.value for name in names if turn.slots.get(name) is not None}


def draft_slots(turn: Turn, view: DraftView) -> list[Event]:
    return [
        slot(Slot.CLAIM_TYPE, view.claim_type),
        slot(Slot.INCIDENT_ON, view.incident_on.isoformat() if view.incident_on else None),
        slot(Slot.AMOUNT, view.amount_minor),
        slot(Slot.DESCRIPTION, view.description),
        slot(Slot.PHOTO, None if Ask.PHOTO in view.missing else True),
        slot(Slot.PRODUCT_NAME, turn.in_words(view.product_name) or None),
        slot(Slot.DATE_TEXT, turn.in_words(view.date_text) or None),
        slot(Slot.AMOUNT_TEXT, turn.in_words(view.amount_text) or None),
        slot(Slot.SUMMARY, summary(view.description, turn.language)),
    ]


def empty_draft() -> list[Event]:
    """Slots once the claim is filed or dropped."""
    names = (
        *(Slot.CLAIM_TYPE, Slot.INCIDENT_ON, Slot.AMOUNT, Slot.DESCRIPTION, Slot.PHOTO, Slot.CONFIRMED),
        *(Slot.AROUND, Slot.STORIES, Slot.PRODUCT_NAME, Slot.DATE_TEXT, Slot.AMOUNT_TEXT, Slot.SUMMARY, Slot.REQUESTED),
    )
    return [slot(name, None) for name in names]


def summary(description: str | None, language: str) -> str | None:
    """The description short enough to read back between quotes, and in English without what an SMS can't carry."""
    if description is None:
        return None
    short = " ".join(description.translate(EVEN).split())
    plain = "".join(char for char in short if char in GSM_7)
    if language == "en" and len(plain) > len(short) // 2:
        short = " ".join(plain.split())
    short = re.sub(r"\s+([,.;:!?])", r"\1", short)
    if len(short) > SUMMARY_LENGTH:
        return short[: SUMMARY_LENGTH - 3].rstrip(UNFINISHED) + "..."
    return short.rstrip(UNFINISHED)


def say_problem(turn: Turn, problem: ProblemView) -> Ask:
    """Tell why a value can't stand, and return what to ask again."""
    turn.say(PROBLEMS.get(problem.code, Reply.INCOMPLETE), **problem.params)
    return Ask(problem.field) if problem.field in set(Ask) else Ask.CLAIM_TYPE
