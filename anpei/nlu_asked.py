"""What a message means as the answer to a question: "1", "the second one" or "Tuesday" means what was asked.

The same rules as where the product talks: choices are matched as the gateway matches them, yes and no as the form reads
them, and a fact that answers the open question is an answer, whatever else its words may sound like (actions.form_reading).
"""

import re
from dataclasses import dataclass
from typing import Any

from actions.form_reading import CLEAR, LEAVES
from actions.heard import LONGEST_FACT
from actions.names import Ask, Intent
from actions.normalise.choices import Choice, has_no_photo, names_photo, photo_comes_later, yes_or_no
from actions.normalise.products import Products
from actions.normalise.text import size
from backend.conversations.rules import match_choice

# What a slot is called in the form, and by those who only know what it holds.
QUESTIONS: dict[str, Ask] = {
    **{ask.value: ask for ask in Ask},
    "date": Ask.INCIDENT_ON,
    "incident_date": Ask.INCIDENT_ON,
    "amount_minor": Ask.AMOUNT,
}
FACTS = {Ask.INCIDENT_ON: "date", Ask.DATE_CHOICE: "date", Ask.AMOUNT: "amount", Ask.CLAIM_TYPE: "claim_type"}
NUMBERS = {"claim_number", "policy_number"}
YES_OR_NO = frozenset({Ask.CONFIRMED, Ask.CORRECTION, Ask.PHOTO, Ask.SWITCH})
_OPENING = re.compile(r"\s*([^\s,.!，。！]+)\s*[,.!，。！]\s*(?!\d{3}\b)\S")
YES_OR_NO_SAID = frozenset({Intent.AFFIRM, Intent.DENY})
# What words about the photo that was asked for may sound like.
PHOTO_TALK = frozenset(
    {
        *(Intent.INFORM, Intent.FILE_CLAIM, Intent.AFFIRM, Intent.DENY, Intent.ADD_DOCUMENT),
        *(Intent.OUT_OF_SCOPE, Intent.CHITCHAT, Intent.FALLBACK),
    }
)
ANSWERS = (Intent.INFORM, Intent.AFFIRM, Intent.DENY)
# A story may sound like these; where the story was asked for, it is one.
STORIES = frozenset({Intent.FILE_CLAIM, Intent.OUT_OF_SCOPE, Intent.CHITCHAT, Intent.FALLBACK, Intent.ASK_COVERAGE})
SHORTEST_STORY = 2.0
LIKELY = 0.25  # as in the form
LONGEST_ANSWER = 8.0  # words that an answer has besides, for it to count whatever it sounds like


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a message: the likeliest intent, how sure, the ranking best first, and the facts."""

    intent: str
    confidence: float
    ranking: list[dict[str, Any]]
    facts: dict[str, Any]


def as_answer(text: str, asked: str, products: Products, reading: Reading) -> Reading:
    """The reading of `text` where `asked` was the open question; a slot that nothing asks for changes nothing."""
    ask = QUESTIONS.get(asked)
    if ask is Ask.CLAIM_TYPE and (chosen := _choice(text, products)):
        return _sure(reading, Intent.INFORM, reading.facts | {"claim_type": chosen})
    said = yes_or_no(text)
    if ask in YES_OR_NO and said is not Choice.NONE:
        return _sure(reading, Intent.AFFIRM if said is Choice.YES else Intent.DENY, reading.facts)
    if ask is Ask.PHOTO and reading.intent in PHOTO_TALK and (about := _of_photo(text)):
        return _sure(reading, about, reading.facts)
    if reading.intent not in ANSWERS and _answers(text, asked, ask, reading):
        return _sure(reading, _likeliest(reading), reading.facts)
    meant = _beside_fact(text, _fact(asked, ask), reading)
    return reading if meant is None else _sure(reading, meant, reading.facts)


def _choice(text: str, products: Products) -> str | None:
    """The product that a text names by its place in the list, or by its name in either language."""
    for language in ("en", "zh"):
        listed = [{"title": view.names[language], "payload": view.key} for view in products.views]
        if chosen := match_choice(text, listed):
            return chosen
    return None


def _answers(text: str, asked: str, ask: Ask | None, reading: Reading) -> bool:
    """Whether the question is answered, and nothing that the rules would rather take is plainly meant."""
    plainly_else = reading.intent in LEAVES and reading.confidence >= CLEAR
    if plainly_else or text.rstrip().endswith(("?", "？")):
        return False
    if ask is Ask.DESCRIPTION:
        return reading.intent in STORIES and size(text) >= SHORTEST_STORY
    return _fact(asked, ask) in reading.facts and size(text) <= LONGEST_ANSWER


def _fact(asked: str, ask: Ask | None) -> str | None:
    return FACTS.get(ask) if ask else asked if asked in NUMBERS else None


def _beside_fact(text: str, fact: str | None, reading: Reading) -> Intent | None:
    """What a message with the fact is: a yes or no set off before it counts, and one that nobody said ("tues") doesn't."""
    if fact not in reading.facts:
        return None
    opening = _opening(text)
    if reading.intent == Intent.INFORM and opening is not Choice.NONE:
        return Intent.AFFIRM if opening is Choice.YES else Intent.DENY
    first = text.replace("，", " ").replace(",", " ").split()[:1]
    alone = size(text) <= LONGEST_FACT and all(yes_or_no(word) is Choice.NONE for word in first)
    return Intent.INFORM if reading.intent in YES_OR_NO_SAID and alone else None


def _opening(text: str) -> Choice:
    """The yes or no that a text opens with, set off from what follows: "yup, 75 pounds"; a numeral is none."""
    opening = _OPENING.match(text)
    return (
        yes_or_no(opening.group(1))
        if opening and size(opening.group(1)) and not opening.group(1).isdecimal()
        else Choice.NONE
    )


def _of_photo(text: str) -> Intent | None:
    """What is said of the photo that was asked for: that there is none, or that it is on its way."""
    if has_no_photo(text):
        return Intent.DENY
    brings = (names_photo(text) or photo_comes_later(text)) and not text.rstrip().endswith(("?", "？"))
    return Intent.ADD_DOCUMENT if brings else None


def _likeliest(reading: Reading) -> Intent:
    """Of the three ways to answer; a fact by itself, unless yes or no is well possible."""
    named = (
        Intent(each["name"]) for each in reading.ranking if each["name"] in ANSWERS and each["confidence"] >= LIKELY
    )
    return next(named, Intent.INFORM)


def _sure(reading: Reading, intent: Intent, facts: dict[str, Any]) -> Reading:
    """The same with this intent first; the question makes it as likely as the model had its own first reading."""
    likely = max(reading.confidence, *(each["confidence"] for each in reading.ranking), 0.0)
    rest = [each for each in reading.ranking if each["name"] != intent]
    first = {"name": intent.value, "confidence": likely}
    return Reading(intent.value, likely, [first, *rest][: max(len(reading.ranking), 1)], facts)
