"""A change of mind about what the claim is for, and a second claim told in the middle of the first.

What fits the new product is kept and what doesn't is asked for again, and both are said. Where it isn't plain whether
the claim changes or another one is meant, that is asked; the other one then waits, and follows the first.
"""

import re
from typing import Any

from rasa_sdk.events import FollowupAction

from actions.backend_client import Backend
from actions.cues import adds_another, another_begins, restarts
from actions.draft_words import known_slots
from actions.heard import REVIEWING, Heard, hear, is_beside_us, tells_why_no_photo
from actions.names import FORM, Ask, Intent, Reply, Slot
from actions.normalise.choices import Choice, corrects, names_no_photo, wants_change, yes_or_no
from actions.normalise.products import Products, read_product, tells_what_happened
from actions.normalise.text import fold
from actions.turn import Event, Turn, button, slot
from backend.claims.schemas import DraftChange, DraftView

SURE = 0.7  # of an intent, to count as a claim of its own
KEPT: dict[str, dict[str, str]] = {
    "incident_on": {"en": "the day", "zh": "日期"},
    "amount": {"en": "the amount", "zh": "金额"},
    "description": {"en": "what happened", "zh": "事情经过"},
}
NEEDED: dict[str, dict[str, str]] = {**KEPT, "photo": {"en": "a photo", "zh": "照片"}}
AND = {"en": (", ", " and "), "zh": ("、", "和")}
TITLES: dict[Intent, dict[str, str]] = {
    Intent.AFFIRM: {"en": "Change it to {new}", "zh": "改成{new}"},
    Intent.DENY: {"en": "Both, one by one", "zh": "两个都办，先办前一个"},
    Intent.CANCEL: {"en": "Drop the earlier one", "zh": "不办前一个了"},
}

_BOTH = re.compile(
    r"\b(?:both|one by one|first|separate(?:ly)?|(?:two|2) (?:different )?(?:claims?|things))\b|都|先|两[个笔件]|分开"
)
_CHANGE_IT = re.compile(
    r"(?:yes |ok |please )*(?:change|switch)(?: it)?(?: over| please| then)*|(?:就|那就?)?(?:改|换)(?:过来|一下|成这个)?(?:吧|呗|了)?"
)


def other_product(turn: Turn, products: Products, text: str) -> str | None:
    """Another product than the claim's that a text names for certain."""
    told = turn.slots.get(Slot.CLAIM_TYPE)
    if not told or not text or is_beside_us(turn, text) or tells_why_no_photo(text):
        return None
    named = read_product(products, text)
    return named if named != told else None


def changes_mind(turn: Turn, products: Products, asked: Ask, heard: Heard, text: str) -> bool:
    """Whether the other product stands in for the first one: it is put right, and not told on top of it."""
    if adds_another(text) or restarts(text) or _happened_besides(turn, products, asked, text):
        return False
    return heard.change.claim_type is not None or turn.intent == Intent.CANCEL or corrects(text)


def _happened_besides(turn: Turn, products: Products, asked: Ask, text: str) -> bool:
    """Whether a claim that was read back is followed by a story of something else: "my kitchen is flooded"."""
    if asked not in REVIEWING or turn.intent == Intent.CANCEL or corrects(text):
        return False
    return tells_what_happened(products, text)


def tells_another(turn: Turn, products: Products, asked: Ask, text: str) -> bool:
    """Whether the message begins a claim of its own, or may."""
    if _happened_besides(turn, products, asked, text):
        return True
    if asked is Ask.DESCRIPTION:  # the story of one thing may well name another
        return adds_another(text) and turn.intent == Intent.FILE_CLAIM and turn.likely.get(turn.intent, 0.0) >= SURE
    if turn.slots.get(Slot.DESCRIPTION) is None and tells_what_happened(products, text):
        return True  # nothing is told yet of the first one that this could belong to
    return turn.intent == Intent.FILE_CLAIM or adds_another(text)


def two_told(turn: Turn, products: Products, text: str) -> tuple[str, DraftChange | None]:
    """The first claim's part of a message that tells two, and what it tells of the second: "…, and my phone broke, too"."""
    for at in another_begins(text):
        head, tail = text[:at].rstrip(" ,.;，。；、"), text[at:]
        first, second = read_product(products, head), read_product(products, tail, asked=True)
        both = tells_what_happened(products, head) and tells_what_happened(products, tail)
        if both and first is not None and second is not None and first != second:
            told = hear(turn, products, Ask.CLAIM_TYPE, set(), tail).change
            return head, told.model_copy(update={"claim_type": second})
    return text, None


