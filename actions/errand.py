"""Questions outside of the claim form: which claim, are you sure, in your own words.

What is to be done is a slot; whether it may be done is the backend's to decide. A question stays open as long as it is
the last thing that was asked: answered beside the point it is asked again, left for something else it is over, so that
a later "yes" is never taken for an answer to it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from actions.backend_client import Backend
from actions.names import Awaiting, Entity, Intent, Reply, Slot
from actions.normalise.choices import Choice, yes_or_no
from actions.normalise.numbers import claim_number
from actions.normalise.products import Products, read_product
from actions.normalise.text import fold, word_count
from actions.turn import Event, Turn, button, slot
from backend.claims.schemas import ClaimBrief, Which


class Do(StrEnum):
    """What an errand is about; the names are the backend's operations where it is one."""

    SUBMIT_CLAIM = "submit_claim"
    CLAIM_STATUS = "claim_status"
    PAYMENT_STATUS = "payment_status"
    ADD_DOCUMENT = "add_document"
    WITHDRAW_CLAIM = "withdraw_claim"
    APPEAL_DECISION = "appeal_decision"
    CHANGE_CONTACT = "change_contact"
    CANCEL_DRAFT = "cancel_draft"
    SUSPICION = "suspicion"
    ANSWER_REQUEST = "answer_request"


class Step(StrEnum):
    WHICH = "which"
    SURE = "sure"
    WORDS = "words"
    PHOTO = "photo"
    KIND = "kind"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Errand:
    """`reply` and `values` say the question again; `claims` are the choices, (number, product) each.

    `words`: the customer's own, to be done with what the answer says.
    """

    do: Do
    step: Step
    reply: Reply
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[dict[str, str]] | None = None
    claims: list[tuple[str, str]] = field(default_factory=list)
    number: str | None = None
    kind: str | None = None
    words: str | None = None


_PLACES = (
    re.compile(r"\b(?:first|1st|1|latest|newest|most recent|top)\b|第[一1]|最新|最近|最后"),
    re.compile(r"\b(?:second|2nd|2)\b|第[二2两]"),
    re.compile(r"\b(?:third|3rd|3)\b|第[三3]"),
    re.compile(r"\b(?:fourth|4th|4)\b|第[四4]"),
)
LONGEST_PICK = 7
Handler = Callable[[Turn, Backend, Errand], Awaitable[list[Event] | None]]
_HANDLERS: dict[Do, Handler] = {}
MOST_CHOICES = 4