async def switch(turn: Turn, backend: Backend, products: Products, to: str, told: DraftChange) -> DraftView:
    """Make the claim one for `to`. `told`: what was said of it besides."""
    slots = turn.slots
    of_this = told.description or stories(turn).get(to)
    story = of_this or slots.get(Slot.DESCRIPTION)
    fits = bool(of_this) or read_product(products, story or "", asked=True) in {None, to}
    product = products.find(to)
    new_photo = product is not None and product.photo == "required"
    change = told.model_copy(
        update={
            "claim_type": to,
            "description": story if story and fits else "",
            "photos_declined": False,
            "photos_anew": new_photo,
        }
    )
    view = await backend.change_draft(turn.conversation_id, change)
    turn.say(Reply.SWITCHED, product=turn.in_words(view.product_name))
    kept = [name for name in KEPT if slots.get(Slot(name)) is not None and name not in view.missing]
    again = [name for name in KEPT if slots.get(Slot(name)) is not None and name in view.missing]
    before = products.find(slots.get(Slot.CLAIM_TYPE))
    if "photo" in view.missing and slots.get(Slot.PHOTO) and before is not None and before.photo == "required":
        again.append("photo")
    if kept:
        turn.say(Reply.SWITCH_KEEPS, kept=_listed(kept, turn.language))
    if again:
        turn.say(Reply.SWITCH_ASKS, needed=_listed(again, turn.language))
    return view


def stories(turn: Turn) -> dict[str, str]:
    """What was told to have happened, by product: whoever changes their mind back needn't tell it again."""
    kept = dict(turn.slots.get(Slot.STORIES) or {})
    product, story = turn.slots.get(Slot.CLAIM_TYPE), turn.slots.get(Slot.DESCRIPTION)
    return {**kept, str(product): str(story)} if product and story else kept


def ask(turn: Turn, products: Products, old: str, new: str, told: DraftChange) -> list[Event]:
    """Which of the two is meant; what was told of the new one is kept until then."""
    names: dict[str, Any] = {"old": _name(turn, products, old), "new": _name(turn, products, new)}
    buttons = [button(title[turn.language].format(**names), intent) for intent, title in TITLES.items()]
    turn.say(Reply.SWITCH, buttons=buttons, **names)
    return [
        slot(Slot.OTHER, _kept(new, told, queued=False)),
        slot(Slot.REQUESTED, Ask.SWITCH.value),
        slot(Slot.MISSES, 0),
    ]


def queue(to: str, told: DraftChange) -> Event:
    """The other claim comes after this one."""
    return slot(Slot.OTHER, _kept(to, told, queued=True))


def other(turn: Turn) -> DraftChange | None:
    """What was told of the other claim."""
    kept = turn.slots.get(Slot.OTHER)
    return DraftChange.model_validate(kept["told"]) if isinstance(kept, dict) else None


def choice(turn: Turn, products: Products, text: str) -> Intent | None:
    """The answer to which is meant; None where it is none."""
    if turn.intent in {Intent.CANCEL, Intent.WITHDRAW_CLAIM}:
        return Intent.CANCEL
    if (not text and turn.intent not in {Intent.AFFIRM, Intent.DENY}) or names_no_photo(text):
        return None
    said = yes_or_no(text)
    if said is Choice.YES or turn.intent == Intent.AFFIRM or _changes(text):
        return Intent.AFFIRM
    if said is Choice.NO or turn.intent == Intent.DENY or _BOTH.search(fold(text)):
        return Intent.DENY
    waiting = other(turn)
    named = read_product(products, text, asked=True)
    if named is None or waiting is None:
        return None
    return Intent.AFFIRM if named == waiting.claim_type else Intent.DENY


def _changes(text: str) -> bool:
    return wants_change(text) or _CHANGE_IT.fullmatch(fold(text).strip(" .!。！")) is not None


def offer_next(turn: Turn, products: Products) -> bool:
    """Once a claim is filed: ask whether to go on with the other one. False where none waits."""
    waiting = other(turn)
    if waiting is None or not turn.slots[Slot.OTHER]["queued"]:
        return False
    turn.say(Reply.NEXT_CLAIM, product=_name(turn, products, waiting.claim_type or ""))
    return True


async def begin_next(turn: Turn, backend: Backend) -> list[Event] | None:
    """On with the claim that waits, after a yes; None where none does."""
    waiting = other(turn)
    if waiting is None or not turn.slots[Slot.OTHER]["queued"] or known_slots(turn):
        return None
    await backend.change_draft(turn.conversation_id, waiting)
    form: Event = FollowupAction(FORM)
    return [slot(Slot.OTHER, None), form]


def _name(turn: Turn, products: Products, key: str) -> str:
    product = products.find(key)
    return turn.in_words(product.names) if product else ""


def _kept(to: str, told: DraftChange, *, queued: bool) -> dict[str, Any]:
    change = told.model_copy(update={"claim_type": to})
    return {"told": change.model_dump(mode="json", exclude_none=True), "queued": queued}


def _listed(names: list[str], language: str) -> str:
    words = [NEEDED[name][language] for name in names]
    comma, last = AND[language]
    return words[0] if len(words) == 1 else f"{comma.join(words[:-1])}{last}{words[-1]}"