def answers(do: Do) -> Callable[[Handler], Handler]:
    """Registers who reads the answers of an errand. A handler returns None for what is no answer."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[do] = handler
        return handler

    return register


def ask(turn: Turn, errand: Errand) -> list[Event]:
    """Put the question, and keep it open."""
    turn.say(errand.reply, buttons=errand.buttons, **errand.values)
    turn.reminded = True
    return [slot(Slot.AWAITING, Awaiting.ANSWER), slot(Slot.ERRAND, asdict(errand))]


def ask_which(
    turn: Turn, do: Do, reply: Reply, claims: list[ClaimBrief], more: tuple[dict[str, str], ...] = ()
) -> list[Event]:
    """Name the claims shortly and ask which is meant; `more` choices come after them."""
    shown = claims[:MOST_CHOICES]
    colon = "：" if turn.language == "zh" else ": "
    buttons = [
        button(
            f"{claim.number} {turn.in_words(claim.product_name)}{colon}{turn.in_words(claim.state)}",
            Intent.INFORM,
            f'{{"{Entity.CLAIM_NUMBER}":"{claim.number}"}}',
        )
        for claim in shown
    ]
    named = [(claim.number, claim.claim_type) for claim in shown]
    values = {"count": len(claims)}
    return ask(turn, Errand(do, Step.WHICH, reply, values, [*buttons, *more], named))


def over() -> list[Event]:
    return [slot(Slot.AWAITING, None), slot(Slot.ERRAND, None)]


def open_errand(turn: Turn) -> Errand | None:
    kept = turn.slots.get(Slot.ERRAND)
    if turn.awaiting is not Awaiting.ANSWER or not isinstance(kept, dict):
        return None
    claims = [(str(number), str(product)) for number, product in kept.get("claims", [])]
    typed = {"do": Do(kept["do"]), "step": Step(kept["step"]), "reply": Reply(kept["reply"]), "claims": claims}
    return Errand(**{**kept, **typed})


def lets_go_on(turn: Turn) -> bool:
    """Whether the claim may simply be gone on with instead: what to drop, or an answer to its own question."""
    errand = open_errand(turn)
    return errand is not None and errand.do is Do.CANCEL_DRAFT


def say_again(turn: Turn) -> None:
    """The open question once more, after something else was answered. A photo may come at any time, unasked."""
    errand = open_errand(turn)
    if errand is None:
        return
    if errand.step is not Step.PHOTO or not turn.said:
        turn.say(errand.reply, buttons=errand.buttons, **errand.values)
    turn.reminded = True


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """Take the answer to the open question, whatever intent it looks like; None where the message is none."""
    errand = open_errand(turn)
    if errand is None or turn.acted or (turn.external and turn.intent != Intent.PHOTO):
        return None
    if turn.intent == Intent.CANCEL and errand.do is not Do.CANCEL_DRAFT:
        turn.say(Reply.CODE_DROPPED)
        return over()
    return await _HANDLERS[errand.do](turn, backend, errand)


def left(turn: Turn, events: list[Event]) -> list[Event]:
    """What ends a question that was neither answered nor asked again: something else is being talked of now."""
    if turn.awaiting is not Awaiting.ANSWER or turn.acted or turn.reminded:
        return events
    if any(event.get("event") == "slot" and event.get("name") == Slot.AWAITING for event in events):
        return events
    return [*events, *over()]


def come_back(turn: Turn, events: list[Event]) -> list[Event]:
    """After something else was looked up in between: the open question again, unless that asked one of its own."""
    if open_errand(turn) is None or turn.reminded:
        return events
    waits = (Slot.AWAITING, Slot.ERRAND)
    if any(event.get("name") in waits and event.get("value") is not None for event in events):
        return events
    say_again(turn)
    return [event for event in events if event.get("name") not in waits]


def decided(turn: Turn) -> Choice:
    """Yes or no, said or pressed."""
    said = yes_or_no(turn.text)
    if said is Choice.NONE and turn.intent in {Intent.AFFIRM, Intent.DENY}:
        return Choice.YES if turn.intent == Intent.AFFIRM else Choice.NO
    return said


def meant(turn: Turn, products: Products) -> Which:
    """The claim that a message names, by number or by product."""
    number = turn.entity(Entity.CLAIM_NUMBER) or claim_number(turn.text, expected=True)
    product = turn.entity(Entity.CLAIM_TYPE) or (read_product(products, turn.text) if turn.text else None)
    return Which(number=number, product=None if number else product)


def chosen(turn: Turn, products: Products, errand: Errand) -> Which | None:
    """The claim picked of those offered, by number, place or product; None where none was."""
    which = meant(turn, products)
    if which.number is not None:
        return which
    place = _place(turn.text)
    if place is not None and place < len(errand.claims):
        return Which(number=errand.claims[place][0])
    points = sorted(((_likeness(products, turn.text, kind), number) for number, kind in errand.claims), reverse=True)
    clear = bool(points) and points[0][0] > 0 and (len(points) == 1 or points[0][0] > points[1][0])
    return Which(number=points[0][1]) if clear else None


def _likeness(products: Products, text: str, kind: str) -> int:
    """How much a text speaks of a kind of claim; among a few, less of it will do than out of the blue."""
    product = products.find(kind)
    if product is None or not text or word_count(text) > LONGEST_PICK * 2:
        return 0
    folded = fold(text)
    said = {key: points for points, key in products.scores(folded)}.get(kind, 0)
    english = sum(bool(re.search(rf"\b{word}", folded)) for word in re.findall(r"[a-z]{4,}", fold(product.names["en"])))
    chinese = product.names["zh"]
    pairs = {chinese[at : at + 2] for at in range(len(chinese) - 1)}
    return said + english + sum(pair in folded for pair in pairs)


def _place(text: str) -> int | None:
    """Where in the list: "the second one please", 第二个吧, "the latest"; from 0."""
    if not text or word_count(text) > LONGEST_PICK:
        return None
    found = [place for place, pattern in enumerate(_PLACES) if pattern.search(fold(text))]
    return found[0] if len(found) == 1 else None
